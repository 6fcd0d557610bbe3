/** The connection to PostgreSQL: transactions, reads and notifications. SQL stands in the files beside this one. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { describeError, ServiceError } from '../errors.ts';
import type { Log } from '../log.ts';

/** One checked-out connection; every statement function takes it as first argument, so that callers own the transaction. */
export interface Connection {
  /** Runs one statement with bound values and gives its rows, columns as named in the statement. */
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

export interface Database {
  /**
   * Runs `work` in one transaction: committed when it returns, rolled back when it throws.
   * A serialisation failure or deadlock is tried again up to three times, so `work` must have no outside effect.
   */
  transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T>;
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

/** Opens the pool. Nothing is connected until the first statement. */
export function openDatabase(options: { url: string; connections: number; log: Log }): Database {
  const settings = { connectionString: options.url, types, application_name: 'citizen-ebox' };
  const pool = new pg.Pool({
    ...settings,
    max: options.connections,
    connectionTimeoutMillis: 10_000,
    // A statement that runs longer is a fault; locks are waited for less long still.
    options: '-c statement_timeout=60000 -c lock_timeout=20000 -c idle_in_transaction_session_timeout=60000',
  });
  let isClosing = false;
  pool.on('error', (error) => {
    if (!isClosing) options.log.warn({ reason: describeError(error) }, 'database connection lost');
  });
  return {
    transaction: (work) => runTransaction(pool, work),
    copyIn: (statement, lines) => copyIn(pool, statement, lines),
    onJob: (wake) => listen(settings, wake, options.log),
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

async function runTransaction<T>(pool: pg.Pool, work: (connection: Connection) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptTransaction(pool, work);
    } catch (error) {
      if (attempt < 3 && error instanceof pg.DatabaseError && TRANSIENT.has(error.code ?? '')) continue;
      throw asServiceError(error);
    }
  }
}

async function attemptTransaction<T>(
  pool: pg.Pool,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const noteLoss = (error: Error) => {
    broken = error;
  };
  // Without a listener of its own, a checked-out client that loses its server ends the whole process.
  client.on('error', noteLoss);
  try {
    await client.query('begin');
    const result = await work({
      query: async (text, values = []) => (await client.query(text, [...values])).rows as never[],
    });
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(noteLoss);
    throw error;
  } finally {
    client.off('error', noteLoss);
    client.release(broken);
  }
}

async function copyIn(pool: pg.Pool, statement: string, lines: Iterable<string>): Promise<void> {
  try {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await pipeline(Readable.from(lines), client.query(copyFrom(statement)));
    } catch (error) {
      // What was sent of a broken COPY is unknown: the connection is not used again.
      broken = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      client.release(broken);
    }
  } catch (error) {
    throw asServiceError(error);
  }
}

/** Connection faults become `databaseUnavailable`; what a statement itself raised stays as it is. */
function asServiceError(error: unknown): unknown {
  const code = (error as { code?: unknown } | null)?.code;
  const isConnectionFault =
    typeof code === 'string' &&
    (/^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND)/.test(code) || /^(08|57P|53)/.test(code));
  const isLost =
    error instanceof Error &&
    /Connection terminated|timeout exceeded when trying to connect/.test(error.message);
  if (!isConnectionFault && !isLost) return error;
  return new ServiceError('databaseUnavailable', `the database does not answer: ${describeError(error)}`, {
    cause: error,
  });
}

/** Tells whether an error says that a row with the same key is already there; `constraint` names which. */
export function isDuplicate(error: unknown, constraint: string): boolean {
  return error instanceof pg.DatabaseError && error.code === '23505' && error.constraint === constraint;
}

async function listen(settings: pg.ClientConfig, wake: () => void, log: Log): Promise<() => Promise<void>> {
  let isStopped = false;
  let client: pg.Client | undefined;
  let retry: NodeJS.Timeout | undefined;
  const connect = async (): Promise<void> => {
    const next = new pg.Client(settings);
    next.on('notification', wake);
    next.on('error', (error) => lose(error));
    next.on('end', () => lose(new Error('connection ended')));
    await next.connect();
    await next.query('listen job');
    client = next;
    wake();
  };
  const lose = (error: unknown) => {
    if (isStopped || retry !== undefined) return;
    client = undefined;
    log.warn({ reason: describeError(error) }, 'listening for jobs was interrupted');
    retry = setTimeout(() => {
      retry = undefined;
      connect().catch(lose);
    }, 1000);
    retry.unref();
  };
  await connect().catch((error: unknown) => {
    throw asServiceError(error);
  });
  return async () => {
    isStopped = true;
    clearTimeout(retry);
    await client?.end().catch(() => undefined);
  };
}
