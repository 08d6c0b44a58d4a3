// What a page hears over its peer connections, measured on the decoded sound.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the agent's microphone carries. */
export const AGENT_HZ = 1000;
const SAMPLES_PER_S = 48_000;
const HEARD_MS_MAX = 30_000;

/** A file for the browser's microphone: bursts of a tone, for a steady one is filtered away as noise. */
export function microphoneFile() {
  const folder = mkdtempSync(join(tmpdir(), 'offhook-microphone-'));
  const count = SAMPLES_PER_S * 2;
  const wav = Buffer.alloc(44 + count * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + count * 2, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(SAMPLES_PER_S, 24);
  wav.writeUInt32LE(SAMPLES_PER_S * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(count * 2, 40);
  for (let i = 0; i < count; i += 1) {
    const sounds = i % (SAMPLES_PER_S / 2) < SAMPLES_PER_S * 0.35;
    const sample = sounds ? Math.sin((2 * Math.PI * AGENT_HZ * i) / SAMPLES_PER_S) * 16_000 : 0;
    wav.writeInt16LE(Math.round(sample), 44 + i * 2);
  }
  const path = join(folder, 'microphone.wav');
  writeFileSync(path, wav);
  return { path, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Puts ears into every page of a context: the peer connections are kept, in order, as `peers`. */
export async function giveEars(context) {
  await context.addInitScript(() => {
    const Native = globalThis.RTCPeerConnection;
    const analysers = new WeakMap();
    let audio = null;
    globalThis.peers = [];
    globalThis.RTCPeerConnection = class extends Native {
      constructor(configuration) {
        super(configuration);
        globalThis.peers.push(this);
      }
    };
    const analyserOf = (peer) => {
      if (!analysers.has(peer)) {
        audio ??= new AudioContext();
        const analyser = audio.createAnalyser();
        analyser.fftSize = 4096;
        analyser.smoothingTimeConstant = 0;
        const tracks = peer.getReceivers().map(({ track }) => track);
        audio.createMediaStreamSource(new MediaStream(tracks)).connect(analyser);
        analysers.set(peer, analyser);
      }
      return analysers.get(peer);
    };
    /** What the connection with this place among the standing ones brings: its level in dB, and the share around `hz`. */
    globalThis.hear = (place, hz) => {
      const peer = globalThis.peers.filter((each) => each.connectionState === 'connected')[place];
      if (!peer) return { db: Number.NEGATIVE_INFINITY, share: 0 };
      const analyser = analyserOf(peer);
      const bins = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(bins);
      const widthHz = audio.sampleRate / analyser.fftSize;
      let whole = 0;
      let near = 0;
      bins.forEach((db, bin) => {
        const power = 10 ** (db / 10);
        whole += power;
        if (Math.abs(bin * widthHz - hz) < 40) near += power;
      });
      return { db: 10 * Math.log10(whole), share: whole > 0 ? near / whole : 0 };
    };
  });
}

/** Waits until nothing has gone out of the connection at this place for a second. */
export const fallsSilent = (page, place) =>
  page.waitForFunction(
    async (at) => {
      const peer = globalThis.peers.filter((each) => each.connectionState === 'connected')[at];
      if (!peer) return false;
      const sent = async () => {
        const reports = [...(await peer.getStats()).values()].filter(({ type }) => type === 'outbound-rtp');
        return reports.reduce((sum, { packetsSent }) => sum + packetsSent, 0);
      };
      const before = await sent();
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      return (await sent()) === before;
    },
    place,
    { polling: 50, timeout: HEARD_MS_MAX },
  );

/** Waits until the connection at this place brings the agent's tone and little else. */
export const hearsAgent = (page, place) =>
  page.waitForFunction(
    ([at, hz]) => {
      const heard = globalThis.hear(at, hz);
      return heard.db > -60 && heard.share > 0.6;
    },
    [place, AGENT_HZ],
    { polling: 50, timeout: HEARD_MS_MAX },
  );

/** Waits until the connection at this place brings a voice: sound that is not the agent's tone. */
export const hearsVoice = (page, place) =>
  page.waitForFunction(
    ([at, hz]) => {
      const heard = globalThis.hear(at, hz);
      return heard.db > -60 && heard.share < 0.4;
    },
    [place, AGENT_HZ],
    { polling: 50, timeout: HEARD_MS_MAX },
  );
