import { ActionIcon, Menu } from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { Link } from '@tanstack/react-router';
import { ShortcutsModal } from '@/features/softphone/ShortcutsModal';
import { useShortcutSwitch } from '@/features/softphone/useShortcuts';
import { IconFlow, IconHelp, IconKeyboard, IconStart } from '@/icons';

/** Help, in the same place on every page. */
export function HelpMenu() {
  const [opened, modal] = useDisclosure(false);
  const [keysOn] = useShortcutSwitch();
  useHotkeys([['shift+?', () => keysOn && modal.open()]]);
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <ActionIcon color="gray" aria-label="Help">
            <IconHelp size={20} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component={Link} to="/start" leftSection={<IconStart size={15} aria-hidden />}>
            Get started
          </Menu.Item>
          <Menu.Item leftSection={<IconKeyboard size={15} aria-hidden />} onClick={modal.open}>
            Keyboard shortcuts
          </Menu.Item>
          <Menu.Item component="a" href="/docs" target="_blank" leftSection={<IconFlow size={15} aria-hidden />}>
            API
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ShortcutsModal opened={opened} onClose={modal.close} />
    </>
  );
}
