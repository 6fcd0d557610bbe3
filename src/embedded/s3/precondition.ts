/** Conditional requests (RFC 9110 §13) and ranges (§14), as S3 knows them. */
import { unquoted } from './call.ts';
import type { ObjectRecord } from './record.ts';
import { Refusal } from './refusal.ts';
import type { WriteCondition } from './write-condition.ts';

type Headers = ReadonlyMap<string, string>;

/** Bytes `start` to `end`, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** The condition of a write. Throws `NotImplemented` for `If-None-Match` with anything but `*`. */
export function writeConditionOf(headers: Headers): WriteCondition {
  const noneMatch = headers.get('if-none-match');
  const match = headers.get('if-match');
  if (noneMatch !== undefined && noneMatch.trim() !== '*') {
    throw new Refusal('NotImplemented', 'If-None-Match of a write takes only *.');
  }
  if (noneMatch !== undefined && match !== undefined) {
    throw new Refusal('NotImplemented', 'If-Match and If-None-Match exclude each other.');
  }
  return { mustBeNew: noneMatch !== undefined, etag: match === undefined ? undefined : unquoted(match) };
}

/**
 * Checks the conditions of a read in the order of RFC 9110 §13.2.2; `prefix` names those of a copy's source.
 * Throws `PreconditionFailed`, or `NotModified`, which of a copy is `PreconditionFailed` too.
 */
export function checkReadConditions(headers: Headers, record: ObjectRecord, prefix = ''): void {
  const read = (name: string) => headers.get(prefix + name);
  const [match, noneMatch] = [read('if-match'), read('if-none-match')];
  const [unmodified, modified] = [timeOf(read('if-unmodified-since')), timeOf(read('if-modified-since'))];
  if (match === undefined ? record.modified > (unmodified ?? Infinity) : !isListed(match, record.etag)) {
    throw new Refusal('PreconditionFailed');
  }
  if (
    noneMatch === undefined ? record.modified <= (modified ?? -Infinity) : isListed(noneMatch, record.etag)
  ) {
    throw new Refusal(prefix === '' ? 'NotModified' : 'PreconditionFailed');
  }
}

/**
 * The range a read asks for. Nothing for none, several or an unreadable one, which all mean the whole object, as does
 * an `If-Range` of another object. Throws `InvalidRange`.
 */
export function rangeOf(headers: Headers, { size, etag }: ObjectRecord): ByteRange | undefined {
  const [, from = '', to = ''] =
    /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.get('range')?.trim() ?? '') ?? [];
  const ifRange = headers.get('if-range');
  if ((from === '' && to === '') || (ifRange !== undefined && unquoted(ifRange) !== etag)) return undefined;
  const isSuffix = from === '';
  const start = isSuffix ? Math.max(0, size - Number(to)) : Number(from);
  const end = isSuffix || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (!isSuffix && to !== '' && Number(to) < Number(from)) return undefined;
  if (start >= size || (isSuffix && Number(to) === 0)) throw new Refusal('InvalidRange');
  return { start, end };
}

function isListed(list: string, etag: string): boolean {
  return (
    list.trim() === '*' || list.split(',').some((one) => unquoted(one.trim().replace(/^W\//, '')) === etag)
  );
}

/** Milliseconds since 1970; a date that cannot be read is no condition. */
function timeOf(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
}
