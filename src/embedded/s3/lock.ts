/** Object lock: which retention an object gets, what protects it, and which changes of that are allowed. */

import type { ObjectLock, Retention } from './record.ts';
import { Refusal } from './refusal.ts';

/** What a bucket gives to objects that bring no retention of their own. */
export interface DefaultRetention {
  readonly mode: Retention['mode'];
  readonly unit: 'Days' | 'Years';
  readonly count: number;
}

/** What a bucket says of object lock; `undefined` is a bucket without it. */
export interface BucketLock {
  readonly defaultRetention?: DefaultRetention | undefined;
}

const LOCK_HEADER = 'x-amz-object-lock-';

/**
 * The lock of a new object, from the headers of its request and the default of its bucket.
 * Throws `InvalidRequest` in a bucket without object lock, `InvalidArgument` for half a retention or one in the past.
 */
export function lockOfRequest(
  headers: ReadonlyMap<string, string>,
  bucketLock: BucketLock | undefined,
  now: number,
): ObjectLock {
  const mode = headers.get(`${LOCK_HEADER}mode`);
  const until = headers.get(`${LOCK_HEADER}retain-until-date`);
  const hold = headers.get(`${LOCK_HEADER}legal-hold`);
  const isAsked = mode !== undefined || until !== undefined || hold !== undefined;
  if (bucketLock === undefined) {
    if (isAsked) throw new Refusal('InvalidRequest', 'Bucket is missing Object Lock Configuration');
    return {};
  }
  if ((mode === undefined) !== (until === undefined)) {
    throw new Refusal('InvalidArgument', 'A retention needs both its mode and its date.');
  }
  const own = mode !== undefined && until !== undefined ? parseRetention(mode, until, now) : undefined;
  return {
    retention: own ?? defaultRetentionAt(bucketLock.defaultRetention, now),
    ...(hold !== undefined && { hasLegalHold: parseHold(hold) }),
  };
}

/** Reads a retention. Throws `InvalidArgument` for another mode, a date not of ISO 8601, or one that is past. */
export function parseRetention(mode: string, until: string, now: number): Retention {
  const date = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(until) ? Date.parse(until) : Number.NaN;
  if ((mode !== 'COMPLIANCE' && mode !== 'GOVERNANCE') || Number.isNaN(date)) {
    throw new Refusal('InvalidArgument', 'The retention is not readable.');
  }
  if (date <= now) throw new Refusal('InvalidArgument', 'The retain until date must be in the future!');
  return { mode, until: date };
}

/** Reads `ON` or `OFF`. Throws `InvalidArgument`. */
export function parseHold(text: string): boolean {
  if (text !== 'ON' && text !== 'OFF') throw new Refusal('InvalidArgument', 'A legal hold is ON or OFF.');
  return text === 'ON';
}

/** Throws `AccessDenied` when an object may neither be deleted nor replaced. */
export function checkUnprotected(lock: ObjectLock, now: number, mayBypassGovernance: boolean): void {
  if (lock.hasLegalHold === true) throw new Refusal('AccessDenied', 'The object is under a legal hold.');
  const { retention } = lock;
  if (retention === undefined || retention.until <= now) return;
  if (retention.mode === 'GOVERNANCE' && mayBypassGovernance) return;
  throw new Refusal('AccessDenied', 'The object is under retention.');
}

/**
 * Throws `AccessDenied` unless `next` may follow on what an object has: a retention still running may be made
 * stricter by anybody, weaker only under governance and with the header that says so.
 */
export function checkRetentionChange(
  current: Retention | undefined,
  next: Retention | undefined,
  now: number,
  mayBypassGovernance: boolean,
): void {
  if (current === undefined || current.until <= now) return;
  if (current.mode === 'GOVERNANCE' && mayBypassGovernance) return;
  const isStricter =
    next !== undefined &&
    next.until >= current.until &&
    (next.mode === current.mode || next.mode === 'COMPLIANCE');
  if (!isStricter) throw new Refusal('AccessDenied', 'The retention may not be weakened.');
}

/** Tells whether the client asks to set governance aside. The one key of this server has that permission. */
export function mayBypassGovernance(headers: ReadonlyMap<string, string>): boolean {
  return headers.get('x-amz-bypass-governance-retention')?.toLowerCase() === 'true';
}

function defaultRetentionAt(rule: DefaultRetention | undefined, now: number): Retention | undefined {
  if (rule === undefined) return undefined;
  const until = new Date(now);
  if (rule.unit === 'Days') until.setUTCDate(until.getUTCDate() + rule.count);
  else until.setUTCFullYear(until.getUTCFullYear() + rule.count);
  return { mode: rule.mode, until: until.getTime() };
}
