// Compresses the built console once, at the highest level, so that the server never has to.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const dist = new URL('../dist', import.meta.url).pathname;
const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !/\.(js|css|html|svg|json)$/.test(entry.name)) continue;
  const path = join(entry.parentPath, entry.name);
  writeFileSync(`${path}.br`, brotliCompressSync(readFileSync(path), { params }));
}
