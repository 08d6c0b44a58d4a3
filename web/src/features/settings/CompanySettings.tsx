import { Checkbox, Stack, TextInput } from '@mantine/core';
import { isNotEmpty } from '@mantine/form';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Tenant } from '@/api/model';
import { moveHours } from '@/api/moveHours';
import { hoursQuery, tenantQuery } from '@/api/queries';
import { FormError } from '@/components/FormError';
import { zoneCity } from '@/components/format';
import { Loaded } from '@/components/Loaded';
import { TimeZoneSelect } from '@/components/TimeZoneSelect';
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
  const client = useQueryClient();
  const { data: hours } = useQuery(hoursQuery);
  const [movesHours, setMovesHours] = useState(true);
  const { form, save, discard } = useTenantForm(valuesOf, tenant, validate, async (saved) => {
    if (!movesHours || saved.time_zone === tenant.time_zone) return;
    await moveHours(saved.time_zone);
    await client.invalidateQueries({ queryKey: hoursQuery.queryKey });
  });
  const zone = form.values.time_zone;
  const hoursDiffer = zone !== tenant.time_zone && hours?.items.some((each) => each.time_zone !== zone);
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
      <Stack>
        <TextInput label="Company" autoComplete="organization" maxLength={100} {...form.getInputProps('name')} />
        <TimeZoneSelect
          description="Days in reports and usage begin at midnight here"
          present={tenant.time_zone}
          {...form.getInputProps('time_zone')}
        />
        {hoursDiffer && (
          <Checkbox
            label={`Opening hours are in ${zoneCity(zone)} time too`}
            description="They keep what their clock says: 9:00 stays 9:00, there."
            checked={movesHours}
            onChange={(event) => setMovesHours(event.currentTarget.checked)}
          />
        )}
        <FormError error={save.error} />
        <SaveBar isDirty={form.isDirty()} isSaving={save.isPending} onDiscard={discard} />
      </Stack>
    </form>
  );
}
