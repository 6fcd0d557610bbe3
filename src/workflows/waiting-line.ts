/** Tasks that wait for a process: bounded in number, bytes and time, as they stand in memory meanwhile. */
import type { Frame } from './frames.ts';

/** `ended`: the process took too long or ended of itself; `full`: too many wait, or it waited too long. */
export type PoolAnswer = Frame | 'ended' | 'full';

export interface Task {
  readonly head: unknown;
  readonly bytes: Buffer;
  readonly resolve: (answer: PoolAnswer) => void;
}

export interface LineLimits {
  readonly mostWaiting: number;
  readonly mostWaitingBytes: number;
  /** How long a task waits for a process. */
  readonly patienceMs: number;
}

export interface WaitingLine {
  /** Lets a task wait; one too many is answered `full`. */
  add(task: Task): void;
  /** Gives the one that waits longest. */
  take(): Task | undefined;
  /** Answers whoever still waits with `ended`. */
  close(): void;
}

/** Opens a line with nobody in it. */
export function openLine({ mostWaiting, mostWaitingBytes, patienceMs }: LineLimits): WaitingLine {
  const waiting = new Map<Task, NodeJS.Timeout>();
  let bytes = 0;
  const remove = (task: Task) => {
    clearTimeout(waiting.get(task));
    waiting.delete(task);
    bytes -= task.bytes.length;
  };
  return {
    add(task) {
      if (waiting.size >= mostWaiting || bytes + task.bytes.length > mostWaitingBytes)
        return task.resolve('full');
      bytes += task.bytes.length;
      const giveUp = () => {
        remove(task);
        task.resolve('full');
      };
      waiting.set(task, setTimeout(giveUp, patienceMs));
    },
    take() {
      const [first] = waiting.keys();
      if (first !== undefined) remove(first);
      return first;
    },
    close() {
      for (const task of waiting.keys()) {
        remove(task);
        task.resolve('ended');
      }
    },
  };
}
