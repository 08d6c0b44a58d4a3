import { ActionIcon, Badge, Button, CloseButton, Group, Menu, Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useLink } from '@/api/LiveProvider';
import { agentStatusesQuery } from '@/api/queries';
import { agentLook } from '@/components/stateLook';
import { IconChevronDown, IconDevices, IconLinkGood, IconLinkLost } from '@/icons';
import { useLinePhase, usePhone, usePhoneLook, usePhoneState } from './PhoneProvider';
import { PhoneTimer } from './PhoneTimer';

/** State, timer, devices and link: the top line of the phone. */
export function PhoneHead({ onDevices }: { onDevices: () => void }) {
  const look = usePhoneLook();
  return (
    <div
      style={{
        borderTop: `3px solid var(--mantine-color-${look.color}-6)`,
        borderBottom: '1px solid var(--mantine-color-default-border)',
      }}
    >
      <Group justify="space-between" wrap="nowrap" px="md" py="xs" gap="xs">
        <StatusMenu />
        <Group gap={6} wrap="nowrap">
          <PhoneTimer fw={600} />
          <Tooltip label="Audio devices and echo test">
            <ActionIcon size={30} color="gray" onClick={onDevices} aria-label="Audio devices and echo test">
              <IconDevices size={17} aria-hidden />
            </ActionIcon>
          </Tooltip>
          <LineQuality />
        </Group>
      </Group>
      <NextStatus />
    </div>
  );
}

function StatusMenu() {
  const { go } = usePhone();
  const idle = usePhoneState((state) => state.value.request === 'idle');
  const { data } = useQuery(agentStatusesQuery);
  const look = usePhoneLook();
  return (
    <Menu width={220} position="bottom-start">
      <Menu.Target>
        <Button
          variant="light"
          color={look.color}
          size="compact-md"
          aria-label={`Status: ${look.word}. Change`}
          leftSection={<look.icon size={15} aria-hidden />}
          rightSection={<IconChevronDown size={14} aria-hidden />}
          loading={!idle}
        >
          {look.word}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {data?.items.map((status) => {
          const Icon = agentLook(status, 'idle').icon;
          return (
            <Menu.Item key={status.id} leftSection={<Icon size={15} aria-hidden />} onClick={() => go(status)}>
              {status.name}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}

function NextStatus() {
  const { go } = usePhone();
  const agent = usePhoneState((state) => state.context.agent);
  if (!agent?.next_status) return null;
  return (
    <Group px="md" pb="xs">
      <Badge
        variant="outline"
        color="gray"
        tt="none"
        pr={2}
        rightSection={
          <CloseButton size={18} iconSize={12} aria-label="Withdraw the next status" onClick={() => go(agent.status)} />
        }
      >
        Then: {agent.next_status.name}
      </Badge>
    </Group>
  );
}

function LineQuality() {
  const { quality } = usePhone();
  const line = useLinePhase();
  const link = useLink();
  if (link === 'reconnecting') {
    return <LinkIcon color="orange" label="Reconnecting to the server" lost />;
  }
  if (line !== 'open') return null;
  if (!quality) return <LinkIcon color="teal" label="Line connected" />;
  const figures = `${quality.rttMs === null ? '' : `${quality.rttMs} ms, `}${(quality.loss * 100).toFixed(1)} % loss`;
  if (quality.grade === 'good') return <LinkIcon color="teal" label={`Line good, ${figures}`} />;
  return <LinkIcon color={quality.grade === 'fair' ? 'orange' : 'red'} label={`Line ${quality.grade}, ${figures}`} />;
}

function LinkIcon({ color, label, lost = false }: { color: string; label: string; lost?: boolean }) {
  const Icon = lost ? IconLinkLost : IconLinkGood;
  return (
    <Tooltip label={label}>
      <Icon
        size={18}
        color={`light-dark(var(--mantine-color-${color}-8), var(--mantine-color-${color}-4))`}
        role="img"
        aria-label={label}
      />
    </Tooltip>
  );
}
