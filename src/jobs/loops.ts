/** Loops that go on until they are stopped; what fails is done again after a rest, and said once. */
import { describeError } from '../errors.ts';
import type { Log } from '../log.ts';

const LOOK_MS = 500;

/** Makes the loops of one owner. */
export function createLoops(log: Log) {
  const faults = new Set<string>();
  let isStopped = false;
  const wakes = new Set<() => void>();
  const running: Promise<void>[] = [];
  const rest = () =>
    new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        wakes.delete(end);
        resolve();
      };
      const timer = setTimeout(end, LOOK_MS);
      wakes.add(end);
    });
  const wake = () => {
    for (const end of wakes) end();
  };
  const loop = async (fault: string, step: () => Promise<void>) => {
    while (!isStopped) {
      try {
        await step();
        faults.delete(fault);
      } catch (error) {
        if (!faults.has(fault) && !isStopped) log.warn({ reason: describeError(error) }, fault);
        faults.add(fault);
        if (!isStopped) await rest();
      }
    }
  };
  return {
    /** Whether the last round of each went well. */
    areWell: () => faults.size === 0,
    rest,
    wake,
    start: (fault: string, step: () => Promise<void>) => {
      running.push(loop(fault, step));
    },
    stop: async () => {
      isStopped = true;
      wake();
      await Promise.all(running);
    },
  };
}
