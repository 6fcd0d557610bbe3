/** The database cluster of the embedded PostgreSQL: made at first start, whole or not at all. */
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeError, ServiceError } from '../../errors.ts';
import type { PostgresHome } from './home.ts';

/** The user of the database, and the database. */
export const USER = 'ebox';

const DRAFT = 'initial-';
/** Each leaves less to the next. */
const MOST_TRIES = 100;

/** Tells whether a cluster was made. */
export function hasCluster({ data }: PostgresHome): boolean {
  return existsSync(join(data, 'PG_VERSION'));
}

/** Takes a cluster away. Its server must have ended. */
export function removeCluster({ data }: PostgresHome): void {
  rmSync(data, { recursive: true, force: true, maxRetries: 5 });
}

/**
 * Makes a cluster with its user and database. It is made under another name and moved into place when it is whole, so
 * that an interrupted first start leaves nothing that looks like one. Throws `embeddedPartFailed`.
 */
export function createCluster(home: PostgresHome, password: string): void {
  removeDrafts(home);
  const draft = mkdtempSync(join(home.folder, DRAFT));
  const passwordFile = `${draft}.password`;
  try {
    writeFileSync(passwordFile, password, { mode: 0o600 });
    for (const path of [draft, passwordFile]) giveTo(home, path);
    const login = ['-U', USER, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
    run(home, draft, 'initdb', ['-D', draft, ...login, '--locale=C.UTF-8', '-E', 'UTF8', '--data-checksums']);
    run(home, draft, 'postgres', ['--single', '-D', draft, 'postgres'], `create database ${USER}\n`);
    removeCluster(home);
    renameSync(draft, home.data);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true, maxRetries: 5 });
    throw error;
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/**
 * What an interrupted first start left; its `initdb` may still be at work on it. From Node.js 24 on `rmSync` says nothing and
 * leaves the rest when a file that it was about to remove is gone.
 */
function removeDrafts({ folder }: PostgresHome): void {
  for (const name of readdirSync(folder).filter((one) => one.startsWith(DRAFT)))
    for (let tries = 0; tries < MOST_TRIES && existsSync(join(folder, name)); tries += 1)
      rmSync(join(folder, name), { recursive: true, force: true, maxRetries: 5 });
}

function giveTo({ identity }: PostgresHome, path: string): void {
  if (identity !== undefined) chownSync(path, identity.uid, identity.gid);
}

function run(
  home: PostgresHome,
  folder: string,
  program: string,
  args: readonly string[],
  input?: string,
): void {
  const result = spawnSync(join(home.binaries, 'bin', program), args, {
    ...home.identity,
    cwd: folder,
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
