import { Alert, Button, Group, Modal, Select, Stack, Switch, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { sentence } from '@/api/problem';
import { LevelMeter } from '@/components/LevelMeter';
import { IconEcho } from '@/icons';
import { useAudioDevices } from './devices';
import { EchoTest } from './echoTest';
import { MicrophoneError, openMicrophone } from './microphone';
import { usePhone } from './PhoneProvider';
import { faultTexts } from './phoneLook';

type Props = { opened: boolean; onClose: () => void };

/** Chooses microphone, speaker and ringer, shows the level, and lets the agent hear themselves over the server. */
export function DevicesModal({ opened, onClose }: Props) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Audio devices"
      size="md"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Devices />
    </Modal>
  );
}

function Devices() {
  const { devices, setDevices, ringer } = usePhone();
  const known = useAudioDevices();
  const { stream, failure } = useMicrophone(devices.micId);
  const options = (kind: MediaDeviceKind) => [
    { value: '', label: 'Default of the browser' },
    ...known
      .filter((device) => device.kind === kind && device.deviceId && device.deviceId !== 'default')
      .map((device) => ({ value: device.deviceId, label: device.label || 'Unnamed device' })),
  ];
  const outputs = options('audiooutput');
  return (
    <Stack>
      {failure && (
        <Alert color="red" variant="light" title={faultTexts[failure].title}>
          {faultTexts[failure].text}
        </Alert>
      )}
      <Select
        label="Microphone"
        data={options('audioinput')}
        value={devices.micId}
        allowDeselect={false}
        onChange={(micId) => setDevices({ ...devices, micId: micId ?? '' })}
      />
      <LevelMeter stream={stream} label="Level of the microphone" />
      <Select
        label="Speaker"
        data={outputs}
        value={devices.speakerId}
        allowDeselect={false}
        onChange={(speakerId) => setDevices({ ...devices, speakerId: speakerId ?? '' })}
      />
      <Group align="flex-end" wrap="nowrap">
        <Select
          label="Ringer"
          style={{ flex: 1 }}
          data={outputs}
          value={devices.ringerId}
          allowDeselect={false}
          onChange={(ringerId) => setDevices({ ...devices, ringerId: ringerId ?? '' })}
        />
        <Button variant="default" onClick={() => ringer.tick()}>
          Try it
        </Button>
      </Group>
      <SystemNotice />
      <Echo stream={stream} speakerId={devices.speakerId} />
    </Stack>
  );
}

/** Whether an offer is also told outside of this window; the browser asks, and only the browser can take it back. */
function SystemNotice() {
  const [permission, setPermission] = useState('Notification' in window ? Notification.permission : 'denied');
  const denied = permission === 'denied' ? 'Your browser does not allow it for this page' : undefined;
  return (
    <Switch
      label="Show a notice when I work in another window"
      description={denied}
      checked={permission === 'granted'}
      disabled={permission !== 'default'}
      onChange={() => void Notification.requestPermission().then(setPermission)}
    />
  );
}

function Echo({ stream, speakerId }: { stream: MediaStream | null; speakerId: string }) {
  const [phase, setPhase] = useState<'idle' | 'connecting' | 'echo'>('idle');
  const [error, setError] = useState<string | null>(null);
  const test = useRef<EchoTest | null>(null);
  useEffect(() => () => test.current?.stop(), []);
  const run = async () => {
    if (!stream) return;
    setError(null);
    setPhase('connecting');
    const current = new EchoTest(speakerId, () => setPhase('idle'));
    test.current = current;
    try {
      await current.start(stream);
      setPhase('echo');
    } catch (cause) {
      setPhase('idle');
      setError(sentence(cause));
    }
  };
  return (
    <Stack gap={6}>
      {phase === 'echo' ? (
        <Button variant="default" onClick={() => test.current?.stop()}>
          Stop
        </Button>
      ) : (
        <Button
          variant="light"
          disabled={!stream}
          loading={phase === 'connecting'}
          leftSection={<IconEcho size={16} aria-hidden />}
          onClick={() => void run()}
        >
          Echo test
        </Button>
      )}
      <Text size="sm" c="dimmed" role="status">
        {phase === 'echo' ? 'Say something: it comes back from the server.' : 'The server sends back what you say.'}
      </Text>
      {error && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {error}
        </Text>
      )}
    </Stack>
  );
}

/** The microphone for as long as this is shown; of its own, so that a line in use is not disturbed. */
function useMicrophone(deviceId: string) {
  const [state, setState] = useState<{ stream: MediaStream | null; failure: MicrophoneError['fault'] | null }>({
    stream: null,
    failure: null,
  });
  useEffect(() => {
    let stopped = false;
    let opened: MediaStream | null = null;
    openMicrophone(deviceId).then(
      (stream) => {
        opened = stream;
        if (stopped) for (const track of stream.getTracks()) track.stop();
        else setState({ stream, failure: null });
      },
      (error: unknown) => {
        if (!stopped && error instanceof MicrophoneError) setState({ stream: null, failure: error.fault });
      },
    );
    return () => {
      stopped = true;
      for (const track of opened?.getTracks() ?? []) track.stop();
    };
  }, [deviceId]);
  return state;
}
