/** Refusals of what is too much: bytes of a body, wrong attempts. */
import { type Problem, standard } from './problems.ts';

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
