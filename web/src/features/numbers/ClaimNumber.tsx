import { Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '@/api/client';
import { availablePhoneNumbersQuery, flowsQuery, phoneNumbersQuery } from '@/api/queries';
import { FormError } from '@/components/FormError';
import { countryName, phoneNumber } from '@/components/format';
import { Loaded } from '@/components/Loaded';
import { toastDone } from '@/components/toast';

/** Searches the operator's free numbers and claims one for a flow. */
export function ClaimNumber({ onClaimed }: { onClaimed: () => void }) {
  const client = useQueryClient();
  const flows = useQuery(flowsQuery);
  const [flowId, setFlowId] = useState<string | null>(null);
  const [country, setCountry] = useState('');
  const [contains, setContains] = useState('');
  const [searched] = useDebouncedValue(contains.replace(/\D/g, ''), 250);
  const available = useQuery(availablePhoneNumbersQuery(country, searched));
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
      <Group grow align="end">
        <Select
          label="Country"
          data={[
            { value: '', label: 'All countries' },
            ...(available.data?.countries ?? []).map((code) => ({ value: code, label: countryName(code) })),
          ]}
          value={country}
          allowDeselect={false}
          onChange={(value) => setCountry(value ?? '')}
        />
        <TextInput
          label="Contains"
          placeholder="212"
          inputMode="numeric"
          value={contains}
          onChange={(event) => setContains(event.currentTarget.value)}
        />
      </Group>
      <FormError error={claim.error} />
      <Loaded query={available}>
        {({ items }) => (
          <Stack gap="xs">
            {items.length === 0 && (
              <Text size="sm" c="dimmed">
                No free number is like this.
              </Text>
            )}
            {items.map((number) => (
              <Group key={number.e164} justify="space-between">
                <div>
                  <Text fw={600} className="num">
                    {phoneNumber(number.e164)}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {countryName(number.country)}
                  </Text>
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
      </Loaded>
    </Stack>
  );
}
