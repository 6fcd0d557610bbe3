/** Started by `command.ts`: runs one `ebox` command after the other as its own process would, and tells what came of it. */
import { Readable } from 'node:stream';
import { main } from '../../src/cli.ts';
import type { Asked, Outcome } from './command.ts';

async function answer({ words, environment, folder, input }: Asked): Promise<Outcome> {
  // Each by itself: only so do modules that are no JavaScript see it.
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
  process.chdir(folder);
  Object.defineProperty(process, 'stdin', { value: Readable.from([Buffer.from(input)]), configurable: true });
  const said = { output: '', errors: '' };
  const take = (name: keyof typeof said) => (text: string | Uint8Array) => {
    said[name] += typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
    return true;
  };
  process.stdout.write = take('output');
  process.stderr.write = take('errors');
  const status = await main(words);
  return { status, ...said };
}

process.on('message', (asked: Asked) => {
  void answer(asked).then((outcome) => process.send?.(outcome));
});
process.on('disconnect', () => process.exit(0));
