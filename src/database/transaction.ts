/** One transaction on a connection of the pool: begun, tried again where it met another, committed or rolled back. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { asServiceError, isSilence } from './database-faults.ts';

/** One checked-out connection; every statement function takes it as first argument, so that callers own the transaction. */
export interface Connection {
  /**
   * Runs one statement with bound values and gives its rows, columns as named in the statement. A connection keeps the plan
   * of a statement that has a `name`: for those that run in every other transaction.
   */
  query<Row>(text: string, values?: readonly unknown[], name?: string): Promise<Row[]>;
}

/** A connection for as long as its transaction lasts. */
export interface Transaction extends Connection {
  /** Lets each statement that follows in the transaction run so long: for those that go through all of something large. */
  allow(patienceMs: number): Promise<void>;
}

const TRANSIENT = new Set(['40001', '40P01']);
const MOST_TRIES = 5;
/** Longer with each try, and by chance, so that two do not meet again. */
const LONGEST_PAUSE_MS = 20;

export function giveUpMs(patienceMs: number): number {
  return patienceMs + Math.min(patienceMs, 5_000);
}

export function lockMs(patienceMs: number): number {
  return Math.ceil(patienceMs / 3);
}

/** Runs one transaction, as `Database.transaction` says. */
export async function runTransaction<T>(
  pool: pg.Pool,
  work: (connection: Transaction) => Promise<T>,
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
  work: (connection: Transaction) => Promise<T>,
  patienceMs: number | undefined,
): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  const noteLoss = (error: Error) => {
    broken = error;
  };
  // Without a listener of its own, a checked-out client that loses its server ends the whole process.
  client.on('error', noteLoss);
  let allowedMs = patienceMs;
  const run = async (text: string, values: readonly unknown[] = [], name?: string) => {
    try {
      const patience = allowedMs === undefined ? {} : { query_timeout: giveUpMs(allowedMs) };
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
    const allow = async (ms: number) => {
      await run(`set local statement_timeout = ${ms}`);
      allowedMs = ms;
    };
    const result = await work({ query: run, allow });
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
