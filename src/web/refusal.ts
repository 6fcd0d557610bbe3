/** Why a page is not shown: each reason has a status, and its words under `error.` in the texts. */
import { type ErrorCode, ServiceError } from '../errors.ts';

/** What can keep a page from being shown; the status it is answered with. */
const STATUSES = {
  notFound: 404,
  gone: 404,
  sessionEnded: 401,
  loginFailed: 403,
  notOfficial: 403,
  noRight: 403,
  notMandated: 403,
  mandateEnded: 403,
  wrongForm: 403,
  foreignOrigin: 403,
  tooLarge: 413,
  tooMany: 429,
  failed: 500,
  loginMissing: 503,
  unavailable: 503,
} as const satisfies Record<string, number>;

export type RefusalReason = keyof typeof STATUSES;

/** A refusal thrown while a page is made; becomes a page itself. */
export class PageRefusal extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, options?: { cause?: unknown }) {
    super(`the page is refused: ${reason}`, options);
    this.name = 'PageRefusal';
    this.reason = reason;
  }
}

/** Gives the status of a refusal. */
export function statusOf(reason: RefusalReason): number {
  return STATUSES[reason];
}

/** Faults that pass by themselves: the reader is asked to come back. */
const PASSING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'databaseUnavailable',
  'archiveUnavailable',
  'remoteUnavailable',
  'tokenIssuerUnavailable',
]);

/** Turns whatever was thrown into the reason that a reader is given. */
export function reasonOf(error: unknown): RefusalReason {
  if (error instanceof PageRefusal) return error.reason;
  // Express itself refuses a path that is not percent-encoded right: no page has such a path.
  if (error instanceof URIError) return 'notFound';
  return error instanceof ServiceError && PASSING.has(error.code) ? 'unavailable' : 'failed';
}
