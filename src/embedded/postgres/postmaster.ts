/** Finds the server of a data folder by its `postmaster.pid`, and tells it from whatever else has that process id. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A running server, as it says of itself; `ready` and `stopping` are among its states. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly status: string;
}

/** A server writes its process id at once after it made the file. */
const WRITING_MS = 500;

/** Finds the server that runs on a data folder; undefined when none does. */
export function findPostmaster(data: string): Postmaster | undefined {
  const lines = readPidFile(data)?.split('\n') ?? [];
  const pid = Number(lines[0]);
  if (!isPostmaster(pid, data)) return undefined;
  return { pid, port: Number(lines[3]), status: (lines[7] ?? '').trim() };
}

/**
 * Removes a `postmaster.pid` whose process is no server of this folder: PostgreSQL refuses to start beside a foreign
 * process of that number. One that names no process may be in the making, so it is looked at again.
 */
export async function removeStalePidFile(data: string): Promise<void> {
  const before = readPidFile(data);
  if (before === undefined) return;
  if (!/^\d+\n/.test(before)) await sleep(WRITING_MS);
  if (findPostmaster(data) === undefined && readPidFile(data) === before)
    rmSync(join(data, 'postmaster.pid'), { force: true });
}

/** Tells whether a process is the server of a data folder. */
export function isPostmaster(pid: number, data: string): boolean {
  // 0 and below stand for groups of processes.
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return false;
  try {
    const [program = '', ...args] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    return program.endsWith('/postgres') && args[args.indexOf('-D') + 1] === data;
  } catch {
    // Without /proc (macOS) a live process is taken for the server: PostgreSQL itself checks its shared memory.
    return process.platform !== 'linux';
  }
}

function readPidFile(data: string): string | undefined {
  try {
    return readFileSync(join(data, 'postmaster.pid'), 'utf8');
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
