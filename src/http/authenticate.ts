/** Who calls, and who is turned away: the token of a request against the access of its route. */
import type { Request as Incoming } from 'express';
import { type Caller, hasScope } from '../access/caller.ts';
import { logRefusal } from '../access/security-log.ts';
import type { TokenVerifier } from '../access/token.ts';
import type { Log } from '../log.ts';
import type { ThumbprintReader } from './client-certificate.ts';
import { missingPermission, missingScope, Refusal, unauthorised } from './problems.ts';
import type { Route } from './route.ts';

/** What is known of a caller so far, also when they are turned away. */
export interface Attempt {
  caller?: Caller;
  tokenHash?: string;
  /** What is wrong with the token. */
  defect?: string;
}

/** Who is turned away: without rights, or looking for what is not theirs. A body that is wrong is a mistake, no attempt. */
const REFUSED: ReadonlySet<number> = new Set([401, 403, 404]);

/** Writes into the security log that somebody was turned away. */
export function noteRefusal(
  log: Log,
  { access, operationId: operation }: Route,
  traceId: string,
  { caller, tokenHash, defect }: Attempt,
  { problem }: Refusal,
): void {
  if (access.kind === 'public' || !REFUSED.has(problem.status)) return;
  const organization = caller?.kind === 'client' ? caller.organization : undefined;
  const who = { clientId: caller?.clientId, organization, tokenHash, defect };
  logRefusal(log, { traceId, operation, status: problem.status, problem: problem.type, ...who });
}

/** What a caller is known by. */
export interface Gate {
  readonly tokens: TokenVerifier;
  readonly thumbprintOf: ThumbprintReader;
}

/**
 * Finds out who calls, before anything else of the request is looked at. Throws a `Refusal` (401, 403); what is known by then
 * stands in `attempt`.
 */
export async function authenticate(
  { tokens, thumbprintOf }: Gate,
  route: Route,
  incoming: Incoming,
  attempt: Attempt,
): Promise<void> {
  if (route.access.kind === 'public') return;
  const outcome = await tokens.verify(authorizationOf(incoming), thumbprintOf(incoming));
  if (outcome.kind === 'invalidAccessToken') attempt.defect = outcome.reason;
  if (outcome.kind !== 'accepted') throw new Refusal(unauthorised(outcome.kind));
  const { caller, tokenHash } = outcome;
  Object.assign(attempt, { caller, tokenHash });
  if (!hasScope(caller, route.access.scope)) throw new Refusal(missingScope(route.access.scope));
  if (caller.kind !== route.access.caller) {
    const who = route.access.caller === 'client' ? 'organisations' : 'persons';
    throw new Refusal(missingPermission(`This operation is for ${who}`));
  }
}

/** Node.js would take the first of several headers, and a proxy before it perhaps the last: together they are no token. */
function authorizationOf({ headersDistinct }: Incoming): string | undefined {
  return headersDistinct.authorization?.join(', ');
}
