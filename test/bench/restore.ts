/**
 * A machine is lost and set up again by the commands of the README's chapter "Backup and restore", typed as they stand
 * there: equal rows in every table, and each document verified by the new one.
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createApi } from '../http/api.ts';
import { contentPath, INBOX, type Scene, startScene } from '../http/scene.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { quaIn } from '../support/declarations.ts';
import { projectRoot } from '../support/needs.ts';
import { demoSsin, startTestService } from '../support/service.ts';

const run = promisify(execFile);

/** What no backup holds: the operator keeps them ("Keys"). */
const SECRETS = ['vault.secret', 'evidence.key', 'code-key.jwk'];
/** Left out, or counted by each schema for itself. */
const PASSING = ['session', 'limit_use', 'migration'];
const PERSONS = ['lena', 'amelie', 'lukasz', 'serban'];

export interface RestoreResult {
  readonly documents: number;
  readonly rows: number;
  /** Documents that the new machine confirmed, byte by byte those of the old one. */
  readonly verified: number;
  readonly commands: readonly { readonly command: string; readonly seconds: number }[];
  /** Of each command, the time that it takes to begin: a short one of the same program. */
  readonly beginSeconds: number;
  /** What is left of the restores. */
  readonly rowsPerSecond: number;
  readonly objectsPerSecond: number;
}

/** Restores so many documents, a month of a person each. Throws when a table or a document is not the same. */
export async function benchRestore(documents: number): Promise<RestoreResult> {
  const folder = mkdtempSync(join(tmpdir(), 'restore-'));
  const scene = await startScene({ LOG_LEVEL: 'error' });
  const target = await createTestDatabase();
  await target.query('drop schema public cascade');
  await target.query('create schema public');
  try {
    await issue(scene, documents);
    const files = await readAll(scene);
    const [backups, restores] = readCommands(folder);
    const times = [];
    for (const command of backups)
      times.push(await typed(command, scene.service.dataDir, scene.service.database.url));
    const there = join(folder, 'there');
    for (const name of SECRETS)
      cpSync(join(scene.service.dataDir, name), join(there, name), { recursive: true });
    // The old machine is gone, with its database and its store.
    await scene.stop();
    const [register = '', ...objects] = restores;
    times.push(await typed(register, there, target.url));
    const after = await countRows(target);
    for (const [name, rows] of Object.entries(savedRows(register)))
      if (!PASSING.includes(name) && after[name] !== rows)
        throw new Error(`${name} had ${rows} rows and has ${after[name]}`);
    const service = await startTestService({ DATABASE_URL: target.url, DATA_DIR: there, LOG_LEVEL: 'error' });
    try {
      for (const command of objects) times.push(await typed(command, there, target.url));
      const verified = await verifyAll(service.url, files);
      const rows = Object.values(after).reduce((sum, count) => sum + count, 0);
      const beginSeconds = await beginning();
      const rate = (count: number, seconds = 0) => Math.round(count / Math.max(seconds - beginSeconds, 0.1));
      const [registerTime, objectTime] = times.slice(backups.length);
      const result = {
        documents: files.length,
        rows,
        verified,
        commands: times,
        beginSeconds,
        rowsPerSecond: rate(rows, registerTime?.seconds),
        objectsPerSecond: rate(files.length, objectTime?.seconds),
      };
      process.stdout.write(`  ${JSON.stringify(result)}\n`);
      if (verified < documents) throw new Error(`${verified} of ${documents} were confirmed`);
      return result;
    } finally {
      await service.stop();
    }
  } finally {
    await target.drop();
    rmSync(folder, { recursive: true, force: true });
  }
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

/** A command that does nothing but begin. */
async function beginning(): Promise<number> {
  const { seconds } = await typed('npx ebox config example', tmpdir(), '');
  return seconds;
}

async function typed(command: string, dataDir: string, database: string) {
  const started = performance.now();
  const ebox = `${process.execPath} --import tsx ${join(projectRoot, 'src', 'cli.ts')}`;
  await run('sh', ['-ec', command.replace('npx ebox', ebox)], {
    cwd: projectRoot,
    env: { PATH: process.env.PATH, NODE_ENV: 'test', DATA_DIR: dataDir, DATABASE_URL: database },
  });
  const words = command.replace(/ +#.*/, '').replaceAll(/\S+\/backup/g, '/backup');
  return { command: words, seconds: Math.round((performance.now() - started) / 100) / 10 };
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
