/** Answers that no route gives and Express does not see: to what is no request, and before the service has started. */
import { randomUUID } from 'node:crypto';
import type { Problem } from './problems.ts';

/** An answer ready to be written. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What helmet sets on all other answers. */
export const SAFE_HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; frame-ancestors 'none'; form-action 'none'; base-uri 'none'",
  'Referrer-Policy': 'no-referrer',
  'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
} as const;

/** Writes a problem as the routes write theirs (RFC 9457), with a trace id of its own; where it is explained is not known here. */
export function rawAnswer({ headers, registryCode: _, href: _place, ...problem }: Problem): RawAnswer {
  const traceId = randomUUID();
  const body = JSON.stringify({ ...problem, instance: `urn:uuid:${traceId}` });
  return {
    status: problem.status,
    headers: {
      ...SAFE_HEADERS,
      ...headers,
      'Content-Type': 'application/problem+json',
      'Content-Length': String(Buffer.byteLength(body)),
      'BelGov-Trace-Id': traceId,
    },
    body,
  };
}
