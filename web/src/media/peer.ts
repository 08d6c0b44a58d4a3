import { preferredCodecs } from './codecs';

/** What to say and do where the server answers and its audio does not come. */
export const AUDIO_BLOCKED =
  'The server answers, but audio does not get through. A firewall or VPN may block it: try another network, or ask who ' +
  'runs yours to let UDP to this server pass.';

/** A peer connection with one audio line, and what comes in over it. */
export type Peer = { connection: RTCPeerConnection; remote: MediaStream };

/**
 * Opens an audio connection that sends `stream`, or nothing yet: makes the offer, has `negotiate` exchange it for the answer. The offer
 * goes out before any candidate was gathered, for the server is ICE-lite and learns ours from the checks.
 */
export async function openPeer(stream: MediaStream | null, negotiate: (sdp: string) => Promise<string>): Promise<Peer> {
  const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  try {
    const track = stream?.getAudioTracks()[0];
    const transceiver = connection.addTransceiver(track ?? 'audio', { direction: 'sendrecv' });
    const codecs = RTCRtpReceiver.getCapabilities('audio')?.codecs ?? [];
    transceiver.setCodecPreferences(preferredCodecs(codecs));
    await connection.setLocalDescription();
    const answer = await negotiate(connection.localDescription?.sdp ?? '');
    await connection.setRemoteDescription({ type: 'answer', sdp: answer });
    return { connection, remote: new MediaStream([transceiver.receiver.track]) };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Resolves to whether the connection came to stand within `timeoutMs`. */
export function connects(connection: RTCPeerConnection, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (result: boolean) => {
      clearTimeout(timer);
      connection.removeEventListener('connectionstatechange', look);
      resolve(result);
    };
    const look = () => {
      const state = connection.connectionState;
      if (state === 'connected') done(true);
      if (state === 'failed' || state === 'closed') done(false);
    };
    const timer = setTimeout(() => done(false), timeoutMs);
    connection.addEventListener('connectionstatechange', look);
    look();
  });
}
