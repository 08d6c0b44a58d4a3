// The server under test: the one OFFHOOK_URL names, or the binary OFFHOOK names, started on data of its own.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const START_MS_MAX = 30_000;

/** Resolves to the server's address and to what ends it. */
export async function offhook() {
  if (process.env.OFFHOOK_URL) return { url: process.env.OFFHOOK_URL.replace(/\/$/, ''), stop: () => {} };
  if (!process.env.OFFHOOK) throw new Error('Set OFFHOOK_URL to a running Offhook, or OFFHOOK to its binary.');
  const folder = mkdtempSync(join(tmpdir(), 'offhook-e2e-'));
  const server = spawn(process.env.OFFHOOK, ['serve'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
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
  return { url, stop };
}
