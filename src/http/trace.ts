/** The trace a request belongs to, as its caller says (W3C Trace Context). */
import { END_OF_TIME } from '../domain/period.ts';
import { parseSsin } from '../domain/ssin.ts';

/**
 * Reads the trace id of a `traceparent` header (§3.2.2.3); undefined where there is none, it is malformed, or its digits
 * spell an SSIN: what callers send is kept in evidence, and no number of a person is.
 */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  // A later version may add fields behind those of version 00; ff is forbidden.
  const match = /^(?!ff)[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-[\da-f]{2}(?:-.*)?$/.exec(traceparent ?? '');
  const [, traceId, parentId] = match ?? [];
  if (traceId === undefined || /^0+$/.test(traceId) || /^0+$/.test(parentId ?? '')) return undefined;
  const windows = Array.from({ length: traceId.length - 10 }, (_, at) => traceId.slice(at, at + 11));
  return windows.some((digits) => parseSsin(digits, END_OF_TIME) !== undefined) ? undefined : traceId;
}
