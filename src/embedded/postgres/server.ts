/** Runs the embedded PostgreSQL: made at first start, kept between starts, a leftover server adopted. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError } from '../../errors.ts';
import { keptSecret } from '../secret.ts';
import { createCluster, hasCluster, removeCluster, USER } from './cluster.ts';
import { type PostgresHome, preparePostgresHome } from './home.ts';
import { findPostmaster, isPostmaster, type Postmaster, removeStalePidFile } from './postmaster.ts';

export interface EmbeddedPostgres {
  /** `postgres://…` of the service's database on loopback. */
  readonly url: string;
  readonly port: number;
  /** Where its data lie; not under the folder given when `nobody` cannot reach that. */
  readonly data: string;
  readonly isMoved: boolean;
  stop(): Promise<void>;
}

const PATIENCE_MS = 60_000;

/**
 * Starts PostgreSQL with data under `folder`, or adopts the server that an earlier process left running there.
 * Throws `embeddedPartFailed` with the last lines of the server's log.
 */
export async function startPostgres(options: { folder: string; port: number }): Promise<EmbeddedPostgres> {
  const home = preparePostgresHome(options.folder);
  const passwordPath = join(options.folder, 'password');
  if (home.isMoved && hasCluster(home) && !existsSync(passwordPath)) await removeOrphan(home);
  const password = keptSecret(passwordPath, () => Buffer.from(randomBytes(24).toString('hex'))).toString();
  if (!hasCluster(home)) {
    createCluster(home, password);
    writeFileSync(join(options.folder, 'README'), `Data of the embedded PostgreSQL: ${home.data}\n`);
  }
  const { pid, port } = await findOrLaunch(home, options.port);
  return {
    url: `postgres://${USER}:${password}@127.0.0.1:${port}/${USER}`,
    port,
    data: home.data,
    isMoved: home.isMoved,
    stop: () => endServer(home, pid, 'SIGINT'),
  };
}

/** Data that lie outside a folder go with it: once the folder was removed, nobody can open them any more. */
async function removeOrphan(home: PostgresHome): Promise<void> {
  const server = findPostmaster(home.data);
  if (server !== undefined) await endServer(home, server.pid, 'SIGQUIT');
  removeCluster(home);
}

async function findOrLaunch(home: PostgresHome, port: number): Promise<Postmaster> {
  const leftover = findPostmaster(home.data);
  if (leftover?.status === 'stopping') await waitForEnd(home, leftover.pid);
  else if (leftover !== undefined) return waitUntilReady(home);
  await removeStalePidFile(home.data);
  return waitUntilReady(home, await launch(home, port));
}

const SETTINGS: Readonly<Record<string, string | number>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 200,
  shared_buffers: '128MB',
  max_wal_size: '2GB',
  fsync: 'on',
  synchronous_commit: 'on',
  timezone: 'UTC',
  lc_messages: 'C',
};

async function launch(home: PostgresHome, port: number): Promise<ChildProcess> {
  const log = openSync(home.log, 'a', 0o600);
  const settings = Object.entries({ ...SETTINGS, port }).map(([name, value]) => `${name}=${value}`);
  const child = spawn(
    join(home.binaries, 'bin', 'postgres'),
    ['-D', home.data, ...settings.flatMap((setting) => ['-c', setting])],
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
  return child;
}

/** Waits for the server just launched, or for another that runs there: of two starts at once one server ends again. */
async function waitUntilReady(home: PostgresHome, child?: ChildProcess): Promise<Postmaster> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const server = findPostmaster(home.data);
    if (server?.status === 'ready') return server;
    const isUnderWay = server !== undefined || (child?.exitCode === null && child.signalCode === null);
    if (Date.now() > deadline || !isUnderWay) {
      throw new ServiceError(
        'embeddedPartFailed',
        `embedded PostgreSQL does not start: ${lastLogLines(home)}`,
      );
    }
    await sleep(20);
  }
}

/** The reason stands a few lines before the last, which only say that the server has ended. */
function lastLogLines({ log }: PostgresHome): string {
  return existsSync(log)
    ? readFileSync(log, 'utf8').trim().split('\n').slice(-6).join(' ')
    : 'it left no log';
}

/**
 * Ends a server and waits for its end. SIGINT asks for a fast shutdown: open transactions are rolled back, everything
 * committed is on disk. SIGQUIT is for one whose data are not wanted any more.
 */
async function endServer(home: PostgresHome, pid: number, signal: 'SIGINT' | 'SIGQUIT'): Promise<void> {
  if (!isPostmaster(pid, home.data)) return;
  process.kill(pid, signal);
  await waitForEnd(home, pid);
}

async function waitForEnd(home: PostgresHome, pid: number): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (isPostmaster(pid, home.data)) {
    if (Date.now() > deadline)
      throw new ServiceError('embeddedPartFailed', 'embedded PostgreSQL does not stop');
    await sleep(20);
  }
}
