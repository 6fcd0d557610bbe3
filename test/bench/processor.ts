/** Processor time of processes and of the main thread of this one, as Linux counts it. */
import { readFileSync } from 'node:fs';

/** Microseconds of processor time since they began. */
export interface Used {
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

/** Reads what this process, the store and the backends of the database used by now. */
export function readUsed(storePid: number, backends: Backends): Used {
  const main = timeOf(`/proc/self/task/${process.pid}/stat`);
  const { user, system } = process.cpuUsage();
  return {
    main,
    threads: user + system - main,
    store: timeOf(`/proc/${storePid}/stat`),
    database: [...backends.values()].reduce((sum, time) => sum + time, 0),
  };
}

/** What was used in between, per row. */
export function perRow(before: Used, after: Used, rows: number): Used {
  const each = (name: keyof Used) => Math.round((after[name] - before[name]) / rows);
  return { main: each('main'), threads: each('threads'), store: each('store'), database: each('database') };
}

/** Reads the microseconds that a `stat` file of /proc tells; 0 where there is none. */
export function timeOf(path: string): number {
  try {
    // The name, the second field, may hold blanks; user and system time are fields 14 and 15.
    const fields = readFileSync(path, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_US;
  } catch {
    // It ended, or this is no Linux.
    return 0;
  }
}
