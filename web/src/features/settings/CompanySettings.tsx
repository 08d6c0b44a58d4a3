import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { isNotEmpty, useForm } from '@mantine/form';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '@/api/client';
import { fieldErrors } from '@/api/problem';
import { meQuery, tenantQuery } from '@/api/queries';
import { FormError } from '@/components/FormError';
import { Loaded } from '@/components/Loaded';
import { timeZones } from '@/components/timeZones';
import { toastDone } from '@/components/toast';

/** Name and time zone of the company. */
export function CompanySettings() {
  const tenant = useQuery(tenantQuery);
  return <Loaded query={tenant}>{(data) => <CompanyForm name={data.name} timeZone={data.time_zone} />}</Loaded>;
}

function CompanyForm({ name, timeZone }: { name: string; timeZone: string }) {
  const client = useQueryClient();
  const form = useForm({
    mode: 'uncontrolled',
    initialValues: { name, time_zone: timeZone },
    validate: { name: isNotEmpty('Enter the name of your company.') },
  });
  const save = useMutation({
    mutationFn: (body: { name: string; time_zone: string }) => answer(api.PATCH('/api/v1/tenant', { body })),
    onSuccess: async (tenant) => {
      client.setQueryData(tenantQuery.queryKey, tenant);
      client.setQueryData(meQuery.queryKey, (me) => me && { ...me, tenant });
      toastDone('Saved.');
    },
    onError: (error) => form.setErrors(fieldErrors(error)),
  });
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
      <Stack>
        <TextInput
          label="Company"
          autoComplete="organization"
          maxLength={100}
          key={form.key('name')}
          {...form.getInputProps('name')}
        />
        <Select
          label="Time zone"
          description="Days in reports and usage begin at midnight here. Hours of operation keep their own zone"
          data={timeZones(timeZone)}
          searchable
          allowDeselect={false}
          key={form.key('time_zone')}
          {...form.getInputProps('time_zone')}
        />
        <FormError error={save.error} />
        <Group>
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
