import { Button, Menu } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { answer, api } from '@/api/client';
import { toastDone, toastFailed } from '@/components/toast';
import { IconChevronDown, IconTest } from '@/icons';

/** Lets callers be simulated, so that every page has something to show without a carrier. */
export function SimulateMenu() {
  const start = useMutation({
    mutationFn: (count: number) => answer(api.POST('/api/v1/simulated-callers', { body: { count } })),
    onSuccess: (_, count) =>
      toastDone(count === 1 ? 'A simulated caller is on its way.' : `${count} simulated callers are on their way.`),
    onError: (error) => toastFailed('No callers were simulated', error),
  });
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <Button
          variant="default"
          loading={start.isPending}
          leftSection={<IconTest size={16} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
        >
          Simulate callers
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {[1, 10, 100].map((count) => (
          <Menu.Item key={count} onClick={() => start.mutate(count)}>
            {count === 1 ? '1 caller' : `${count} callers`}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
