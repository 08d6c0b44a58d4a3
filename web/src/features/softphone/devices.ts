import { useLocalStorage } from '@mantine/hooks';
import { useEffect, useState } from 'react';

/** The chosen devices; empty means the browser's default. The ringer is its own: a headset is not heard from the kitchen. */
export type DeviceChoice = { micId: string; speakerId: string; ringerId: string };

export const DEFAULT_DEVICES: DeviceChoice = { micId: '', speakerId: '', ringerId: '' };

/** The devices this browser uses for the phone, kept over reloads. */
export function useDeviceChoice() {
  return useLocalStorage<DeviceChoice>({
    key: 'offhook.devices',
    defaultValue: DEFAULT_DEVICES,
    getInitialValueInEffect: false,
  });
}

/** The audio devices there are; names are empty until the microphone was allowed once. */
export function useAudioDevices(): MediaDeviceInfo[] {
  const [devices, setDevices] = useState<MediaDeviceInfo[]>([]);
  useEffect(() => {
    const media = navigator.mediaDevices;
    if (!media) return;
    const list = () => void media.enumerateDevices().then(setDevices, () => setDevices([]));
    list();
    media.addEventListener('devicechange', list);
    return () => media.removeEventListener('devicechange', list);
  }, []);
  return devices;
}

/** Sends the sound of an audio element to a device, where the browser can. */
export async function playOn(element: HTMLAudioElement | AudioContext, deviceId: string): Promise<void> {
  if (!('setSinkId' in element)) return;
  // A device that was unplugged since it was chosen: the default one plays.
  await (element as HTMLAudioElement).setSinkId(deviceId).catch(() => undefined);
}
