/** Work in a process of its own, so that its memory and processor time are those of the work alone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { projectRoot } from '../support/needs.ts';
import { testProgram } from '../support/program.ts';

/** Runs a program of the tests; gives what the last line that it writes says, as JSON. Throws where it fails. */
export async function workApart<Told>(path: string, env: Readonly<Record<string, string>>): Promise<Told> {
  // A profile that is asked of this process is meant of the work.
  const profiling = process.execArgv.filter((one) => one.startsWith('--cpu-prof'));
  const child = spawn(process.execPath, [...profiling, ...testProgram(path)], {
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
