/** Locks held to the end of the transaction, by name: one worker's declarations, one case, one at a time. */
import type { Connection } from './database.ts';

/** Waits for the lock on a name. Names of different kinds must differ in their first word. */
export async function lockName(connection: Connection, name: string): Promise<void> {
  await connection.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [name]);
}

/**
 * Waits for the locks on names of one kind, in their order, so that two who want some of the same never wait for each
 * other. Whoever needs locks of several kinds takes messages first, then workers, then cases.
 */
export async function lockNames(connection: Connection, names: Iterable<string>): Promise<void> {
  const ordered = [...new Set(names)].sort();
  await connection.query(
    'select pg_advisory_xact_lock(hashtextextended(name, 0)) from unnest($1::text[]) as name',
    [ordered],
  );
}
