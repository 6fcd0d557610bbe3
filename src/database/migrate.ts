/** Brings the schema up to date: numbered SQL files, forward only, each in one transaction. */
import { readdirSync } from 'node:fs';
import { parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { describeError, ServiceError } from '../errors.ts';
import { asServiceError } from './database-faults.ts';

const FOLDER = fileURLToPath(new URL('migrations', import.meta.url));

/**
 * Applies the migrations not yet applied and gives their names. Safe to start twice at once: the second run waits.
 * Throws `migrationFailed`, with the database as it was before the migration that failed, and `databaseUnavailable` when
 * the server is not reached or lost.
 */
export async function migrate(url: string): Promise<readonly string[]> {
  return run(url, Number.POSITIVE_INFINITY);
}

/**
 * Brings an empty database as far as the first `count` migrations; gives the names of all that were ever applied to it, which
 * are others where it was not empty. Throws `migrationFailed`.
 */
export async function migrateTo(url: string, count: number): Promise<readonly string[]> {
  if ((await withClient(url, appliedTo)).length === 0) await run(url, count);
  return withClient(url, appliedTo);
}

/** The names of all migrations that were applied, in their order. */
async function appliedTo(client: pg.Client): Promise<readonly string[]> {
  const made = await client.query<{ is: boolean }>("select to_regclass('migration') is not null as is");
  if (made.rows[0]?.is !== true) return [];
  const applied = await client.query<{ name: string }>('select name from migration order by id');
  return applied.rows.map(({ name }) => name);
}

/** Without a listener, a server that goes away between two statements ends the process before anybody can say so. */
async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, keepAlive: true });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** What applies migrations tells some faults in words of its own. Throws `databaseUnavailable` where there is no connection any more. */
async function demandConnection(client: pg.Client): Promise<void> {
  await client.query('select 1').catch((error: unknown) => {
    const fault = asServiceError(error);
    if (fault instanceof ServiceError) throw fault;
  });
}

async function run(url: string, count: number): Promise<readonly string[]> {
  const silent = () => undefined;
  try {
    return await withClient(url, async (dbClient) => {
      const applied = new Set(await appliedTo(dbClient));
      if (readdirSync(FOLDER).every((file) => applied.has(parse(file).name))) return [];
      // What applies them is loaded where there are any: most processes start on a schema that is up to date.
      const { runner } = await import('node-pg-migrate');
      const run = await runner({
        dbClient,
        dir: FOLDER,
        direction: 'up',
        migrationsTable: 'migration',
        singleTransaction: false,
        advisoryLockMode: 'wait',
        count,
        logger: { debug: silent, info: silent, warn: silent, error: silent },
      }).catch(async (error: unknown) => {
        await demandConnection(dbClient);
        throw error;
      });
      return run.map(({ name }) => name);
    });
  } catch (cause) {
    const fault = asServiceError(cause);
    if (fault instanceof ServiceError) throw fault;
    throw new ServiceError(
      'migrationFailed',
      `the database schema could not be brought up to date: ${describeError(cause)}`,
      {
        cause,
      },
    );
  }
}
