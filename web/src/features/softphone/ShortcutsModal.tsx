import { Kbd, Modal, Stack, Switch, Table, Text } from '@mantine/core';
import { shortcuts, shownKeys } from './shortcuts';
import { useShortcutSwitch } from './useShortcuts';

/** The keys of the phone, and the switch that turns them off. */
export function ShortcutsModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [enabled, setEnabled] = useShortcutSwitch();
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack>
        <Table verticalSpacing={6}>
          <Table.Tbody>
            {shortcuts.map(({ command, label }) => (
              <Table.Tr key={command}>
                <Table.Th scope="row" fw={400}>
                  {label}
                </Table.Th>
                <Table.Td ta="right">
                  <Kbd>{shownKeys(command)}</Kbd>
                </Table.Td>
              </Table.Tr>
            ))}
            <Table.Tr>
              <Table.Th scope="row" fw={400}>
                This list
              </Table.Th>
              <Table.Td ta="right">
                <Kbd>?</Kbd>
              </Table.Td>
            </Table.Tr>
            <Table.Tr>
              <Table.Th scope="row" fw={400}>
                Go to a page
              </Table.Th>
              <Table.Td ta="right">
                <Kbd>Ctrl K</Kbd>
              </Table.Td>
            </Table.Tr>
          </Table.Tbody>
        </Table>
        <Switch
          label="Phone shortcuts and ? on in this browser"
          checked={enabled}
          onChange={(event) => setEnabled(event.currentTarget.checked)}
        />
        <Text size="sm" c="dimmed">
          Letters are meant by their place on the keyboard, so they stay where they are in every layout.
        </Text>
      </Stack>
    </Modal>
  );
}
