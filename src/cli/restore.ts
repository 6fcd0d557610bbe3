/** `ebox restore`: an empty database and archive become what a backup holds. */
import { type Loading, loadSnapshot } from '../database/load-snapshot.ts';
import { migrate, migrateTo } from '../database/migrate.ts';
import { askErasuresAgain, giveUpKeys, takeKeysOver } from '../database/restored-keys.ts';
import { ServiceError } from '../errors.ts';
import type { BackupManifest } from '../flow/backup-manifest.ts';
import { type BackupOptions, KEY_TABLES } from './backup.ts';
import { checkFiles, readManifest, readRows, rowsPath } from './backup-file.ts';
import { returnObjects } from './backup-objects.ts';
import { databaseOf } from './privacy-source.ts';

/** A folder and what it says it holds. */
interface Backup {
  readonly folder: string;
  readonly manifest: BackupManifest;
}

interface KeysRestored {
  readonly keys: number;
  /** Nobody reads what lies under these any more. */
  readonly lost: number;
  readonly erasedAgain: number;
}

/**
 * Restores register and keys, objects, or all of it; gives the exit status. Throws `configurationInvalid`,
 * `archivedObjectCorrupt`, `archiveUnavailable`, `databaseUnavailable` and `migrationFailed`; the database is then as it was.
 */
export async function restoreBackup(options: BackupOptions): Promise<number> {
  const { folder, keys, objects } = options;
  if ((folder === undefined) !== (keys === undefined) || (folder ?? objects) === undefined)
    throw new ServiceError(
      'configurationInvalid',
      'Say from where: --folder <backup> with --keys <the newest backup of keys>, --objects <folder>, or all three',
    );
  const restored =
    folder === undefined || keys === undefined
      ? undefined
      : await restoreRegister(databaseOf(options.database), await openBackup(folder), await openBackup(keys));
  const returned = objects === undefined ? undefined : await returnObjects(objects);
  if (returned)
    process.stdout.write(`objects   ${returned.stored} stored, ${returned.existing} there already\n`);
  if (options.json) process.stdout.write(`${JSON.stringify({ ...restored, objects: returned })}\n`);
  return (restored?.lost ?? 0) > 0 ? 1 : 0;
}

async function restoreRegister(url: string, register: Backup, keyring: Backup) {
  await makeSchema(url, register.manifest);
  const restored = await loadSnapshot(url, async (loading) => ({
    rows: await fillTables(loading, register),
    ...(await fillKeys(loading, keyring)),
  }));
  await migrate(url);
  const { rows, keys, lost, erasedAgain } = restored;
  const lines = [
    `register  ${rows} rows of ${register.manifest.tables.length} tables, as of ${register.manifest.takenAt}`,
    `keys      ${keys}, as of ${keyring.manifest.takenAt}${lost > 0 ? `; ${lost} are in no backup: LOST` : ''}`,
    ...(erasedAgain > 0
      ? [`persons   ${erasedAgain} erased since; the service does it again when it starts`]
      : []),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return restored;
}

async function openBackup(folder: string): Promise<Backup> {
  const manifest = await readManifest(folder);
  await checkFiles(folder, manifest.tables);
  return { folder, manifest };
}

/** Brings an empty database to the schema that the backup was taken of; later migrations come after its rows. */
async function makeSchema(url: string, { migrations }: BackupManifest): Promise<void> {
  const applied = await migrateTo(url, migrations.length);
  const other = migrations.find((name, index) => applied[index] !== name);
  if (other !== undefined || applied.length !== migrations.length)
    throw new ServiceError(
      'configurationInvalid',
      `the backup has the schema of ${migrations.at(-1)}, the database that of ${applied.at(-1)}: name an empty database, and restore with the release that took the backup or a later one`,
    );
}

async function fillTables(loading: Loading, { folder, manifest }: Backup): Promise<number> {
  await loading.makeMonths(manifest.months);
  let total = 0;
  for (const table of manifest.tables) {
    const rows = await loading.fill(table, readRows(rowsPath(folder, table.name)));
    if (rows !== table.rows)
      throw new ServiceError('archivedObjectCorrupt', `${table.name} has ${rows} rows, not ${table.rows}`);
    total += rows;
  }
  await loading.setSequences(manifest.sequences);
  return total;
}

/** Keys are those of the newest backup of them: what was destroyed since the rest was backed up stays destroyed. */
async function fillKeys(loading: Loading, { folder, manifest }: Backup): Promise<KeysRestored> {
  for (const table of manifest.tables) {
    const beside = `restored_${table.name}`;
    await loading.query(
      `create temporary table ${beside} (like ${table.name} including defaults) on commit drop`,
    );
    await loading.fill({ ...table, name: beside }, readRows(rowsPath(folder, table.name)));
  }
  let keys = 0;
  let lost = 0;
  for (const table of KEY_TABLES) {
    keys += await takeKeysOver(loading, table);
    lost += await giveUpKeys(loading, table);
  }
  return { keys, lost, erasedAgain: await askErasuresAgain(loading) };
}
