/** What becomes of a job that a worker leased: decided here, without a clock or a queue, and done by `run-job`. */
import { isRetriable, ServiceError } from '../errors.ts';

/**
 * After this many tries, which take ten minutes, a fault that nobody foresaw needs an operator; so does a job that its worker
 * does not survive.
 */
const MOST_ATTEMPTS = 16;
/**
 * Once an outage is over, everything goes on within this time. Tries that ended with their worker count too: after a bad night
 * a first fault may wait this long.
 */
const LONGEST_DELAY_SECONDS = 60;
/** That a job can be put off shows that the database is back; while it is away nobody takes jobs. */
const LONGEST_DELAY_WITHOUT_DATABASE_SECONDS = 8;

/** `attempts`: what counts as its tries from now on. `leave`: it is another worker's by now. */
export type StepAfterFault =
  | { readonly kind: 'leave' }
  | { readonly kind: 'retry'; readonly attempts: number; readonly delaySeconds: number }
  | { readonly kind: 'bury' };

/** Whether a job is run at all; `attempts` is which try this is, from 1. */
export function mayRun(attempts: number): boolean {
  // What fails is given back or set aside, so a try beyond the last one comes from workers that did not survive it.
  return attempts <= MOST_ATTEMPTS;
}

/** What a worker does with a job whose try ended with a fault. */
export function stepAfterFault(attempts: number, error: unknown): StepAfterFault {
  if (error instanceof ServiceError && error.code === 'leaseLost') return { kind: 'leave' };
  if (isOutage(error)) {
    const longest =
      error.code === 'databaseUnavailable' ? LONGEST_DELAY_WITHOUT_DATABASE_SECONDS : LONGEST_DELAY_SECONDS;
    // An outage lasts as long as it lasts: no more tries are counted than lead to the longest delay. Workers that did not
    // survive a job are counted anew after one that gave it back.
    const counted = Math.min(attempts, 1 + Math.ceil(Math.log2(longest)));
    return { kind: 'retry', attempts: counted, delaySeconds: delayAfter(attempts, longest) };
  }
  if (isRetriable(error) && attempts < MOST_ATTEMPTS)
    return { kind: 'retry', attempts, delaySeconds: delayAfter(attempts, LONGEST_DELAY_SECONDS) };
  return { kind: 'bury' };
}

/** Another system is away: nothing is wrong with the job, and the same step succeeds once that system is back. */
function isOutage(error: unknown): error is ServiceError {
  return error instanceof ServiceError && error.isRetriable && error.code !== 'unexpected';
}

function delayAfter(attempts: number, longest: number): number {
  return Math.min(2 ** (attempts - 1), longest);
}
