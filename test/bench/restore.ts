/**
 * A machine is lost and set up again by the commands of the README's chapter "Backup and restore", typed as they stand
 * there: equal rows in every table, as many objects, and a hundred documents read before verified by the new one.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { consultBatch } from '../../src/workflows/batch-consult.ts';
import { createApi } from '../http/api.ts';
import { contentPath, INBOX, type Scene, startScene } from '../http/scene.ts';
import { until } from '../support/client.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { quaIn } from '../support/declarations.ts';
import { projectRoot } from '../support/needs.ts';
import { demoSsin, startTestService, type TestService } from '../support/service.ts';
import { AGENCY, sendBatch } from './batch-file.ts';
import { loadPeople } from './people.ts';

const run = promisify(execFile);

/** What no backup holds: the operator keeps them ("Keys"). */
const SECRETS = ['vault.secret', 'evidence.key', 'code-key.jwk'];
/** Left out, or counted by each schema for itself. */
const PASSING = ['session', 'limit_use', 'migration'];
const PERSONS = ['lena', 'amelie', 'lukasz', 'serban'];

/** So many documents are read before, and verified after. More of them are issued as a batch, so that the rate can be told. */
const READ = 100;
/** A batch in the process that serves too. */
const LONGEST_MS = 3600_000;
/** Times are told to a tenth of a second. */
const LEAST_SECONDS = 2;

interface Restored {
  readonly rows: number;
  readonly objects: number;
  /** Documents that the new machine confirmed, byte by byte those of the old one. */
  readonly verified: number;
  readonly commands: readonly { readonly command: string; readonly seconds: number }[];
  readonly registerSeconds: number;
  readonly objectsSeconds: number;
}

/** What came with the batch: a restore of few rows is little but its beginning. */
interface Rates {
  readonly rowsPerDocument: number;
  readonly rowsPerSecond: number;
  readonly objectsPerSecond: number;
}

export interface RestoreResult extends Restored, Partial<Rates> {
  readonly documents: number;
}

/**
 * Restores so many documents: months of persons, and beyond a hundred a batch. Throws when a table has other rows, an object
 * is missing, or one of the first hundred documents is not confirmed.
 */
export async function benchRestore(documents: number): Promise<RestoreResult> {
  const folder = mkdtempSync(join(tmpdir(), 'restore-'));
  const scene = await startScene({ LOG_LEVEL: 'error', SEAL_THREADS: '' });
  let gone: Promise<void> | undefined;
  const leave = () => (gone ??= scene.stop());
  try {
    await issue(scene, Math.min(documents, READ));
    const files = await readAll(scene);
    if (files.length !== Math.min(documents, READ)) throw new Error(`${files.length} documents can be read`);
    const isBatch = documents > READ;
    const few = isBatch ? await restoreElsewhere(scene, join(folder, 'few'), files) : undefined;
    if (isBatch) await issueBatch(scene, documents - READ);
    // The machine is gone then, with its database and its store.
    const restored = await restoreElsewhere(scene, join(folder, 'all'), files, leave);
    const result = { documents, ...restored, ...(few && ratesBetween(few, restored, documents - READ)) };
    process.stdout.write(`  ${JSON.stringify(result)}\n`);
    return result;
  } finally {
    await leave();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Nothing where the batch was too small to tell its time from that of the beginning. */
function ratesBetween(few: Restored, all: Restored, documents: number): Rates | undefined {
  const rows = all.rows - few.rows;
  const register = all.registerSeconds - few.registerSeconds;
  const objects = all.objectsSeconds - few.objectsSeconds;
  if (Math.min(register, objects) < LEAST_SECONDS) return undefined;
  return {
    rowsPerDocument: Math.round((rows / documents) * 10) / 10,
    rowsPerSecond: Math.round(rows / register),
    objectsPerSecond: Math.round((all.objects - few.objects) / objects),
  };
}

/** Backs the machine up, and restores it with another database and another store. */
async function restoreElsewhere(
  { service: { dataDir, database } }: Scene,
  folder: string,
  files: readonly Buffer[],
  afterBackup?: () => Promise<void>,
): Promise<Restored> {
  const target = await createTestDatabase();
  try {
    await target.query('drop schema public cascade');
    await target.query('create schema public');
    const [backups, [register = '', ...objects]] = readCommands(folder);
    const commands: Restored['commands'][number][] = [];
    const type = async (command: string, home: string, url: string) => {
      const seconds = await typed(command, home, url);
      commands.push({ command: command.replace(/ +#.*/, '').replaceAll(/\S+\/backup/g, '/backup'), seconds });
      return seconds;
    };
    for (const command of backups) await type(command, dataDir, database.url);
    const there = join(folder, 'there');
    for (const name of SECRETS) cpSync(join(dataDir, name), join(there, name), { recursive: true });
    await afterBackup?.();
    const registerSeconds = await type(register, there, target.url);
    const rows = await compareRows(target, register);
    const service = await startTestService({ DATABASE_URL: target.url, DATA_DIR: there, LOG_LEVEL: 'error' });
    try {
      let objectsSeconds = 0;
      for (const command of objects) objectsSeconds += await type(command, there, target.url);
      const verified = await verifyAll(service.url, files);
      if (verified < files.length) throw new Error(`${verified} of ${files.length} were confirmed`);
      const kept = countFiles(join(folder, 'backup', 'objects'));
      const stored = await countObjects(service);
      if (stored !== kept) throw new Error(`${kept} objects were kept, and ${stored} are stored`);
      return { rows, objects: kept, verified, commands, registerSeconds, objectsSeconds };
    } finally {
      await service.stop();
    }
  } finally {
    await target.drop();
  }
}

/** Counts the rows of a restored database. Throws where a table has not those that the backup says. */
async function compareRows(target: TestDatabase, command: string): Promise<number> {
  const after = await countRows(target);
  for (const [name, rows] of Object.entries(savedRows(command)))
    if (!PASSING.includes(name) && after[name] !== rows)
      throw new Error(`${name} had ${rows} rows and has ${after[name]}`);
  return Object.values(after).reduce((sum, count) => sum + count, 0);
}

async function countObjects({ service }: TestService): Promise<number> {
  let count = 0;
  for await (const _key of service.composition.services.archive.list()) count += 1;
  return count;
}

function countFiles(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    .length;
}

/** The commands of the chapter, backups first, with folders of this run. */
function readCommands(folder: string): readonly [string[], string[]] {
  const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');
  const [, block = ''] = /## Backup and restore\n\n```sh\n([^`]+)```/.exec(readme) ?? [];
  const commands = block
    .split('\n')
    .filter((line) => line.startsWith('npx ebox '))
    .map((line) => line.replaceAll(/ \/backup/g, ` ${folder}/backup`));
  const isBackup = (command: string) => command.startsWith('npx ebox backup');
  const found = [commands.filter(isBackup), commands.filter((command) => !isBackup(command))] as const;
  if (found[0].length === 0 || found[1].length === 0) throw new Error('the README has no such commands');
  return [[...found[0]], [...found[1]]];
}

/** What the backups that a command restores say they hold, by table. */
function savedRows(command: string): Readonly<Record<string, number>> {
  const folders = [...command.matchAll(/--(?:folder|keys) (\S+)/g)].map(([, path = '']) => path);
  const tables = folders.flatMap(
    (path) =>
      (
        JSON.parse(readFileSync(join(path, 'backup.json'), 'utf8')) as {
          readonly tables: readonly { readonly name: string; readonly rows: number }[];
        }
      ).tables,
  );
  return Object.fromEntries(tables.map(({ name, rows }) => [name, rows]));
}

/** Types a command; gives the seconds that it took. */
async function typed(command: string, dataDir: string, database: string): Promise<number> {
  const started = performance.now();
  const ebox = `${process.execPath} --import tsx ${join(projectRoot, 'src', 'cli.ts')}`;
  await run('sh', ['-ec', command.replace('npx ebox', ebox)], {
    cwd: projectRoot,
    env: { PATH: process.env.PATH, NODE_ENV: 'test', DATA_DIR: dataDir, DATABASE_URL: database },
  });
  return Math.round((performance.now() - started) / 100) / 10;
}

/** All are declared before any is waited for. */
async function issue({ client }: Scene, documents: number): Promise<void> {
  for (let at = 0; at < documents; at += 1) {
    const month = Math.floor(at / PERSONS.length);
    const day = new Date(Date.UTC(2020, 8 + month, 3)).toISOString().slice(0, 10);
    await client.declare(quaIn({ ssin: demoSsin(PERSONS[at % PERSONS.length] ?? ''), day }));
  }
  await client.settled();
}

/** Persons of their own, and a day of each, by an agency. */
async function issueBatch({ service }: Scene, rows: number): Promise<void> {
  await loadPeople(service, rows);
  const batchId = await sendBatch(service, rows);
  const { services } = service.service.composition;
  await until(
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      return consultBatch(services, AGENCY, batchId);
    },
    (batch) => batch?.state === 'done',
    LONGEST_MS,
  );
}

/** Every document of everybody, as each finds it. */
async function readAll({ service, api }: Scene): Promise<Buffer[]> {
  const files: Buffer[] = [];
  for (const person of PERSONS) {
    const token = await service.personToken(person);
    const { body } = await api.get(`${INBOX}?pageSize=100`, token);
    for (const message of body.items) files.push((await api.get(contentPath(message), token)).bytes);
  }
  return files;
}

async function verifyAll(url: string, files: readonly Buffer[]): Promise<number> {
  const api = await createApi({ url });
  let valid = 0;
  for (const body of files) {
    const report = await api.call('post', '/verifications/v1/verifications', {
      type: 'application/pdf',
      body,
    });
    if (report.body.status === 'valid') valid += 1;
  }
  return valid;
}

async function countRows(database: TestDatabase): Promise<Readonly<Record<string, number>>> {
  const tables = await database.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
     and not relispartition and relname <> all($1) order by relname`,
    [PASSING],
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const [row] = await database.query<{ rows: number }>(`select count(*)::int as rows from "${name}"`);
    counts[name] = row?.rows ?? -1;
  }
  return counts;
}
