/** Work that waits is handed over some at a time, so that who does much of it is woken less often. */
import { ServiceError } from '../errors.ts';

export interface TogetherOptions<Task, Result> {
  /** Does some tasks; gives a result for each, in their order. */
  readonly run: (tasks: readonly Task[]) => Promise<readonly Result[]>;
  /** So many groups are under way at once. */
  readonly groups: number;
  /** So many tasks make a group at most. */
  readonly most: number;
  /** So many tasks may wait, and as many ahead of them; one more is refused with `unexpected`, to be tried again. */
  readonly mostWaiting: number;
}

export interface Together<Task, Result> {
  /** Does a task; one that goes ahead waits only for those that did so before it, and is in no group with others. */
  do(task: Task, goesAhead?: boolean): Promise<Result>;
  /** Resolves once nothing waits and nothing is under way. */
  settled(): Promise<void>;
}

/**
 * Groups tasks. Where a group may begin, a task goes at once, together with those of the same turn;
 * what waits longer goes together when the next one may. What fails a group fails each of its tasks.
 */
export function together<Task, Result>(options: TogetherOptions<Task, Result>): Together<Task, Result> {
  const { groups, most, mostWaiting } = options;
  const waiting: Waiting<Task, Result>[] = [];
  const ahead: Waiting<Task, Result>[] = [];
  const running = new Set<Promise<void>>();
  let isDue = false;
  const begin = () => {
    isDue = false;
    for (let free = groups - running.size; free > 0 && waiting.length + ahead.length > 0; free -= 1) {
      const line = ahead.length > 0 ? ahead : waiting;
      // Shared out among those that are free: two half groups end sooner than a whole one.
      const group = line.splice(0, Math.min(most, Math.ceil(line.length / free)));
      const run = runGroup(options, group).finally(() => {
        running.delete(run);
        begin();
      });
      running.add(run);
    }
  };
  return {
    do: (task, goesAhead = false) =>
      new Promise((resolve, reject) => {
        const line = goesAhead ? ahead : waiting;
        if (line.length >= mostWaiting) {
          reject(new ServiceError('unexpected', `${mostWaiting} others wait already`));
          return;
        }
        line.push({ task, resolve, reject });
        if (isDue || running.size >= groups) return;
        isDue = true;
        queueMicrotask(begin);
      }),
    settled: async () => {
      // What waits in this turn has begun in the next.
      await Promise.resolve();
      while (running.size > 0) await Promise.all(running);
    },
  };
}

interface Waiting<Task, Result> {
  readonly task: Task;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

async function runGroup<Task, Result>(
  { run }: TogetherOptions<Task, Result>,
  group: readonly Waiting<Task, Result>[],
): Promise<void> {
  try {
    const results = await run(group.map(({ task }) => task));
    for (const [at, { resolve, reject }] of group.entries()) {
      const result = results[at];
      if (result === undefined) reject(new ServiceError('unexpected', 'a task of a group has no result'));
      else resolve(result);
    }
  } catch (error) {
    for (const { reject } of group) reject(error);
  }
}
