/** Servers in folders and processes of their own, for the tests of this folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { projectRoot } from '../../support/needs.ts';

const SCRIPT = join(projectRoot, 'test', 'embedded', 'postgres', 'server-process.ts');

/** A new folder that everybody can reach, as a checkout is. */
export function openFolder(): string {
  const folder = closedFolder();
  chmodSync(folder, 0o755);
  return folder;
}

/** A new folder that its owner alone can pass. */
export function closedFolder(): string {
  return mkdtempSync(join(tmpdir(), 'postgres-'));
}

/** Runs one statement on a server and gives its rows. */
export async function query<Row>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client(url);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
}

/** Gives the value of a setting. */
export async function setting(url: string, name: string): Promise<string | undefined> {
  const [row] = await query<Record<string, string>>(url, `show ${name}`);
  return row?.[name];
}

/** What a server in another process says of itself. */
export interface Announced {
  readonly url: string;
  readonly port: number;
  readonly data: string;
  readonly isMoved: boolean;
  readonly error?: string;
}

export interface ServerParent {
  readonly child: ChildProcess;
  readonly announced: Promise<Announced>;
}

/** Starts a server as another process would, perhaps as another user. */
export function startParent(
  folder: string,
  { uid, umask = 0o022 }: { readonly uid?: number; readonly umask?: number } = {},
): ServerParent {
  const child = spawn(process.execPath, ['--import', 'tsx', SCRIPT, folder], {
    cwd: projectRoot,
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TEST_UMASK: String(umask) },
    ...(uid !== undefined && { uid, gid: uid }),
  });
  // Told what it said only when it said something: a killed one never does.
  const announced = once(child.stdout, 'data').then(([line]) => JSON.parse(String(line)) as Announced);
  announced.catch(() => undefined);
  return { child, announced };
}

/** Lets a process stop its server and end. */
export async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.stdin?.end('stop');
  await ended;
}

/** Kills a process and waits until it is gone; what it started lives on. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** The process id of the server that a data folder names; undefined when it names none. */
export function serverPid(data: string): number | undefined {
  const path = join(data, 'postmaster.pid');
  return existsSync(path) ? Number(readFileSync(path, 'utf8').split('\n')[0]) : undefined;
}

/** Tells whether a process runs; one that ended and was not waited for does not. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Waits until something holds; fails after half a minute. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 3000; turn += 1) {
    if (holds()) return;
    await sleep(10);
  }
  throw new Error(`${what} did not come about`);
}
