/** One process of a pool: given one task at a time, and killed when that takes too long. */
import { type ChildProcess, spawn } from 'node:child_process';
import { type Frame, readFrames, writeFrame } from './frames.ts';
import { BARE_ENVIRONMENT } from './isolate.ts';
import type { PoolAnswer, Task } from './waiting-line.ts';

/** What becomes of a process. */
export interface MemberEvents {
  /** It is ready for a task, for the first time or again. */
  onFree(): void;
  /** It ended of itself or was killed for its task; `hasTask`: over that. */
  onEnded(reason: string, hasTask: boolean): void;
}

export interface Member {
  readonly isFree: boolean;
  /** Whether it ever was ready. */
  readonly hasStarted: boolean;
  /** How many tasks it was given. */
  readonly given: number;
  give(task: Task): void;
  /** Kills it; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts a process with a command and its arguments. */
export function startMember(
  [tool = '', ...rest]: readonly string[],
  { timeoutMs, largestAnswer }: { readonly timeoutMs: number; readonly largestAnswer: number },
  events: MemberEvents,
): Member {
  const child = spawn(tool, rest, { stdio: ['pipe', 'pipe', 'ignore'], env: BARE_ENVIRONMENT });
  const state = { hasStarted: false, hasEnded: false, given: 0 };
  let current: { readonly task: Task; readonly timer: NodeJS.Timeout } | undefined;
  const finish = (answer: PoolAnswer): boolean => {
    const done = current;
    current = undefined;
    clearTimeout(done?.timer);
    done?.task.resolve(answer);
    return done !== undefined;
  };
  const end = () => {
    if (state.hasEnded) return;
    state.hasEnded = true;
    events.onEnded(whyOf(child), finish('ended'));
  };
  const hear = (frame: Frame | undefined) => {
    if (frame === undefined) {
      child.kill('SIGKILL');
      return;
    }
    if (state.hasStarted) finish(frame);
    state.hasStarted = true;
    events.onFree();
  };
  // What is written to a process that is gone is lost with it.
  child.stdin.on('error', () => undefined);
  child.on('error', end);
  child.on('close', end);
  readFrames(child.stdout, largestAnswer, hear);
  return {
    get isFree() {
      return state.hasStarted && !state.hasEnded && current === undefined;
    },
    get hasStarted() {
      return state.hasStarted;
    },
    get given() {
      return state.given;
    },
    give(task) {
      state.given += 1;
      current = { task, timer: setTimeout(() => child.kill('SIGKILL'), timeoutMs) };
      writeFrame(child.stdin, task.head, task.bytes);
    },
    kill() {
      if (state.hasEnded) return Promise.resolve();
      return new Promise((resolve) => {
        child.once('close', () => resolve());
        child.kill('SIGKILL');
      });
    },
  };
}

function whyOf({ exitCode, signalCode, spawnfile }: ChildProcess): string {
  if (signalCode !== null) return `ended by ${signalCode}`;
  return exitCode === null ? `${spawnfile} cannot be run` : `ended with status ${exitCode}`;
}
