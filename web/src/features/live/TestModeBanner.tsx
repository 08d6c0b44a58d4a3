import { Button, Group, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { answer, api } from '@/api/client';
import { liveQuery } from '@/api/queries';
import { useIsAdmin } from '@/api/useMe';
import { toastFailed } from '@/components/toast';
import { IconTest } from '@/icons';

/** Says, for as long as simulated callers are there, that what one sees is partly simulated. */
export function TestModeBanner() {
  const { data: count } = useQuery({ ...liveQuery, select: (view) => view.simulated_contact_count });
  const isAdmin = useIsAdmin();
  const end = useMutation({
    mutationFn: () => answer(api.DELETE('/api/v1/simulated-callers')),
    onError: (error) => toastFailed('The simulated callers go on', error),
  });
  if (!count) return null;
  return (
    <Group
      role="status"
      justify="space-between"
      wrap="nowrap"
      px="md"
      py={6}
      mb="md"
      style={{
        borderRadius: 'var(--mantine-radius-md)',
        background: 'light-dark(#fff3bf, #3a3000)',
        color: 'light-dark(#4a3800, #ffe8a3)',
      }}
    >
      <Group gap="xs" wrap="nowrap">
        <IconTest size={16} aria-hidden style={{ flexShrink: 0 }} />
        <Text size="sm">
          <b>Test mode.</b> {count === 1 ? '1 simulated contact is' : `${count} simulated contacts are`} among what you
          see.
        </Text>
      </Group>
      {isAdmin && (
        <Button
          size="compact-sm"
          style={{ flexShrink: 0 }}
          variant="default"
          loading={end.isPending}
          onClick={() => end.mutate()}
        >
          End them
        </Button>
      )}
    </Group>
  );
}
