/** What statements cost in rows: tables are filled with rows alone, and what a statement looks at of them is counted. */
import type { Connection, Database } from '../../src/database/database.ts';

/** In a transaction without triggers and foreign keys: what else there would be of each row is left out. */
export function inReplica<T>(database: Database, work: (connection: Connection) => Promise<T>): Promise<T> {
  return database.transaction(async (connection) => {
    await connection.query('set local session_replication_role = replica');
    return work(connection);
  });
}

/** Counts the rows of tables that were looked at, found by an index or not, and has everything undone. */
export async function rowsRead(
  database: Database,
  tables: readonly string[],
  work: (connection: Connection) => Promise<unknown>,
): Promise<number> {
  const undone = new Error('undone');
  let read = Number.NaN;
  await inReplica(database, async (connection) => {
    const before = await countRead(connection, tables);
    await work(connection);
    read = (await countRead(connection, tables)) - before;
    throw undone;
  }).catch((error: unknown) => {
    if (error !== undone) throw error;
  });
  return read;
}

async function countRead(connection: Connection, tables: readonly string[]): Promise<number> {
  const [counts] = await connection.query<{ read: number }>(
    `select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as read from pg_stat_xact_user_tables
     where relname = any($1)`,
    [tables],
  );
  return counts?.read ?? Number.NaN;
}
