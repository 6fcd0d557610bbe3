/** The connection to PostgreSQL: transactions, reads and notifications. SQL stands in the files beside this one. */
import pg from 'pg';
import { describeError } from '../errors.ts';
import type { Log } from '../log.ts';
import { copyIn } from './copy-in.ts';
import { asServiceError } from './database-faults.ts';
import { listenForJobs } from './listen.ts';
import { giveUpMs, lockMs, runTransaction, type Transaction } from './transaction.ts';

export type { Connection, Transaction } from './transaction.ts';

export interface Database {
  /**
   * Runs `work` in one transaction: committed when it returns, rolled back when it throws.
   * It is tried up to five times when it meets a deadlock or a serialisation failure, so it must have no outside effect.
   * `patienceMs` is how long each statement may run where that is less than the database's own patience.
   * Throws `databaseUnavailable` when the server is not reached, is lost, or keeps a lock too long.
   */
  transaction<T>(work: (connection: Transaction) => Promise<T>, patienceMs?: number): Promise<T>;
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
 * Many statements run at once: helpers of one take cores from the others, and starting them, like compiling a statement
 * first, costs more than the few thousand rows do that a statement of ours reads.
 */
function sessionOptions(patienceMs: number): string {
  const values = {
    statement_timeout: patienceMs,
    lock_timeout: lockMs(patienceMs),
    idle_in_transaction_session_timeout: patienceMs,
    max_parallel_workers_per_gather: 0,
    jit: 'off',
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

/** Tells whether an error says that a row with the same key is already there; `constraint` names which. */
export function isDuplicate(error: unknown, constraint: string): boolean {
  return error instanceof pg.DatabaseError && error.code === '23505' && error.constraint === constraint;
}
