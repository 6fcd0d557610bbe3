/** Secrets of a development machine: made at first start, kept in files that only their owner may read. */
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Gives the secret kept at a path, making it when there is none: 32 random bytes, or what `make` gives. */
export function keptSecret(path: string, make = () => randomBytes(32)): Buffer {
  if (!existsSync(path)) place(path, make());
  return readFileSync(path);
}

/** Puts a file in its place whole or not at all: half a secret would stay half for ever. */
function place(path: string, content: Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${randomUUID()}`;
  try {
    writeFileSync(draft, content, { mode: 0o600, flag: 'wx', flush: true });
    linkSync(draft, path);
  } catch (error) {
    // Another start made one at this moment: that one counts.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
