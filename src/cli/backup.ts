/** `ebox backup`: the register as it is at one moment, its keys apart, and the archived objects. */
import { mkdir, readdir } from 'node:fs/promises';
import { quoted, readSnapshot, type Snapshot, type TableShape } from '../database/snapshot.ts';
import { ServiceError } from '../errors.ts';
import type { BackupTable } from '../flow/backup-manifest.ts';
import { rowsPath, writeManifest, writeRows } from './backup-file.ts';
import { copyObjects } from './backup-objects.ts';
import { databaseOf } from './privacy-source.ts';

export interface BackupOptions {
  readonly database?: string | undefined;
  readonly folder?: string | undefined;
  /** A folder for the keys of persons and files, which are never among the rest. */
  readonly keys?: string | undefined;
  /** A folder into which objects are copied that are not in it yet. */
  readonly objects?: string | undefined;
  readonly json: boolean;
}

/** Who is logged in and who asked how often: gone with the machine. */
const PASSING = new Set(['session', 'limit_use']);
/** The keys that an erasure destroys: whoever restored one would bring back what is erased. */
export const KEY_TABLES = ['citizen_key', 'file_key'] as const;
/** Goes with the keys: a restore does again what was erased after the rest was backed up. */
const ERASURES = 'erasure';

/** Takes a backup of all that is named; gives the exit status. Throws `configurationInvalid`, `archiveUnavailable`. */
export async function takeBackup(options: BackupOptions): Promise<number> {
  const { folder, keys, objects } = options;
  if (folder === undefined && keys === undefined && objects === undefined)
    throw new ServiceError(
      'configurationInvalid',
      'Say where to: --folder, --keys, --objects, or some of them',
    );
  for (const path of [folder, keys]) if (path !== undefined) await makeEmpty(path);
  const taken = await readSnapshot(databaseOf(options.database), async (snapshot) => ({
    takenAt: snapshot.takenAt.toISOString(),
    ...(folder !== undefined && { register: await writeTables(snapshot, folder, registerTables(snapshot)) }),
    ...(keys !== undefined && { keys: await writeTables(snapshot, keys, keyTables(snapshot)) }),
  }));
  // After the rows: an object is in the archive before the row that names it.
  const copied = objects === undefined ? undefined : await copyObjects(objects);
  const lines = [
    ...(taken.register ? [`register  ${taken.register.rows} rows of ${taken.register.tables} tables`] : []),
    ...(taken.keys ? [`keys      ${taken.keys.rows} rows`] : []),
    ...(copied ? [`objects   ${copied.there} in the archive, ${copied.copied} of them copied now`] : []),
  ];
  process.stdout.write(`As of ${taken.takenAt}:\n  ${lines.join('\n  ')}\n`);
  if (options.json) process.stdout.write(`${JSON.stringify({ ...taken, objects: copied })}\n`);
  return 0;
}

async function makeEmpty(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0)
    throw new ServiceError(
      'configurationInvalid',
      `${folder} is not empty; name a new folder for each backup`,
    );
}

/** A table and the query that gives its rows. */
interface Reading {
  readonly table: TableShape;
  readonly query: string;
}

function registerTables({ tables }: Snapshot): readonly Reading[] {
  return tables.filter(({ name }) => !PASSING.has(name)).map((table) => ({ table, query: rowsOf(table) }));
}

function keyTables({ tables }: Snapshot): readonly Reading[] {
  const names: readonly string[] = [...KEY_TABLES, ERASURES];
  return tables.filter(({ name }) => names.includes(name)).map((table) => ({ table, query: allOf(table) }));
}

/** Of a key its place alone; `infinity` tells that it was not destroyed and lies elsewhere. */
function rowsOf(table: TableShape): string {
  if (!KEY_TABLES.some((name) => name === table.name)) return allOf(table);
  const withheld: Readonly<Record<string, string>> = {
    wrapped_key: 'null',
    destroyed_at: `coalesce(destroyed_at, 'infinity')`,
  };
  return `select ${table.columns.map((name) => withheld[name] ?? quoted(name)).join(', ')} from ${quoted(table.name)}`;
}

function allOf({ name, columns }: TableShape): string {
  return `select ${columns.map(quoted).join(', ')} from ${quoted(name)}`;
}

async function writeTables(snapshot: Snapshot, folder: string, readings: readonly Reading[]) {
  const tables: BackupTable[] = [];
  for (const { table, query } of readings) {
    const written = await writeRows(rowsPath(folder, table.name), snapshot.copyOut(query));
    tables.push({ ...table, columns: [...table.columns], ...written });
  }
  await writeManifest(folder, {
    format: 1,
    takenAt: snapshot.takenAt.toISOString(),
    migrations: [...snapshot.migrations],
    tables,
    sequences: [...snapshot.sequences],
    months: [...snapshot.months],
  });
  return { tables: tables.length, rows: tables.reduce((sum, { rows }) => sum + rows, 0) };
}
