/** Refusals of what is too much: bytes of a body, requests, wrong attempts. */
import type { Request as Incoming } from 'express';
import { addressOf } from '../access/address.ts';
import type { LimitedSubject, RequestLimits } from '../access/request-limits.ts';
import type { Attempt } from './authenticate.ts';
import { type Problem, Refusal, standard } from './problems.ts';

/** Counts a request for whoever sends it; throws a `Refusal` (429) when it is one too many. */
export async function countRequest(
  limits: RequestLimits,
  { ip }: Pick<Incoming, 'ip'>,
  { caller }: Attempt,
): Promise<void> {
  const excess = await limits.take(subjectOf(caller, ip));
  if (excess !== undefined) throw new Refusal(tooManyRequests(excess.limit, excess.retryAfterSeconds));
}

/** Whose token was not accepted is nobody yet, and is counted by their address like the public. */
function subjectOf(caller: Attempt['caller'], ip: string | undefined): LimitedSubject {
  if (caller === undefined) return { kind: 'address', address: addressOf(ip) };
  const { clientId } = caller;
  return caller.kind === 'person'
    ? { kind: 'person', ssin: caller.ssin }
    : { kind: 'client', clientId, organization: caller.organization };
}

/** 429: more requests than one may send in a minute; when the next is taken. */
function tooManyRequests(limit: number, retryAfterSec: number): Problem {
  const detail = `No more requests are accepted during the next ${retryAfterSec} seconds`;
  return {
    ...standard('tooManyRequests', 429, 'Too Many Requests', detail),
    limit,
    retryAfterSec,
    headers: { 'Retry-After': String(retryAfterSec) },
  };
}

/** 413 with the limit in bytes. */
export function payloadTooLarge(limit: number): Problem {
  return {
    ...standard('payloadTooLarge', 413, 'Payload Too Large', `The body may have ${limit} bytes`),
    limit,
  };
}

/** 429: too much that was wrong came from there, or for that number; when it may be tried again. */
export function tooManyFailedRequests(limit: number, retryAfterSec: number): Problem {
  const detail = `No more attempts are accepted during the next ${retryAfterSec} seconds`;
  return {
    ...standard('tooManyFailedRequests', 429, 'Too Many Failed Requests', detail),
    limit,
    retryAfterSec,
    headers: { 'Retry-After': String(retryAfterSec) },
  };
}
