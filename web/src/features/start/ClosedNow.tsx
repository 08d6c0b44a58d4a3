import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '@/api/client';
import type { HoursOfOperation } from '@/api/model';
import { hoursQuery } from '@/api/queries';
import { FormError } from '@/components/FormError';
import { Notice } from '@/components/Notice';
import { IconAlert } from '@/icons';
import { hoursPatch } from './hours';

/** Says that callers reach nobody at this hour, with the way to open for the test; nothing while it is open. */
export function ClosedNow() {
  const { data: hours } = useQuery(hoursQuery);
  const closed = hours?.items.find((each) => !each.open_now);
  return closed ? <OpenForTest hours={closed} /> : null;
}

function OpenForTest({ hours }: { hours: HoursOfOperation }) {
  const client = useQueryClient();
  const open = useMutation({
    mutationFn: async () => {
      const body = hoursPatch('always', hours);
      const params = { path: { id: hours.id } };
      if (body) await answer(api.PATCH('/api/v1/hours-of-operation/{id}', { params, body }));
    },
    onSettled: () => client.invalidateQueries({ queryKey: hoursQuery.queryKey }),
  });
  return (
    <Notice
      color="yellow"
      icon={IconAlert}
      title="You are closed now"
      action={
        <>
          <Button size="xs" variant="default" loading={open.isPending} onClick={() => open.mutate()}>
            Open 24/7 for the test
          </Button>
          <FormError error={open.error} />
        </>
      }
    >
      Callers hear the closed message, and your phone does not ring. Open 24/7 for the test; your hours are then to be
      chosen anew under “Greeting and hours”.
    </Notice>
  );
}
