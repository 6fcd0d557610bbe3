/** Work in a process of its own, so that its memory and processor time are those of the work alone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { buildTests, builtOf } from '../support/built.ts';
import { projectRoot } from '../support/needs.ts';

let isBuilt = false;

/** Runs a program of the tests as built, for what runs the source adds to each closure; gives what the last line that it writes says, as JSON. Throws where it fails. */
export async function workApart<Told>(path: string, env: Readonly<Record<string, string>>): Promise<Told> {
  // A profile that is asked of this process is meant of the work.
  const profiling = process.execArgv.filter((one) => one.startsWith('--cpu-prof'));
  if (!isBuilt) buildTests();
  isBuilt = true;
  const program = builtOf(join(projectRoot, 'test', path));
  const child = spawn(process.execPath, [...profiling, program], {
    cwd: projectRoot,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString('utf8');
  });
  const [status] = (await once(child, 'close')) as [number | null];
  if (status !== 0) throw new Error(`${path} ended with ${status}`);
  return JSON.parse(text.trimEnd().split('\n').at(-1) ?? '') as Told;
}
