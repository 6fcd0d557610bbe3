/** A database of its own for each test file: cloned from a template that was migrated once. */
import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { type Database, openDatabase } from '../../src/database/database.ts';
import { migrate } from '../../src/database/migrate.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { type EmbeddedPostgres, startPostgres } from '../../src/embedded/postgres/server.ts';
import { createLog } from '../../src/log.ts';
import { projectRoot } from './needs.ts';
import { isKeeping } from './sinks/keep.ts';
import { keepTables, REMEMBER_DELETED } from './sinks/tables.ts';

const folder = join(projectRoot, '.data', 'test', 'postgres');

/** Starts the test server, or adopts the one that runs; gives its URL. Left running, so that the next file adopts it. */
export async function testServer(): Promise<Pick<EmbeddedPostgres, 'url' | 'data' | 'stop'>> {
  return startPostgres({ folder, port: await freePort() });
}

/** Names the template after what it was made from: the migrations, and what looks through a run. */
function templateName(): string {
  const migrations = join(projectRoot, 'src', 'database', 'migrations');
  const texts = readdirSync(migrations)
    .sort()
    .map((name) => readFileSync(join(migrations, name), 'utf8'));
  return `template_${createHash('sha256').update(partsOf(texts).join()).digest('hex').slice(0, 12)}`;
}

function partsOf(migrations: readonly string[]): readonly string[] {
  return isKeeping() ? [...migrations, REMEMBER_DELETED] : migrations;
}

export interface TestDatabase {
  readonly url: string;
  readonly database: Database;
  /** Runs one statement outside the service's own code, to look at what it left. */
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

/** Makes an empty database with the present schema. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = await testServer();
  const admin = new pg.Client(server.url);
  await admin.connect();
  const name = `test_${randomBytes(6).toString('hex')}`;
  try {
    // One at a time makes the template; the others find it.
    await admin.query('select pg_advisory_lock(1)');
    await makeTemplate(admin, server.url);
    await admin.query(`create database ${name} template ${templateName()}`);
  } finally {
    await admin.end();
  }
  const url = withDatabase(server.url, name);
  const database = openDatabase({ url, connections: 16, log: createLog('silent') });
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.DATE, (text: string) => text);
  const pool = new pg.Pool({ connectionString: url, max: 2, types });
  pool.on('error', () => undefined);
  return {
    url,
    database,
    query: async (text, values = []) => (await pool.query(text, [...values])).rows as never[],
    drop: async () => {
      await keepTables(pool);
      await Promise.all([database.close(), pool.end()]);
      await dropDatabase(server.url, name);
    },
  };
}

async function makeTemplate(admin: pg.Client, serverUrl: string): Promise<void> {
  const template = templateName();
  const { rowCount } = await admin.query('select from pg_database where datname = $1', [template]);
  if (rowCount === 1) return;
  const unfinished = `${template}_unfinished`;
  await admin.query(`drop database if exists ${unfinished}`);
  await admin.query(`create database ${unfinished}`);
  await migrate(withDatabase(serverUrl, unfinished));
  if (isKeeping()) await runIn(withDatabase(serverUrl, unfinished), REMEMBER_DELETED);
  await admin.query(`alter database ${unfinished} rename to ${template}`);
}

function dropDatabase(serverUrl: string, name: string): Promise<void> {
  return runIn(serverUrl, `drop database ${name} with (force)`);
}

async function runIn(url: string, statement: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(statement);
  await client.end();
}

function withDatabase(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
