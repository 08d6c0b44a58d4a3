import { NumberInput, Stack, Text } from '@mantine/core';
import { isInRange } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import type { Tenant } from '@/api/model';
import { tenantQuery } from '@/api/queries';
import { FormError } from '@/components/FormError';
import { Loaded } from '@/components/Loaded';
import { SaveBar } from './SaveBar';
import { useTenantForm } from './useTenantForm';

const words = {
  afterCall:
    'So long an agent may note what the call was about before the next caller is offered. ' +
    'Who is done earlier says so; who needs longer asks for a minute more.',
  browserAway:
    'So long the caller hears music while the agent comes back, for example after a reload. ' +
    'Then the call goes back to its queue, to whoever is free.',
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
          label="When an agent’s browser goes away"
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
            At most {tenant.contacts_max.toLocaleString('en-US')}; a further caller hears the busy tone. Whoever runs
            this installation of Offhook sets it.
          </Text>
        </div>
        <FormError error={save.error} />
        <SaveBar isDirty={form.isDirty()} isSaving={save.isPending} onDiscard={discard} />
      </Stack>
    </form>
  );
}
