/** The processes that judge: as many as there are cores, each in an empty folder that must be empty at the end. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer, Task } from './work.ts';

export interface Judges {
  /** Hands a task to the first that is free. */
  give(task: Task): Promise<Answer>;
  /** Hands it to every one. */
  giveAll(task: Task): Promise<readonly Answer[]>;
  /** Ends them and gives the names of files that they left behind. */
  stop(): Promise<readonly string[]>;
}

/** Starts `count` of them; the certificates they make name `url`. */
export function startJudges(count: number, url: string): Judges {
  const folder = mkdtempSync(join(tmpdir(), 'corpus-judges-'));
  const children = Array.from({ length: count }, () =>
    fork(join(import.meta.dirname, 'judging.ts'), [url], {
      cwd: folder,
      // The loader of TypeScript would keep what it compiles, on a thread of its own and meanwhile.
      env: { ...process.env, TMPDIR: folder, TSX_DISABLE_CACHE: '1' },
      execArgv: ['--import', import.meta.resolve('tsx')],
      serialization: 'advanced',
    }),
  );
  const free = [...children];
  const waiting: ((child: ChildProcess) => void)[] = [];
  const take = async () =>
    free.shift() ?? (await new Promise<ChildProcess>((resolve) => waiting.push(resolve)));
  const release = (child: ChildProcess) => {
    const next = waiting.shift();
    if (next === undefined) free.push(child);
    else next(child);
  };
  return {
    give: async (task) => {
      const child = await take();
      const answer = await ask(child, task);
      release(child);
      return answer;
    },
    giveAll: (task) => Promise.all(children.map((child) => ask(child, task))),
    stop: async () => {
      for (const child of children) child.disconnect();
      await Promise.all(children.map((child) => child.exitCode ?? once(child, 'exit')));
      // The loader of TypeScript keeps what it compiled.
      const left = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
        (name) => !name.startsWith('tsx-'),
      );
      rmSync(folder, { recursive: true, force: true });
      return left;
    },
  };
}

function ask(child: ChildProcess, task: Task): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null) => reject(new Error(`a process that judges ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (answer) => {
      child.off('exit', ended);
      // Written by `judging.ts`.
      resolve(answer as Answer);
    });
    child.send(task);
  });
}
