import { Stack, TextInput, Title } from '@mantine/core';
import { isNotEmpty, useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '@/api/client';
import { moveHours } from '@/api/moveHours';
import { fieldErrors } from '@/api/problem';
import { hoursQuery, meQuery, tenantQuery } from '@/api/queries';
import { FormError } from '@/components/FormError';
import { Loaded } from '@/components/Loaded';
import { TimeZoneSelect } from '@/components/TimeZoneSelect';
import { StepActions } from './StepActions';

/** Step 1: what the company is called and which clock it lives by. */
export function CompanyStep({ onNext }: { onNext: () => void }) {
  const tenant = useQuery(tenantQuery);
  return (
    <Loaded query={tenant}>
      {({ name, time_zone }) => <CompanyForm name={name} timeZone={time_zone} onNext={onNext} />}
    </Loaded>
  );
}

function CompanyForm({ name, timeZone, onNext }: { name: string; timeZone: string; onNext: () => void }) {
  const client = useQueryClient();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { name, time_zone: timeZone },
    validate: { name: isNotEmpty('Enter the name of your company.') },
  });
  const save = useMutation({
    mutationFn: async (body: { name: string; time_zone: string }) => {
      await answer(api.PATCH('/api/v1/tenant', { body }));
      if (body.time_zone !== timeZone) await moveHours(body.time_zone);
    },
    onSuccess: async () => {
      await Promise.all([
        client.invalidateQueries({ queryKey: tenantQuery.queryKey }),
        client.invalidateQueries({ queryKey: meQuery.queryKey }),
        client.invalidateQueries({ queryKey: hoursQuery.queryKey }),
      ]);
      onNext();
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  const submit = form.onSubmit((values) => (form.isDirty() ? save.mutate(values) : onNext()));
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        <Title order={2} size="h4">
          Your company
        </Title>
        <TextInput
          label="Name"
          description="Agents see it; callers do not"
          autoComplete="organization"
          maxLength={100}
          key={form.key('name')}
          {...form.getInputProps('name')}
        />
        <TimeZoneSelect
          description="From your browser. Opening hours and reports use it"
          present={timeZone}
          key={form.key('time_zone')}
          {...form.getInputProps('time_zone')}
        />
        <FormError error={save.error} />
        <StepActions label="Next: phone number" busy={save.isPending} onSkip={onNext} />
      </Stack>
    </form>
  );
}
