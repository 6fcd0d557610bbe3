/** Lets a request in: found out who sends it, and counted for them, before anything else of it is looked at. */
import type { Request as Incoming } from 'express';
import type { RequestLimits } from '../access/request-limits.ts';
import { type Attempt, authenticate, type Gate } from './authenticate.ts';
import { countRequest } from './limits.ts';
import { Refusal } from './problems.ts';
import type { Route } from './route.ts';

/** Throws a `Refusal` (401, 403, 429); what is known by then stands in `attempt`. */
export async function admit(
  { gate, limits }: { readonly gate: Gate; readonly limits?: RequestLimits },
  route: Route,
  incoming: Incoming,
  attempt: Attempt,
): Promise<void> {
  const count = async () => {
    if (limits !== undefined && route.isUncounted !== true) await countRequest(limits, incoming, attempt);
  };
  try {
    await authenticate(gate, route, incoming, attempt);
  } catch (error) {
    // Whoever is turned away is counted as well.
    if (error instanceof Refusal) await count();
    throw error;
  }
  await count();
}
