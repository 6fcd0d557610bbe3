/** The connection to PostgreSQL: transactions, reads and notifications. SQL stands in the files beside this one. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { describeError, ServiceError } from '../errors.ts';
import type { Log } from '../log.ts';
import { copyIn } from './copy-in.ts';
import { listenForJobs } from './listen.ts';

/** One checked-out connection; every statement function takes it as first argument, so that callers own the transaction. */
export interface Connection {
  /**
   * Runs one statement with bound values and gives its rows, columns as named in the statement. A connection keeps the plan
   * of a statement that has a `name`: for those that run in every other transaction.
   */
  query<Row>(text: string, values?: readonly unknown[], name?: string): Promise<Row[]>;
}

export interface Database {
  /**
   * Runs `work` in one transaction: committed when it returns, rolled back when it throws.
   * It is tried up to five times when it meets a deadlock or a serialisation failure, so it must have no outside effect.
   * `patienceMs` is how long each statement may run where that is less than the database's own patience.
   * Throws `databaseUnavailable` when the server is not reached, is lost, or keeps a lock too long.
   */
  transaction<T>(work: (connection: Connection) => Promise<T>, patienceMs?: number): Promise<T>;
  /**
   * Runs one statement by itself: one round trip where a transaction takes three. `patienceMs` is how long its answer may
   * take. Throws `databaseUnavailable` as a transaction does, and when the answer takes longer.
   */
  statement<Row>(text: string, values: readonly unknown[], patienceMs: number): Promise<Row[]>;
  /** Runs a `copy … from stdin` with the lines given, in a transaction of its own. */
  copyIn(statement: string, lines: Iterable<string>): Promise<void>;
  /** Calls `wake` whenever a job was queued, by this or any other process; reconnects by itself. Gives the stop function. */
  onJob(wake: () => void): Promise<() => Promise<void>>;
  /** Tells whether the database answers. */
  isUp(): Promise<boolean>;
  close(): Promise<void>;
}

// A `date` stays the text yyyy-MM-dd: as a Date it would move with the time zone of the process.
const types = new pg.TypeOverrides();
types.setTypeParser(pg.types.builtins.DATE, (text: string) => text);

export interface DatabaseOptions {
  readonly url: string;
  readonly connections: number;
  readonly log: Log;
  /** How long a statement may run. Default 60 000; a lock is waited for a third as long. */
  readonly patienceMs?: number;
}

/**
 * Many statements run at once: helpers of one take cores from the others, and starting them costs more than the few thousand
 * rows do that a statement of ours reads.
 */
function sessionOptions(patienceMs: number): string {
  const values = {
    statement_timeout: patienceMs,
    lock_timeout: lockMs(patienceMs),
    idle_in_transaction_session_timeout: patienceMs,
    max_parallel_workers_per_gather: 0,
  };
  return Object.entries(values)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

/** Opens the pool. Nothing is connected until the first statement. */
export function openDatabase(options: DatabaseOptions): Database {
  const { patienceMs = 60_000 } = options;
  const settings = {
    connectionString: options.url,
    types,
    application_name: 'citizen-ebox',
    connectionTimeoutMillis: Math.min(patienceMs, 10_000),
    // The server ends a long statement itself. Where it does not, it is gone without having said so.
    query_timeout: giveUpMs(patienceMs),
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
  };
  const pool = new pg.Pool({
    ...settings,
    max: options.connections,
    options: sessionOptions(patienceMs),
  });
  // A server may be ready and end in one breath: between the pool and whoever asked it, nobody else would hear of it.
  pool.on('connect', (client) => client.on('error', () => undefined));
  let isClosing = false;
  pool.on('error', (error) => {
    if (!isClosing) options.log.warn({ reason: describeError(error) }, 'database connection lost');
  });
  return {
    transaction: (work, least) => runTransaction(pool, work, least),
    statement: async (text, values, patience) => {
      try {
        const { rows } = await pool.query({
          text,
          values: [...values],
          query_timeout: patience,
        } as pg.QueryConfig);
        return rows as never[];
      } catch (error) {
        throw asServiceError(error);
      }
    },
    copyIn: (statement, lines) =>
      copyIn(pool, statement, lines).catch((error: unknown) => {
        throw asServiceError(error);
      }),
    onJob: (wake) =>
      listenForJobs(settings, wake, options.log).catch((error: unknown) => {
        throw asServiceError(error);
      }),
    isUp: () =>
      pool.query('select 1').then(
        () => true,
        () => false,
      ),
    close: () => {
      isClosing = true;
      return pool.end();
    },
  };
}

const TRANSIENT = new Set(['40001', '40P01']);
const MOST_TRIES = 5;
/** Longer with each try, and by chance, so that two do not meet again. */
const LONGEST_PAUSE_MS = 20;

function giveUpMs(patienceMs: number): number {
  return patienceMs + Math.min(patienceMs, 5_000);
}

function lockMs(patienceMs: number): number {
  return Math.ceil(patienceMs / 3);
}

async function runTransaction<T>(
  pool: pg.Pool,
  work: (connection: Connection) => Promise<T>,
  patienceMs: number | undefined,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptTransaction(pool, work, patienceMs);
    } catch (error) {
      // Nothing was asked of it yet, and the pool has one such connection less each time.
      if (error instanceof LostWhileIdle && attempt <= MOST_LOST) continue;
      if (attempt < MOST_TRIES && error instanceof pg.DatabaseError && TRANSIENT.has(error.code ?? '')) {
        await sleep(Math.random() * LONGEST_PAUSE_MS * attempt);
        continue;
      }
      throw asServiceError(error instanceof LostWhileIdle ? error.cause : error);
    }
  }
}

async function attemptTransaction<T>(
  pool: pg.Pool,
  work: (connection: Connection) => Promise<T>,
  patienceMs: number | undefined,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const noteLoss = (error: Error) => {
    broken = error;
  };
  // Without a listener of its own, a checked-out client that loses its server ends the whole process.
  client.on('error', noteLoss);
  const run = async (text: string, values: readonly unknown[] = [], name?: string) => {
    try {
      const patience = patienceMs === undefined ? {} : { query_timeout: giveUpMs(patienceMs) };
      return (await client.query({ text, values: [...values], ...patience, ...(name && { name }) }))
        .rows as never[];
    } catch (error) {
      if (isSilence(error)) broken = error;
      throw error;
    }
  };
  try {
    await run(beginning(patienceMs)).catch((cause: unknown) => {
      if (!isLost(cause)) throw cause;
      broken = cause;
      throw new LostWhileIdle('a connection ended while nobody used it', { cause });
    });
    const result = await work({ query: run });
    await run('commit');
    return result;
  } catch (error) {
    // Where a statement got no answer a rollback gets none: the server rolls back when the connection is gone.
    if (broken === undefined) await run('rollback').catch(noteLoss);
    throw error;
  } finally {
    client.off('error', noteLoss);
    client.release(broken);
  }
}

/** A connection of the pool that turns out to be gone when it is first used again. */
class LostWhileIdle extends Error {}

/** More than any pool holds. */
const MOST_LOST = 100;

/** The server ended the connection, or it is closed; not that the server is silent, or refuses new ones. */
function isLost(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  if (error instanceof pg.DatabaseError) return error.code === '57P01' || error.code === '57P02';
  return /Connection terminated|not queryable|ECONNRESET|EPIPE/.test(error.message);
}

function beginning(patienceMs: number | undefined): string {
  if (patienceMs === undefined) return 'begin';
  return `begin; set local statement_timeout = ${patienceMs}; set local lock_timeout = ${lockMs(patienceMs)}`;
}

/** The client library's own time ran out, which is longer than the server's. */
function isSilence(error: unknown): error is Error {
  return error instanceof Error && error.message === 'Query read timeout';
}

/** Connection faults (SQLSTATE classes 08, 53 and 57P), and a lock that did not come free. */
const UNAVAILABLE_STATE = /^(08...|53...|57P..|55P03)$/;
const UNAVAILABLE_SYSTEM = /^(ECONN\w+|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;
/** What the client library says of itself, without a code. */
const UNAVAILABLE_CLIENT =
  /Connection terminated|not queryable|timeout exceeded when trying to connect|timeout expired|Query read timeout/;

/** Connection faults become `databaseUnavailable`; what a statement itself raised stays as it is. */
function asServiceError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof ServiceError) return error;
  const code = 'code' in error ? String(error.code) : '';
  const isUnavailable =
    error instanceof pg.DatabaseError
      ? UNAVAILABLE_STATE.test(code)
      : UNAVAILABLE_SYSTEM.test(code) || UNAVAILABLE_CLIENT.test(error.message);
  if (!isUnavailable) return error;
  return new ServiceError('databaseUnavailable', `the database does not answer: ${describeError(error)}`, {
    cause: error,
  });
}

/** Tells whether an error says that a row with the same key is already there; `constraint` names which. */
export function isDuplicate(error: unknown, constraint: string): boolean {
  return error instanceof pg.DatabaseError && error.code === '23505' && error.constraint === constraint;
}
