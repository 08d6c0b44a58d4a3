import { Button, Group, Select, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '@/api/client';
import { flowsQuery, phoneNumbersQuery } from '@/api/queries';
import { FictitiousNote } from '@/components/FictitiousNote';
import { FormError } from '@/components/FormError';
import { countryName, phoneNumber } from '@/components/format';
import { NumberSearch } from '@/components/NumberSearch';
import { toastDone } from '@/components/toast';

/** Searches the operator's free numbers and claims one for a flow. */
export function ClaimNumber({ onClaimed }: { onClaimed: () => void }) {
  const client = useQueryClient();
  const flows = useQuery(flowsQuery);
  const [flowId, setFlowId] = useState<string | null>(null);
  const claim = useMutation({
    mutationFn: (e164: string) => answer(api.POST('/api/v1/phone-numbers', { body: { e164, flow_id: flowId } })),
    onSuccess: async (number) => {
      await client.invalidateQueries({ queryKey: phoneNumbersQuery.queryKey });
      toastDone(`${phoneNumber(number.e164)} is yours.`);
      onClaimed();
    },
  });
  const flowOptions = flows.data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? [];
  return (
    <Stack>
      <Select
        label="Flow that answers"
        data={flowOptions}
        value={flowId ?? flowOptions[0]?.value ?? null}
        allowDeselect={false}
        onChange={setFlowId}
      />
      <FormError error={flows.error ?? claim.error} />
      <NumberSearch>
        {({ items, narrowed, cut }) => (
          <Stack gap="xs">
            {items.length === 0 && (
              <Text size="sm" c="dimmed">
                {narrowed ? 'No free number matches. Try other digits.' : 'No number is free here at the moment.'}
              </Text>
            )}
            {cut && (
              <Text size="sm" c="dimmed">
                The first {items.length} are shown. Choose a country or digits to see others.
              </Text>
            )}
            {items.map((number) => (
              <Group key={number.e164} justify="space-between" wrap="nowrap">
                <div>
                  <Text fw={600} className="num">
                    {phoneNumber(number.e164)}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {countryName(number.country)}
                  </Text>
                  {number.fictitious && <FictitiousNote />}
                </div>
                <Button
                  size="xs"
                  variant="default"
                  aria-label={`Claim ${phoneNumber(number.e164)}`}
                  loading={claim.isPending && claim.variables === number.e164}
                  onClick={() => claim.mutate(number.e164)}
                >
                  Claim
                </Button>
              </Group>
            ))}
          </Stack>
        )}
      </NumberSearch>
    </Stack>
  );
}
