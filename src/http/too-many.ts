/** The refusal of who was wrong too often. */
import { type Problem, standard } from './problems.ts';

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
