import { Badge, Button, Card, Group, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '@/api/client';
import { phoneNumbersQuery } from '@/api/queries';
import { FormError } from '@/components/FormError';
import { countryName, phoneNumber } from '@/components/format';
import { NumberSearch } from '@/components/NumberSearch';
import { toastFailed } from '@/components/toast';
import { IconCheck, IconPhoneCall } from '@/icons';
import { StepActions } from './StepActions';

/** Step 2: the number that customers call. */
export function NumberStep({ onNext }: { onNext: () => void }) {
  const mine = useQuery(phoneNumbersQuery);
  const client = useQueryClient();
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
      <FormError error={mine.error} />
      <NumberSearch>
        {({ items, narrowed }) =>
          items.length === 0 ? (
            <Text size="sm" c="dimmed">
              {narrowed
                ? 'No free number matches. Try other digits.'
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
      </NumberSearch>
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
