/** Files that were examined in this browser: what was found of them is kept in the session, never a file. */
import type { KeptVerification } from '../access/session.ts';
import { type CheckedFile, checkedFileOf } from '../domain/check-record.ts';
import type { ExaminedFile } from '../domain/verification.ts';
import { PageRefusal } from './refusal.ts';
import type { Visit } from './route.ts';

/** Reports that one browser can come back to; older ones were looked at long ago. */
const MOST_KEPT = 5;

/** Keeps what was found of a file under an id. */
export async function keepCheck({ request }: Visit, id: string, examined: ExaminedFile): Promise<void> {
  const { timeStamp, ...file } = checkedFileOf(examined);
  const kept: KeptVerification = {
    id,
    ...file,
    ...(timeStamp && { timeStamp: { ...timeStamp, time: timeStamp.time.toISOString() } }),
  };
  const { session } = request;
  session.verifications = [...(session.verifications ?? []), kept].slice(-MOST_KEPT);
  // Not left to the end of the answer: a browser follows a redirect before it has read that.
  await new Promise<void>((resolve, reject) => {
    session.save((error: unknown) => (error ? reject(error) : resolve()));
  });
}

/** Gives the file asked for as `?check=`, else the last. Throws `PageRefusal` `gone`. */
export function keptCheck({ request }: Visit): { readonly id: string; readonly file: CheckedFile } {
  const kept = request.session.verifications ?? [];
  const asked = request.query.check;
  const found = asked === undefined ? kept.at(-1) : kept.find((one) => one.id === asked);
  if (found === undefined) throw new PageRefusal('gone');
  const { id, timeStamp, ...file } = found;
  const stamp = timeStamp && { timeStamp: { ...timeStamp, time: new Date(timeStamp.time) } };
  return { id, file: { ...file, ...stamp } };
}
