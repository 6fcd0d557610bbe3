/** `ebox register`: `settle` has every case settled again, after a type or a rule was added; `rejects` writes what was refused of a file. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isUuid } from '../domain/identifier.ts';
import { ServiceError } from '../errors.ts';
import { consultRejects } from '../workflows/register-rejects.ts';
import { startSettling } from '../workflows/settle-register.ts';
import { operatorOf, withDatabase, withRegister } from './privacy-source.ts';

export interface RegisterWords {
  readonly database?: string | undefined;
  readonly actor?: string | undefined;
  readonly json: boolean;
}

/** Starts it; the service does the work. Throws `configurationInvalid`. */
export async function runRegister({ database, actor, json }: RegisterWords): Promise<number> {
  const operator = operatorOf(actor);
  const isStarted = await withDatabase(database, (services) => startSettling(services, operator));
  const text = isStarted ? 'Every case is settled again, by the service.' : 'That is under way already.';
  process.stdout.write(`${text}\n`);
  if (json) process.stdout.write(`${JSON.stringify({ isStarted })}\n`);
  return 0;
}

export interface RejectWords extends RegisterWords {
  readonly out?: string | undefined;
}

/** Writes the rows of a file that were refused, in its own form. Throws `configurationInvalid`, and `recordMissing` where there is none. */
export async function runRejects(
  file: string | undefined,
  { database, actor, out, json }: RejectWords,
): Promise<number> {
  const operator = operatorOf(actor);
  if (file === undefined || !isUuid(file))
    throw new ServiceError('configurationInvalid', 'Say which file: its id is the end of its Location');
  if (out === undefined) throw new ServiceError('configurationInvalid', 'Say where to: --out <new file>');
  await withRegister(database, async (services) => {
    const access = { actor: operator, ground: { kind: 'duty' } } as const;
    const found = await consultRejects(services, access, file);
    if (found === undefined)
      throw new ServiceError(
        'recordMissing',
        `file ${file} is not in the register, or its key was destroyed`,
      );
    await pipeline(Readable.from(found.text), createWriteStream(out, { flags: 'wx', mode: 0o600 }));
  });
  process.stdout.write(`Written to ${out}\n`);
  if (json) process.stdout.write(`${JSON.stringify({ file: out })}\n`);
  return 0;
}
