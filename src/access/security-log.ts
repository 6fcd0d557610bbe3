/**
 * The security log: logins, and attempts that were refused, as structured lines under a name of their own, for whoever
 * watches over the service (ASVS 16.3). Who was let in stands in evidence; who was not has seen nothing, and stands here.
 */
import type { Log } from '../log.ts';

/** An attempt that came to nothing. Names and ids of ours only: what a caller sent is not repeated. */
export interface RefusedAttempt {
  /** Missing for a connection that was ended before any request. */
  readonly traceId?: string;
  /** The operation or page asked for. */
  readonly operation: string;
  readonly status?: number;
  /** Why, as the caller was told. */
  readonly problem: string;
  /** What was wrong with a token, which the caller is not told. */
  readonly defect?: string | undefined;
  /** The client behind the token, where it was accepted. */
  readonly clientId?: string | undefined;
  readonly organization?: string | undefined;
  readonly tokenHash?: string | undefined;
}

/** A login at the pages that began, or one that its person ended. */
export interface Authentication {
  readonly traceId: string;
  readonly event: 'loggedIn' | 'loggedOut';
  /** As evidence names them: never a number or a name of a person. */
  readonly actorId: string;
  readonly organization?: string | undefined;
}

/** Writes a login or its end. */
export function logAuthentication(log: Log, authentication: Authentication): void {
  log.info({ logger: 'security', ...authentication }, 'authentication');
}

/** Writes a refused attempt. */
export function logRefusal(log: Log, attempt: RefusedAttempt): void {
  log.warn({ logger: 'security', event: 'refused', ...attempt }, 'attempt refused');
}
