import { Badge, Button, Card, Group, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { answer, api } from '@/api/client';
import type { AvailablePhoneNumber, PhoneNumber } from '@/api/model';
import { phoneNumbersQuery } from '@/api/queries';
import { FictitiousNote } from '@/components/FictitiousNote';
import { FormError } from '@/components/FormError';
import { countryName, phoneNumber } from '@/components/format';
import { NumberSearch } from '@/components/NumberSearch';
import { ReleaseNumber } from '@/components/ReleaseNumber';
import { toastFailed } from '@/components/toast';
import { IconCheck, IconPhoneCall } from '@/icons';
import { StepActions } from './StepActions';

/** How many free numbers are shown: one is to be picked, not all are to be read. */
const FREE_SHOWN_MAX = 4;

/** Step 2: the number that customers call. */
export function NumberStep({ onNext }: { onNext: () => void }) {
  const mine = useQuery(phoneNumbersQuery);
  const client = useQueryClient();
  const claim = useMutation({
    mutationFn: (e164: string) => answer(api.POST('/api/v1/phone-numbers', { body: { e164, flow_id: null } })),
    onSuccess: () => client.invalidateQueries({ queryKey: phoneNumbersQuery.queryKey }),
    onError: (error) => toastFailed('The number was not claimed', error),
  });
  const [releasing, setReleasing] = useState<PhoneNumber | null>(null);
  const claimedCount = mine.data?.items.length ?? 0;
  const has = claimedCount > 0;
  return (
    <Stack>
      <Title order={2} size="h4">
        {claimedCount > 1 ? 'Your phone numbers' : has ? 'Your phone number' : 'Pick a phone number'}
      </Title>
      {mine.data?.items.map((number) => (
        <NumberCard key={number.id} number={number} claimed>
          <Badge color="teal" variant="light" tt="none" leftSection={<IconCheck size={12} aria-hidden />}>
            Yours
          </Badge>
          {claimedCount > 1 && (
            <Button
              size="xs"
              variant="default"
              aria-label={`Release ${phoneNumber(number.e164)}`}
              onClick={() => setReleasing(number)}
            >
              Release
            </Button>
          )}
        </NumberCard>
      ))}
      <FormError error={mine.error} />
      <NumberSearch>
        {({ items, narrowed }) => (
          <>
            {items.length === 0 && (
              <Text size="sm" c="dimmed">
                {narrowed
                  ? 'No free number matches. Try other digits.'
                  : 'No further number is free here. A test call works without one.'}
              </Text>
            )}
            {items.slice(0, FREE_SHOWN_MAX).map((number) => (
              <NumberCard key={number.e164} number={number}>
                <Button
                  size="xs"
                  variant="default"
                  loading={claim.isPending && claim.variables === number.e164}
                  onClick={() => claim.mutate(number.e164)}
                  aria-label={`Claim ${phoneNumber(number.e164)}`}
                >
                  Claim
                </Button>
              </NumberCard>
            ))}
            {items.length > FREE_SHOWN_MAX && (
              <Text size="sm" c="dimmed">
                More are free: choose a country or digits to see others.
              </Text>
            )}
          </>
        )}
      </NumberSearch>
      <StepActions label="Next: greeting and hours" onNext={onNext} disabled={!has} onSkip={onNext} />
      <ReleaseNumber number={releasing} onClose={() => setReleasing(null)} />
    </Stack>
  );
}

type CardProps = { number: AvailablePhoneNumber; claimed?: boolean; children: ReactNode };

/** A number, and beside it what it is to the tenant or what can be done with it. */
function NumberCard({ number, claimed = false, children }: CardProps) {
  return (
    <Card padding="xs" style={claimed ? { borderColor: 'var(--mantine-color-teal-6)' } : undefined}>
      <Group justify="space-between" wrap="nowrap">
        <Group wrap="nowrap">
          <ThemeIcon variant="light" color={claimed ? 'teal' : 'gray'} radius="xl">
            <IconPhoneCall size={16} aria-hidden />
          </ThemeIcon>
          <div>
            <Text fw={600} className="num">
              {phoneNumber(number.e164)}
            </Text>
            <Text size="xs" c="dimmed">
              {countryName(number.country)}
            </Text>
            {number.fictitious && <FictitiousNote />}
          </div>
        </Group>
        <Group gap="xs" wrap="nowrap" style={{ flexShrink: 0 }}>
          {children}
        </Group>
      </Group>
    </Card>
  );
}
