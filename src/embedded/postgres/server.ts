/** Runs the embedded PostgreSQL: made at first start, kept between starts, a leftover server adopted or stopped. */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeError, ServiceError } from '../../errors.ts';
import { type PostgresHome, preparePostgresHome } from './home.ts';

export interface EmbeddedPostgres {
  /** `postgres://…` of the service's database on loopback. */
  readonly url: string;
  readonly port: number;
  /** Where its data lie; not under the folder given when `nobody` cannot reach that. */
  readonly data: string;
  readonly isMoved: boolean;
  stop(): Promise<void>;
}

const USER = 'ebox';
const START_PATIENCE_MS = 60_000;

/**
 * Starts PostgreSQL with data under `folder`, or adopts the server that an earlier process left running there.
 * Throws `embeddedPartFailed` with the last lines of the server's log.
 */
export async function startPostgres(options: { folder: string; port: number }): Promise<EmbeddedPostgres> {
  const home = preparePostgresHome(options.folder);
  removeOrphan(home, options.folder);
  const password = keptPassword(options.folder);
  if (!existsSync(join(home.data, 'PG_VERSION'))) initialise(home, options.folder, password);
  const leftover = readLeftover(home.data);
  if (leftover === undefined) await launch(home, options.port);
  const { port, pid } = await waitUntilReady(home);
  return {
    url: `postgres://${USER}:${password}@127.0.0.1:${port}/${USER}`,
    port,
    data: home.data,
    isMoved: home.isMoved,
    stop: () => stopServer(home, pid),
  };
}

/** Data that lie outside a folder go with it: once the folder was removed, nobody can open them any more. */
function removeOrphan(home: PostgresHome, folder: string): void {
  if (!home.isMoved || existsSync(join(folder, 'password')) || !existsSync(join(home.data, 'PG_VERSION'))) return;
  rmSync(home.data, { recursive: true, force: true });
  mkdirSync(home.data, { mode: 0o700 });
  if (home.identity) chownSync(home.data, home.identity.uid, home.identity.gid);
}

/** Gives the password of the database user, made at first start; only the service's own user may read it. */
function keptPassword(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'password');
  if (!existsSync(path)) writeFileSync(path, randomBytes(24).toString('hex'), { mode: 0o600 });
  return readFileSync(path, 'utf8');
}

function initialise(home: PostgresHome, folder: string, password: string): void {
  const passwordFile = join(home.data, '..', 'initial-password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (home.identity) chownSync(passwordFile, home.identity.uid, home.identity.gid);
  try {
    // A half-made cluster of an interrupted first start is no use.
    rmSync(join(home.data, 'PG_VERSION'), { force: true });
    const login = ['-U', USER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
    run(home, 'initdb', ['-D', home.data, ...login, '--locale=C.UTF-8', '-E', 'UTF8', '--data-checksums']);
    run(home, 'postgres', ['--single', '-D', home.data, 'postgres'], `create database ${USER}\n`);
  } catch (error) {
    rmSync(home.data, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(passwordFile, { force: true });
  }
  writeFileSync(join(folder, 'README'), `Data of the embedded PostgreSQL: ${home.data}\n`);
}

function run(home: PostgresHome, program: string, args: readonly string[], input?: string): void {
  const result = spawnSync(join(home.binaries, 'bin', program), args, {
    ...home.identity,
    cwd: home.data,
    env: { LC_ALL: 'C.UTF-8', PATH: '/usr/bin:/bin' },
    encoding: 'utf8',
    ...(input !== undefined && { input }),
  });
  if (result.status === 0) return;
  const reason =
    result.error === undefined
      ? result.stderr.trim().split('\n').slice(-3).join(' ')
      : describeError(result.error);
  throw new ServiceError('embeddedPartFailed', `embedded PostgreSQL: ${program} failed: ${reason}`);
}

/** Reads postmaster.pid; a file whose process is not our server is stale and is removed. */
function readLeftover(data: string): { pid: number; port: number; status: string } | undefined {
  const path = join(data, 'postmaster.pid');
  if (!existsSync(path)) return undefined;
  const lines = readFileSync(path, 'utf8').split('\n');
  const pid = Number(lines[0]);
  if (isOurServer(pid, data)) return { pid, port: Number(lines[3]), status: (lines[7] ?? '').trim() };
  rmSync(path, { force: true });
  return undefined;
}

function isOurServer(pid: number, data: string): boolean {
  if (!isAlive(pid)) return false;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(data);
  } catch {
    // Without /proc (macOS) a live process is taken for ours: PostgreSQL itself checks its shared memory.
    return !existsSync('/proc/self');
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

async function launch(home: PostgresHome, port: number): Promise<void> {
  const log = openSync(join(home.data, 'server.log'), 'a', 0o600);
  if (home.identity) chownSync(join(home.data, 'server.log'), home.identity.uid, home.identity.gid);
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '128MB',
    max_wal_size: '2GB',
    fsync: 'on',
    synchronous_commit: 'on',
    timezone: 'UTC',
    lc_messages: 'C',
  };
  const child = spawn(
    join(home.binaries, 'bin', 'postgres'),
    ['-D', home.data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // Its own process group, so that Ctrl-C reaches it only through `stop`, after the last transaction.
    {
      ...home.identity,
      cwd: home.data,
      env: { PATH: '/usr/bin:/bin' },
      detached: true,
      stdio: ['ignore', log, log],
    },
  );
  closeSync(log);
  child.unref();
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
}

async function waitUntilReady(home: PostgresHome): Promise<{ pid: number; port: number }> {
  const deadline = Date.now() + START_PATIENCE_MS;
  let isSeen = false;
  for (;;) {
    const server = readLeftover(home.data);
    if (server?.status === 'ready') return server;
    if (Date.now() > deadline || (isSeen && server === undefined) || (await hasFailed(home, isSeen))) {
      throw new ServiceError(
        'embeddedPartFailed',
        `embedded PostgreSQL does not start: ${lastLogLines(home)}`,
      );
    }
    isSeen ||= server !== undefined;
    await sleep(20);
  }
}

/** A server that never wrote its pid file has ended when its log says FATAL. */
async function hasFailed(home: PostgresHome, isSeen: boolean): Promise<boolean> {
  if (isSeen || !/FATAL/.test(lastLogLines(home))) return false;
  await sleep(200);
  return readLeftover(home.data) === undefined;
}

function lastLogLines(home: PostgresHome): string {
  const path = join(home.data, 'server.log');
  return existsSync(path)
    ? readFileSync(path, 'utf8').trim().split('\n').slice(-3).join(' ')
    : 'it left no log';
}

/** Asks for a fast shutdown: open transactions are rolled back, everything committed is on disk. */
async function stopServer(home: PostgresHome, pid: number): Promise<void> {
  if (!isOurServer(pid, home.data)) return;
  process.kill(pid, 'SIGINT');
  const deadline = Date.now() + START_PATIENCE_MS;
  while (isOurServer(pid, home.data) && existsSync(join(home.data, 'postmaster.pid'))) {
    if (Date.now() > deadline)
      throw new ServiceError('embeddedPartFailed', 'embedded PostgreSQL does not stop');
    await sleep(20);
  }
}
