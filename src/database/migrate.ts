/** Brings the schema up to date: numbered SQL files, forward only, each in one transaction. */
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { describeError, ServiceError } from '../errors.ts';

/**
 * Applies the migrations not yet applied and gives their names. Safe to start twice at once: the second run waits.
 * Throws `migrationFailed`, with the database as it was before the migration that failed.
 */
export async function migrate(url: string): Promise<readonly string[]> {
  return run(url, Number.POSITIVE_INFINITY);
}

/**
 * Brings an empty database as far as the first `count` migrations; gives the names of all that were ever applied to it, which
 * are others where it was not empty. Throws `migrationFailed`.
 */
export async function migrateTo(url: string, count: number): Promise<readonly string[]> {
  const made = await withClient(url, (client) =>
    client.query("select to_regclass('migration') is not null as is"),
  );
  if (made.rows[0]?.is !== true) await run(url, count);
  const applied = await withClient(url, (client) => client.query('select name from migration order by id'));
  return applied.rows.map(({ name }) => name);
}

/** Without a listener, a server that goes away between two statements ends the process before anybody can say so. */
async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function run(url: string, count: number): Promise<readonly string[]> {
  const silent = () => undefined;
  try {
    const applied = await withClient(url, (dbClient) =>
      runner({
        dbClient,
        dir: fileURLToPath(new URL('migrations', import.meta.url)),
        direction: 'up',
        migrationsTable: 'migration',
        singleTransaction: false,
        advisoryLockMode: 'wait',
        count,
        logger: { debug: silent, info: silent, warn: silent, error: silent },
      }),
    );
    return applied.map(({ name }) => name);
  } catch (cause) {
    throw new ServiceError(
      'migrationFailed',
      `the database schema could not be brought up to date: ${describeError(cause)}`,
      {
        cause,
      },
    );
  }
}
