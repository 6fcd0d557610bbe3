/** `ebox` for tests: its commands run as operators type them, in one process that was started once. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { projectRoot } from './needs.ts';
import { testProgram } from './program.ts';
import { keep } from './sinks/keep.ts';

export interface Asked {
  readonly words: readonly string[];
  /** All that the command knows of its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where it is typed. */
  readonly folder: string;
  /** What comes on standard input. */
  readonly input: string;
}

export interface Outcome {
  readonly status: number;
  readonly output: string;
  readonly errors: string;
}

export interface Commands {
  /** One at a time; the next waits. */
  run(words: readonly string[], more?: Partial<Omit<Asked, 'words'>>): Promise<Outcome>;
  stop(): Promise<void>;
}

/** Starts the process. It knows nothing of the environment of the tests but what each command is given. */
export function startCommands(): Commands {
  const host: ChildProcess = spawn(process.execPath, testProgram('support/command-host.ts'), {
    cwd: projectRoot,
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(host, 'exit').then(() => {
    throw new Error('the process that runs commands has ended');
  });
  ended.catch(() => undefined);
  let last: Promise<unknown> = Promise.resolve();
  const ask = async (asked: Asked): Promise<Outcome> => {
    const answered = once(host, 'message') as Promise<[Outcome]>;
    host.send(asked);
    const [outcome] = await Promise.race([answered, ended]);
    keep('process output', asked.words.slice(0, 2).join(' '), outcome.output + outcome.errors);
    return outcome;
  };
  return {
    run(words, { environment = {}, folder = projectRoot, input = '' } = {}) {
      const turn = last.then(() => ask({ words, environment, folder, input }));
      last = turn.catch(() => undefined);
      return turn;
    },
    async stop() {
      host.disconnect();
      await once(host, 'exit');
    },
  };
}
