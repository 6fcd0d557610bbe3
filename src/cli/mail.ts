/** `ebox mail bounce`: a mail server pipes each mail into it that came back to the address of bounces. */
import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { readConfig } from '../config.ts';
import { uuidv7 } from '../domain/identifier.ts';
import { describeError, isRetriable, ServiceError } from '../errors.ts';
import { noteBounce } from '../workflows/bounce.ts';
import { type DatabaseWish, withDatabase } from './privacy-source.ts';

/** EX_TEMPFAIL of sysexits.h: the mail server keeps the mail and pipes it again later. */
const TRY_AGAIN = 75;

/**
 * Reads one mail on standard input; gives the exit status. A mail that is none of ours is done with: were it refused, the
 * mail server would send a report on a report.
 */
export async function takeBounce({ database, json }: DatabaseWish & { json: boolean }): Promise<number> {
  const { publicUrl } = readConfig();
  if (publicUrl === undefined)
    throw new ServiceError('configurationInvalid', 'PUBLIC_URL is missing; it tells which mails are ours.');
  const message = await buffer(process.stdin);
  try {
    const clock = () => new Date();
    const means = { clock, newId: () => uuidv7(clock(), randomBytes(10)) };
    const outcome = await withDatabase(database, (found) =>
      noteBounce({ ...found, ...means }, publicUrl, message),
    );
    process.stdout.write(json ? `${JSON.stringify({ outcome })}\n` : `${SAID[outcome]}\n`);
    return 0;
  } catch (error) {
    if (!isRetriable(error)) throw error;
    process.stderr.write(`${describeError(error)}\n`);
    return TRY_AGAIN;
  }
}

const SAID = {
  noted: 'The mail came back; its messages show it.',
  known: 'That this mail failed was known already.',
  notFinal: 'The mail arrived, or still may.',
  notOurs: 'This is no report on a mail of ours.',
} as const;
