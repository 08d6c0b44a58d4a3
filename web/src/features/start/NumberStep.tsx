import { Badge, Button, Card, Group, Select, Stack, Text, TextInput, ThemeIcon, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '@/api/client';
import { availablePhoneNumbersQuery, phoneNumbersQuery } from '@/api/queries';
import { countryName, phoneNumber } from '@/components/format';
import { Loaded } from '@/components/Loaded';
import { toastFailed } from '@/components/toast';
import { IconCheck, IconPhoneCall } from '@/icons';
import { StepActions } from './StepActions';

/** Step 2: the number that customers call. */
export function NumberStep({ onNext }: { onNext: () => void }) {
  const mine = useQuery(phoneNumbersQuery);
  const client = useQueryClient();
  const [country, setCountry] = useState('');
  const [contains, setContains] = useState('');
  const [searched] = useDebouncedValue(contains.replace(/\D/g, ''), 250);
  const available = useQuery(availablePhoneNumbersQuery(country, searched));
  const claim = useMutation({
    mutationFn: (e164: string) => answer(api.POST('/api/v1/phone-numbers', { body: { e164, flow_id: null } })),
    onSuccess: () => client.invalidateQueries({ queryKey: phoneNumbersQuery.queryKey }),
    onError: (error) => toastFailed('The number was not claimed', error),
  });
  const has = (mine.data?.items.length ?? 0) > 0;
  return (
    <Stack>
      <Title order={2} size="h4">
        {has ? 'Your phone number' : 'Pick a phone number'}
      </Title>
      {mine.data?.items.map((number) => (
        <NumberCard key={number.id} e164={number.e164} country={number.country} claimed />
      ))}
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
      <Loaded query={available}>
        {({ items }) =>
          items.length === 0 ? (
            <Text size="sm" c="dimmed">
              {country || searched
                ? 'No free number is like this. Try other digits.'
                : 'No further number is free here. A test call works without one.'}
            </Text>
          ) : (
            items
              .slice(0, 4)
              .map((number) => (
                <NumberCard
                  key={number.e164}
                  e164={number.e164}
                  country={number.country}
                  busy={claim.isPending && claim.variables === number.e164}
                  onClaim={() => claim.mutate(number.e164)}
                />
              ))
          )
        }
      </Loaded>
      <StepActions label="Next: greeting and hours" onNext={onNext} disabled={!has} onSkip={onNext} />
    </Stack>
  );
}

type CardProps = { e164: string; country: string; claimed?: boolean; busy?: boolean; onClaim?: () => void };

function NumberCard({ e164, country, claimed = false, busy, onClaim }: CardProps) {
  return (
    <Card padding="xs" style={claimed ? { borderColor: 'var(--mantine-color-teal-6)' } : undefined}>
      <Group justify="space-between" wrap="nowrap">
        <Group wrap="nowrap">
          <ThemeIcon variant="light" color={claimed ? 'teal' : 'gray'} radius="xl">
            <IconPhoneCall size={16} aria-hidden />
          </ThemeIcon>
          <div>
            <Text fw={600} className="num">
              {phoneNumber(e164)}
            </Text>
            <Text size="xs" c="dimmed">
              {countryName(country)}
            </Text>
          </div>
        </Group>
        {claimed ? (
          <Badge color="teal" variant="light" tt="none" leftSection={<IconCheck size={12} aria-hidden />}>
            Yours
          </Badge>
        ) : (
          <Button
            size="xs"
            variant="default"
            loading={busy}
            onClick={onClaim}
            aria-label={`Claim ${phoneNumber(e164)}`}
          >
            Claim
          </Button>
        )}
      </Group>
    </Card>
  );
}
