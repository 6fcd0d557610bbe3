/** Locks held to the end of the transaction, by name: one worker's declarations, one case, one at a time. */
import type { Connection } from './database.ts';

/** Waits for the lock on a name. Names of different kinds must differ in their first word. */
export async function lockName(connection: Connection, name: string): Promise<void> {
  await connection.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [name]);
}
