/** Leaves an address alone for a while that failed several times in a row. */
import { ConsecutiveBreaker, circuitBreaker, type IPolicy, type Policy } from 'cockatiel';

/** After so many failures in a row. */
const BREAK_AFTER = 3;

/** Makes the breaker of one address; `handled` says which faults are failures of the other side. */
export function breakerOf(handled: Policy, restMs: number): IPolicy {
  return circuitBreaker(handled, { halfOpenAfter: restMs, breaker: new ConsecutiveBreaker(BREAK_AFTER) });
}
