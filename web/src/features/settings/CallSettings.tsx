import { NumberInput, Stack, Text } from '@mantine/core';
import { isInRange } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import type { Tenant } from '@/api/model';
import { tenantQuery } from '@/api/queries';
import { FormError } from '@/components/FormError';
import { count } from '@/components/format';
import { Loaded } from '@/components/Loaded';
import { SaveBar } from './SaveBar';
import { useTenantForm } from './useTenantForm';

const words = {
  afterCall:
    'How long an agent has to write notes and choose a disposition before the next call rings. ' +
    'They can finish earlier, or ask for one more minute.',
  browserAway:
    'If an agent’s browser is closed or reloaded during a call, the caller hears music for this long. ' +
    'If the agent is not back by then, the call returns to its queue.',
};

/** How long calls wait for people, in words for somebody who never ran a contact center. */
export function CallSettings() {
  const tenant = useQuery(tenantQuery);
  return <Loaded query={tenant}>{(data) => <CallForm tenant={data} />}</Loaded>;
}

const valuesOf = ({ after_contact_work_s, reattach_timeout_s }: Tenant) => ({
  after_contact_work_s,
  reattach_timeout_s,
});

const validate = {
  after_contact_work_s: isInRange({ min: 10, max: 1800 }, 'Choose 10 to 1,800 seconds.'),
  reattach_timeout_s: isInRange({ min: 5, max: 300 }, 'Choose 5 to 300 seconds.'),
};

function CallForm({ tenant }: { tenant: Tenant }) {
  const { form, save, discard } = useTenantForm(valuesOf, tenant, validate);
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
      <Stack>
        <NumberInput
          label="After a call"
          description={words.afterCall}
          suffix=" seconds"
          allowDecimal={false}
          allowNegative={false}
          clampBehavior="none"
          stepHoldDelay={400}
          stepHoldInterval={80}
          step={10}
          maw={320}
          {...form.getInputProps('after_contact_work_s')}
        />
        <NumberInput
          label="When an agent’s browser is gone"
          description={words.browserAway}
          suffix=" seconds"
          allowDecimal={false}
          allowNegative={false}
          clampBehavior="none"
          step={5}
          maw={320}
          {...form.getInputProps('reattach_timeout_s')}
        />
        <div>
          <Text size="sm" fw={600}>
            Calls at the same time
          </Text>
          <Text size="sm" c="dimmed">
            At most {count(tenant.contacts_max)} calls; any further caller hears a busy tone. Only the operator of this
            Offhook installation can change this limit.
          </Text>
        </div>
        <FormError error={save.error} />
        <SaveBar isDirty={form.isDirty()} isSaving={save.isPending} onDiscard={discard} />
      </Stack>
    </form>
  );
}
