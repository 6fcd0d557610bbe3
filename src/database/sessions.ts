/** Sessions of people at the pages, kept in the `session` table over the connections of the database. */
import connectPgSimple from 'connect-pg-simple';
import session from 'express-session';
import { describeError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Database } from './database.ts';

/** Where sessions are kept; closing it stops the clearing away of those that ran out. */
export type SessionStore = session.Store & { close(): unknown };

type Pool = NonNullable<connectPgSimple.PGStoreOptions['pool']>;

/**
 * Opens the store. A session that was not used for `idleSeconds` is gone, and is cleared away within the hour.
 * Its functions call back with `databaseUnavailable` when the database does not answer.
 */
export function openSessionStore(
  database: Database,
  options: { idleSeconds: number; log: Log },
): SessionStore {
  const PgStore = connectPgSimple(session);
  return new PgStore({
    pool: poolOf(database),
    ttl: options.idleSeconds,
    pruneSessionInterval: 1800,
    errorLog: (...what) => options.log.warn({ reason: what.map(describeError).join(' ') }, 'sessions'),
  });
}

/** The store asks of a pool nothing but `query`; ours names its faults, which a second pool would not. */
function poolOf(database: Database): Pool {
  const query = async (text: string, values: readonly unknown[]) => ({
    rows: await database.transaction((connection) => connection.query(text, values)),
  });
  return { query } as unknown as Pool;
}
