/**
 * The contenders that are not ours, in a process of their own: what V8 has not seen run for a while it throws away, and
 * they are so slow that it would be all of our code after each of their turns.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { projectRoot } from '../support/needs.ts';
import type { Contender } from './contenders.ts';
import type { Rate } from './rate.ts';

/** What the process is told. */
export interface Turn {
  readonly name: string;
  readonly seconds: number;
}

/** Starts them with the keys of a folder. */
export async function startOthers(folder: string): Promise<{ others: Contender[]; stop: () => void }> {
  const script = join(projectRoot, 'test', 'bench', 'others.ts');
  const child = fork(script, [folder], { cwd: projectRoot, execArgv: ['--import', 'tsx'] });
  // Both written by that script.
  const [names] = (await once(child, 'message')) as [string[]];
  const run = async (turn: Turn): Promise<Rate> => {
    child.send(turn);
    const [rate] = (await once(child, 'message')) as [Rate];
    return rate;
  };
  return {
    others: names.map((name) => ({ name, run: (seconds) => run({ name, seconds }) })),
    stop: () => {
      child.disconnect();
    },
  };
}
