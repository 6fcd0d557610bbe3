/** What a starting process waits for: a database or a store that is away is awaited, as it may be starting itself. */
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { describeError, type ErrorCode, ServiceError } from './errors.ts';
import type { Log } from './log.ts';

/** What passes by itself; anything else, such as a wrong password, is told at once. */
const AWAY: readonly ErrorCode[] = ['databaseUnavailable', 'archiveUnavailable'];

/** Between two tries, milliseconds: at first, and at most. */
const PAUSES = { initialDelay: 200, maxDelay: 2000 };

/** Does what a start needs, and does it again while its part is away. Throws what the last try threw. */
export type Patience = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Opens the patience of one start: `seconds` from now on in all, whatever is waited for. Until then callers are answered
 * that the process is starting, and the log says what it waits for.
 */
export function openPatience(log: Log, seconds: number): Patience {
  const until = performance.now() + seconds * 1000;
  const isAway = (error: Error) => error instanceof ServiceError && AWAY.includes(error.code);
  const policy = retry(
    handleWhen((error) => isAway(error) && performance.now() < until),
    { maxAttempts: Number.POSITIVE_INFINITY, backoff: new ExponentialBackoff(PAUSES) },
  );
  policy.onRetry((tried) => {
    if ('error' in tried)
      log.warn({ reason: describeError(tried.error) }, 'the start waits for a part that is away');
  });
  return (work) => policy.execute(work);
}
