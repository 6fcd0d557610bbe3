/** What a piece of work takes: time, and processor time of this process and of the whole database server, row by row. */
import { readFileSync } from 'node:fs';
import type { Database } from '../../src/database/database.ts';
import { timeOf, timeOfServer } from './processor.ts';

export interface Rate {
  readonly rows: number;
  readonly seconds: number;
  readonly perSecond: number;
  /** Processor time of this process, in microseconds a row. */
  readonly processorUs: number;
  /** And of the database, with what it does behind. */
  readonly databaseUs: number;
}

/** Measures work that gives how many rows it did. */
export type Meter = (work: () => number | Promise<number>) => Promise<Rate>;

/** Finds the server behind a database. Its backends come and go, so that it is counted by the process they come from. */
export async function meterOf(database: Database): Promise<Meter> {
  const server = await database.transaction(async (connection) => {
    const [row] = await connection.query<{ pid: number }>('select pg_backend_pid() as pid');
    return parentOf(row?.pid ?? 0);
  });
  const used = () => ({ own: timeOf('/proc/self/stat'), database: timeOfServer(server) });
  return async (work) => {
    const [started, before] = [performance.now(), used()];
    const rows = await work();
    const [seconds, after] = [(performance.now() - started) / 1000, used()];
    return rateOf(rows, seconds, after.own - before.own, after.database - before.database);
  };
}

function parentOf(pid: number): number {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    // The server is elsewhere, or this is no Linux: its time is not told.
    return 0;
  }
}

function rateOf(rows: number, seconds: number, ownUs: number, databaseUs: number): Rate {
  const aRow = (microseconds: number) => Math.round((microseconds / Math.max(1, rows)) * 10) / 10;
  return {
    rows,
    seconds: Math.round(seconds * 10) / 10,
    perSecond: Math.round(rows / seconds),
    processorUs: aRow(ownUs),
    databaseUs: aRow(databaseUs),
  };
}

/** Several of them as one. */
export function together(rates: readonly Rate[]): Rate {
  const sum = (pick: (one: Rate) => number) => rates.reduce((all, one) => all + pick(one), 0);
  return rateOf(
    sum(({ rows }) => rows),
    sum(({ seconds }) => seconds),
    sum(({ rows, processorUs }) => rows * processorUs),
    sum(({ rows, databaseUs }) => rows * databaseUs),
  );
}
