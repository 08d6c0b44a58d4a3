// A caller over SIP: SIPp with a scenario of the system tests, sending back all audio that it hears.
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SCENARIO = new URL('../../tests/sipp/until_bye.xml', import.meta.url).pathname;

/** A UDP port of the loopback that nobody uses at the moment. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
}

/** Calls a number; `ended` resolves to whether the call was answered and ended as it should. */
export async function callOverSip(sip, number) {
  const folder = mkdtempSync(join(tmpdir(), 'offhook-carrier-'));
  const [port, mediaPort] = [await freePort(), await freePort()];
  const options = ['-sf', SCENARIO, '-s', number, '-m', '1', '-i', '127.0.0.1', '-p', String(port)];
  const media = ['-rtp_echo', '-mi', '127.0.0.1', '-mp', String(mediaPort), '-nostdin'];
  const sipp = spawn(process.env.SIPP ?? 'sipp', [sip, ...options, ...media], { cwd: folder, stdio: 'ignore' });
  const ended = new Promise((resolve) => {
    sipp.once('error', () => resolve(false));
    sipp.once('exit', (code) => resolve(code === 0));
  }).finally(() => rmSync(folder, { recursive: true, force: true }));
  return { ended, stop: () => sipp.kill('SIGKILL') };
}
