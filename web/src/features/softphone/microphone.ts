import type { Fault } from './phone';

/** The microphone could not be had; `fault` says why. */
export class MicrophoneError extends Error {
  readonly fault: Fault;

  constructor(fault: Fault, cause?: unknown) {
    super(fault, { cause });
    this.name = 'MicrophoneError';
    this.fault = fault;
  }
}

/**
 * Opens the microphone.
 *
 * Fails with `insecure` on a page that is neither https nor localhost, `mic_denied` when it was not allowed, and
 * `mic_missing` when there is none or another program holds it.
 */
export async function openMicrophone(deviceId: string): Promise<MediaStream> {
  const media = navigator.mediaDevices;
  if (!media) throw new MicrophoneError('insecure');
  const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  try {
    return await media.getUserMedia({ audio: deviceId ? { ...audio, deviceId: { ideal: deviceId } } : audio });
  } catch (error) {
    const denied = error instanceof DOMException && error.name === 'NotAllowedError';
    throw new MicrophoneError(denied ? 'mic_denied' : 'mic_missing', error);
  }
}
