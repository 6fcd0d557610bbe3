/** Sessions of people at the pages, kept in the `session` table over the connections of the database. */
import { callbackify } from 'node:util';
import connectPgSimple from 'connect-pg-simple';
import session from 'express-session';
import { describeError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Database } from './database.ts';

/** Where sessions are kept; closing it stops the clearing away of those that ran out. */
export type SessionStore = session.Store & { close(): unknown };

/** Runs one statement in a transaction of its own. */
type Run = (text: string, values: readonly unknown[]) => Promise<unknown[]>;

type Pool = NonNullable<connectPgSimple.PGStoreOptions['pool']>;

export interface SessionStoreOptions {
  readonly idleSeconds: number;
  readonly log: Log;
  /** How long a statement may run: somebody waits for a page. Default 3 000. */
  readonly patienceMs?: number;
}

/**
 * Opens the store. A session that was not used for `idleSeconds` is gone, and is cleared away within the hour; one that
 * was ended stays so, whatever was still under way in it.
 * Its functions call back with `databaseUnavailable` when the database does not answer.
 */
export function openSessionStore(database: Database, options: SessionStoreOptions): SessionStore {
  const { patienceMs = 3_000 } = options;
  const run: Run = (text, values) =>
    database.transaction((connection) => connection.query(text, values), patienceMs);
  const PgStore = connectPgSimple(session);
  const store = new PgStore({
    pool: poolOf(run),
    ttl: options.idleSeconds,
    pruneSessionInterval: 1800,
    errorLog: (...what) => options.log.warn({ reason: what.map(describeError).join(' ') }, 'sessions'),
  });
  keepEnded(store, run, options.idleSeconds);
  return store;
}

/** Stores a session that was loaded only where it still is: a page that was being made when it ended must not revive it. */
function keepEnded(store: SessionStore, run: Run, idleSeconds: number): void {
  const loaded = new WeakSet<session.SessionData>();
  const createSession = store.createSession.bind(store);
  const set = store.set.bind(store);
  store.createSession = (request, data) => {
    const made = createSession(request, data);
    loaded.add(made);
    return made;
  };
  store.set = (sid, data, done) => {
    if (!loaded.has(data)) return set(sid, data, done);
    const values = [sid, JSON.stringify(data), Math.ceil(Date.now() / 1000) + idleSeconds];
    const statement = 'update session set sess = $2, expire = to_timestamp($3) where sid = $1';
    callbackify(() => run(statement, values))((error) => done?.(error));
  };
}

/** The store asks of a pool nothing but `query`; ours names its faults, which a second pool would not. */
function poolOf(run: Run): Pool {
  const query = async (text: string, values: readonly unknown[]) => ({ rows: await run(text, values) });
  return { query } as unknown as Pool;
}
