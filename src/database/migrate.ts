/** Brings the schema up to date: numbered SQL files, forward only, each in one transaction. */
import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';
import { describeError, ServiceError } from '../errors.ts';

/**
 * Applies the migrations not yet applied and gives their names. Safe to start twice at once: the second run waits.
 * Throws `migrationFailed`, with the database as it was before the migration that failed.
 */
export async function migrate(url: string): Promise<readonly string[]> {
  const silent = () => undefined;
  try {
    const applied = await runner({
      databaseUrl: url,
      dir: fileURLToPath(new URL('migrations', import.meta.url)),
      direction: 'up',
      migrationsTable: 'migration',
      singleTransaction: false,
      advisoryLockMode: 'wait',
      logger: { debug: silent, info: silent, warn: silent, error: silent },
    });
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
