/** Steps that every process does again and again, each after a rest; that two do the same at once must be harmless. */
import { describeError } from '../errors.ts';
import type { Log } from '../log.ts';

export interface Step {
  readonly name: string;
  /** The rest between the end of one run and the next. */
  readonly restMs: number;
  readonly run: () => Promise<void>;
}

export interface Scheduler {
  /** Waits for what runs, and begins nothing more. */
  stop(): Promise<void>;
}

/** Begins with each step at once. A step that fails is logged and done again after its rest. */
export function startScheduler(steps: readonly Step[], log: Log): Scheduler {
  const loops = steps.map((step) => startLoop(step, log));
  return {
    stop: async () => {
      await Promise.all(loops.map((stop) => stop()));
    },
  };
}

function startLoop({ name, restMs, run }: Step, log: Log): () => Promise<void> {
  let isStopped = false;
  let wake = () => undefined as void;
  const loop = async () => {
    while (!isStopped) {
      await run().catch((error: unknown) => {
        log.warn({ step: name, reason: describeError(error) }, 'a step failed');
      });
      if (!isStopped)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, restMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
    }
  };
  const done = loop();
  return () => {
    isStopped = true;
    wake();
    return done;
  };
}
