/** A pool of warm processes that answer tasks over their pipes, one at a time each, and are replaced when they fail. */
import type { Log } from '../log.ts';
import { type Member, startMember } from './pool-member.ts';
import { type LineLimits, openLine, type PoolAnswer } from './waiting-line.ts';

export interface PoolOptions extends LineLimits {
  /** What starts a process, its arguments included. */
  readonly command: readonly string[];
  readonly processes: number;
  /** After so many tasks a process is replaced. */
  readonly tasksEach: number;
  /** How long a task may take before its process is killed. */
  readonly timeoutMs: number;
  /** Bytes of an answer; a process that writes more is killed. */
  readonly largestAnswer: number;
  readonly log: Log;
}

export interface Pool {
  run(head: unknown, bytes: Buffer): Promise<PoolAnswer>;
  /** Kills every process; whoever still waits gets `ended`. */
  stop(): Promise<void>;
}

/** A program that cannot start is not started again at once. */
const START_REST_MS = 1000;

/** Starts the processes. */
export function startPool(options: PoolOptions): Pool {
  const { command, processes, tasksEach, log } = options;
  const line = openLine(options);
  const members = new Set<Member>();
  const rests = new Set<NodeJS.Timeout>();
  let isStopped = false;

  const startOne = () => {
    const onFree = () => (member.given >= tasksEach ? replace(member) : handOut());
    const onEnded = (reason: string, hasTask: boolean) => {
      if (hasTask) log.warn({ reason }, 'a verifier ended over a file');
      if (!members.delete(member) || isStopped) return;
      if (member.hasStarted) return startOne();
      log.error({ reason }, 'a verifier does not start');
      startLater();
    };
    const member = startMember(command, options, { onFree, onEnded });
    members.add(member);
  };
  const startLater = () => {
    const rest = setTimeout(() => {
      rests.delete(rest);
      startOne();
    }, START_REST_MS);
    rests.add(rest);
  };
  const replace = (member: Member) => {
    members.delete(member);
    void member.kill();
    startOne();
  };
  const handOut = () => {
    for (const member of members) {
      if (!member.isFree) continue;
      const task = line.take();
      if (task === undefined) return;
      member.give(task);
    }
  };

  for (let count = 0; count < processes; count += 1) startOne();
  return {
    run: (head, bytes) =>
      new Promise((resolve) => {
        if (isStopped) return resolve('ended');
        line.add({ head, bytes, resolve });
        handOut();
      }),
    async stop() {
      isStopped = true;
      for (const rest of rests) clearTimeout(rest);
      line.close();
      await Promise.all([...members].map((member) => member.kill()));
    },
  };
}
