/** Files that were examined in this browser: what was found of them is kept in the session, never a file. */
import type { KeptFault, KeptVerification } from '../access/session.ts';
import { type CheckedFile, checkedFileOf } from '../domain/check-record.ts';
import type { ExaminedFile } from '../domain/verification.ts';
import { PageRefusal } from './refusal.ts';
import type { Visit } from './route.ts';

/** Files that may be chosen together. */
export const MOST_FILES = 10;
/** Reports that one browser can come back to; older ones were looked at long ago. */
const MOST_KEPT = MOST_FILES;

/** One kept check. */
export interface Kept {
  readonly id: string;
  readonly file: CheckedFile;
}

/** What is to be kept of a file: what was found of it, or why it was not looked at. */
export type Looked = { readonly id: string } & (
  | { readonly examined: ExaminedFile }
  | { readonly fault: KeptFault['fault'] }
);

/** Keeps what was found of files that were chosen together, each under an id, all under that of their form. */
export async function keepChecks({ request }: Visit, form: string, files: readonly Looked[]): Promise<void> {
  const { session } = request;
  session.verifications = [
    ...(session.verifications ?? []),
    ...files.map((file) => toKeep(form, file)),
  ].slice(-MOST_KEPT);
  // Not left to the end of the answer: a browser follows a redirect before it has read that.
  await new Promise<void>((resolve, reject) => {
    session.save((error: unknown) => (error ? reject(error) : resolve()));
  });
}

function toKeep(form: string, looked: Looked): KeptVerification | KeptFault {
  if ('fault' in looked) return { ...looked, form };
  const { timeStamp, ...file } = checkedFileOf(looked.examined);
  const stamp = timeStamp && { timeStamp: { ...timeStamp, time: timeStamp.time.toISOString() } };
  return { id: looked.id, form, ...file, ...stamp };
}

/** Gives the file asked for as `?check=`, else the last. Throws `PageRefusal` `gone`. */
export function keptCheck({ request }: Visit): Kept {
  const kept = (request.session.verifications ?? []).flatMap((one) => ('fault' in one ? [] : [one]));
  const asked = request.query.check;
  const found = asked === undefined ? kept.at(-1) : kept.find((one) => one.id === asked);
  if (found === undefined) throw new PageRefusal('gone');
  return toKept(found);
}

/** Gives the files that were chosen together with the one asked for as `?check=`, in their order. Throws `PageRefusal` `gone`. */
export function keptChecks(visit: Visit): readonly (Kept | KeptFault)[] {
  const { id } = keptCheck(visit);
  const kept = visit.request.session.verifications ?? [];
  const form = kept.find((one) => one.id === id)?.form;
  return kept.filter((one) => one.form === form).map((one) => ('fault' in one ? one : toKept(one)));
}

function toKept({ id, form: _form, timeStamp, ...file }: KeptVerification): Kept {
  const stamp = timeStamp && { timeStamp: { ...timeStamp, time: new Date(timeStamp.time) } };
  return { id, file: { ...file, ...stamp } };
}
