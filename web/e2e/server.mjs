// The server under test: the one OFFHOOK_URL names, or the binary OFFHOOK names, started on data of its own.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './carrier.mjs';

const START_MS_MAX = 30_000;

/** Resolves to the server's address, where it takes SIP, and what ends it. */
export async function offhook() {
  if (process.env.OFFHOOK_URL) {
    const url = process.env.OFFHOOK_URL.replace(/\/$/, '');
    return { url, sip: process.env.OFFHOOK_SIP ?? '127.0.0.1:5060', stop: () => {} };
  }
  if (!process.env.OFFHOOK) throw new Error('Set OFFHOOK_URL to a running Offhook, or OFFHOOK to its binary.');
  const folder = mkdtempSync(join(tmpdir(), 'offhook-e2e-'));
  const sip = `127.0.0.1:${await freePort()}`;
  const options = ['serve', '--http', '127.0.0.1:0', '--sip', sip, '--webrtc-port', '0'];
  const server = spawn(process.env.OFFHOOK, options, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = () => {
    server.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  };
  let said = '';
  const url = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`The server did not say its address:\n${said}`)), START_MS_MAX);
    const listen = (chunk) => {
      said += chunk;
      const found = /http:\/\/[\w.:[\]-]+/.exec(said)?.[0];
      if (found) {
        clearTimeout(timer);
        resolve(found.replace('0.0.0.0', 'localhost'));
      }
    };
    server.stdout.on('data', listen);
    server.stderr.on('data', listen);
    server.on('exit', (code) => reject(new Error(`The server ended with ${code}:\n${said}`)));
  });
  return { url, sip, stop };
}
