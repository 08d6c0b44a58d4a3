import { Badge, Burger, Group, Kbd, Text, UnstyledButton } from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import { useQuery } from '@tanstack/react-query';
import { meQuery } from '@/api/queries';
import { PhonePill } from '@/features/softphone/PhonePill';
import { IconHeadset, IconSearch } from '@/icons';
import { HelpMenu } from './HelpMenu';
import { UserMenu } from './UserMenu';

type Props = { navOpen: boolean; onNav: () => void; showPill: boolean; onPhone: () => void };

/** The top line: where one is, the way to everywhere, help and oneself. */
export function Header({ navOpen, onNav, showPill, onPhone }: Props) {
  const { data: me } = useQuery(meQuery);
  return (
    <Group h="100%" px="md" justify="space-between" wrap="nowrap">
      <Group gap="sm" wrap="nowrap">
        <Burger
          hiddenFrom="sm"
          size="sm"
          opened={navOpen}
          onClick={onNav}
          aria-label={navOpen ? 'Close the navigation' : 'Open the navigation'}
        />
        <IconHeadset size={22} aria-hidden />
        <Text fw={700} visibleFrom="xs">
          Offhook
        </Text>
        <Badge variant="light" color="gray" tt="none" maw={220} visibleFrom="sm">
          {me?.tenant.name}
        </Badge>
      </Group>
      <UnstyledButton
        onClick={spotlight.open}
        visibleFrom="md"
        miw={280}
        px={10}
        py={5}
        style={{ border: '1px solid var(--mantine-color-default-border)', borderRadius: 8 }}
      >
        <Group gap={8} justify="space-between">
          <Group gap={8}>
            <IconSearch size={15} aria-hidden />
            <Text size="sm" c="dimmed">
              Go to…
            </Text>
          </Group>
          <Kbd size="xs">Ctrl K</Kbd>
        </Group>
      </UnstyledButton>
      <Group gap={6} wrap="nowrap">
        {showPill && <PhonePill onOpen={onPhone} />}
        <HelpMenu />
        <UserMenu />
      </Group>
    </Group>
  );
}
