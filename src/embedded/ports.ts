/** Chooses a loopback port for each embedded part once and keeps it: addresses stand in certificates and tokens. */
import { randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

/**
 * Gives the port of a part: the one kept in `folder/ports.json`, else `preferred` if free, else any free one.
 * Parts are asked for one after the other: their ports are kept in one file.
 */
export async function keptPort(folder: string, part: string, preferred: number): Promise<number> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'ports.json');
  const kept = readPorts(path);
  const known = kept[part];
  if (known) return known;
  const port = await choosePort(preferred, new Set(Object.values(kept)));
  writeFileSync(`${path}.new`, `${JSON.stringify({ ...kept, [part]: port }, undefined, 2)}\n`);
  renameSync(`${path}.new`, path);
  return port;
}

/** Gives the port that was kept for a part, undefined before its first start. */
export function knownPort(folder: string, part: string): number | undefined {
  return readPorts(join(folder, 'ports.json'))[part];
}

/** Below the ports that systems hand out to outgoing connections: those may take one away before it is listened on. */
const LOWEST = 20_000;
const HIGHEST = 32_767;
const TRIES = 100;

/** Gives a loopback port that is free now and that no outgoing connection takes meanwhile. */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < TRIES; tried += 1) {
    const port = await bind(randomInt(LOWEST, HIGHEST + 1)).catch(() => undefined);
    if (port !== undefined) return port;
  }
  return bind(0);
}

function readPorts(path: string): Record<string, number> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, number>;
  } catch {
    return {};
  }
}

/** The preferred port is asked for first: 0 asks for any. */
async function choosePort(preferred: number, taken: ReadonlySet<number>): Promise<number> {
  const port = preferred === 0 ? await freePort() : await bind(preferred).catch(() => freePort());
  return taken.has(port) ? choosePort(0, taken) : port;
}

function bind(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}
