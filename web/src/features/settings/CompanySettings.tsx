import { Select, Stack, TextInput } from '@mantine/core';
import { isNotEmpty } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import type { Tenant } from '@/api/model';
import { tenantQuery } from '@/api/queries';
import { FormError } from '@/components/FormError';
import { Loaded } from '@/components/Loaded';
import { timeZones } from '@/components/timeZones';
import { SaveBar } from './SaveBar';
import { useTenantForm } from './useTenantForm';

/** Name and time zone of the company. */
export function CompanySettings() {
  const tenant = useQuery(tenantQuery);
  return <Loaded query={tenant}>{(data) => <CompanyForm tenant={data} />}</Loaded>;
}

const valuesOf = ({ name, time_zone }: Tenant) => ({ name, time_zone });

const validate = { name: isNotEmpty('Enter the name of your company.') };

function CompanyForm({ tenant }: { tenant: Tenant }) {
  const { form, save, discard } = useTenantForm(valuesOf, tenant, validate);
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
      <Stack>
        <TextInput label="Company" autoComplete="organization" maxLength={100} {...form.getInputProps('name')} />
        <Select
          label="Time zone"
          description="Days in reports and usage begin at midnight here. Hours of operation keep their own zone"
          data={timeZones(tenant.time_zone)}
          searchable
          allowDeselect={false}
          {...form.getInputProps('time_zone')}
        />
        <FormError error={save.error} />
        <SaveBar isDirty={form.isDirty()} isSaving={save.isPending} onDiscard={discard} />
      </Stack>
    </form>
  );
}
