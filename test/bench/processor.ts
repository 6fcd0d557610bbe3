/** Processor time of processes and of the main thread of one, as Linux counts it. */
import { readdirSync, readFileSync } from 'node:fs';

/** Microseconds of processor time since they began. */
export interface Used {
  /** Of what takes requests and single jobs. */
  readonly serving: number;
  /** Of the main thread of the worker that takes batches. */
  readonly main: number;
  readonly threads: number;
  readonly store: number;
  readonly database: number;
}

/** A tick of `/proc/<pid>/stat`, proc(5): one hundredth of a second on every Linux of today. */
const TICK_US = 10_000;

/** What each backend of the database had used when it was last looked at: some end before a run does. */
export type Backends = Map<number, number>;

/** Looks at the backends that there are. */
export function watch(backends: Backends, pids: readonly number[]): void {
  for (const pid of pids) backends.set(pid, Math.max(backends.get(pid) ?? 0, timeOf(`/proc/${pid}/stat`)));
}

/** The processes of the service and of the store. */
export interface Pids {
  readonly servingPid: number;
  readonly workerPid: number;
  readonly storePid: number;
}

/** Reads what they and the backends of the database used by now. */
export function readUsed({ servingPid, workerPid, storePid }: Pids, backends: Backends): Used {
  const main = timeOf(`/proc/${workerPid}/task/${workerPid}/stat`);
  return {
    serving: timeOf(`/proc/${servingPid}/stat`),
    main,
    threads: timeOf(`/proc/${workerPid}/stat`) - main,
    store: timeOf(`/proc/${storePid}/stat`),
    database: [...backends.values()].reduce((sum, time) => sum + time, 0),
  };
}

/** What was used in between, per row. */
export function perRow(before: Used, after: Used, rows: number): Used {
  const each = (name: keyof Used) => Math.round((after[name] - before[name]) / rows);
  return {
    serving: each('serving'),
    main: each('main'),
    threads: each('threads'),
    store: each('store'),
    database: each('database'),
  };
}

/** The most memory that a process had, in MiB; 0 where Linux does not tell. */
export function peakOf(pid: number): number {
  try {
    const [, kilobytes = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Math.round(Number(kilobytes) / 1024);
  } catch {
    return 0;
  }
}

/** Reads the microseconds that a `stat` file of /proc tells, in user and system time, fields 14 and 15; 0 where there is none. */
export function timeOf(path: string): number {
  const [user = 0, system = 0] = fieldsOf(path).slice(11, 13).map(Number);
  return (user + system) * TICK_US;
}

/** What a database server used by now: its first process, its backends, and those that have ended. */
export function timeOfServer(server: number): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.reduce((sum, pid) => {
    const fields = fieldsOf(`/proc/${pid}/stat`);
    const isOfServer = Number(pid) === server || Number(fields[1]) === server;
    // Its own times and those of children that it waited for: fields 14 to 17.
    const ticks = fields.slice(11, 15).reduce((all, field) => all + Number(field), 0);
    return isOfServer ? sum + ticks * TICK_US : sum;
  }, 0);
}

function fieldsOf(path: string): readonly string[] {
  try {
    // The name, the second field, may hold blanks.
    return readFileSync(path, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    // It ended, or this is no Linux.
    return [];
  }
}
