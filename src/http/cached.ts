/** Answers that are of nobody in particular and the same for all: kept by whoever asks, and not sent again unchanged. */
import { createHash } from 'node:crypto';
import type { Answer, Reply, Request } from './route.ts';

/** How long reference data may be kept (duties of a Document Provider). */
const CACHE_CONTROL = 'public, no-transform, proxy-revalidate, max-age=86400';

const HEADERS = { ETag: 'Names this version of it', 'Cache-Control': 'How long it may be kept' };

/** What such an answer looks like, for the OpenAPI document. */
export function cachedAnswers(answer: Answer): Readonly<Record<number, Answer>> {
  return {
    200: { ...answer, headers: { ...answer.headers, ...HEADERS } },
    304: { description: 'What `If-None-Match` names is what there is', headers: HEADERS },
  };
}

export const IF_NONE_MATCH = { 'If-None-Match': 'The `ETag` of an answer that was kept (RFC 9110 §13.1.2)' };

/** Answers with a JSON value. */
export function cachedJson(request: Request, value: unknown): Reply {
  return cachedBytes(request, Buffer.from(JSON.stringify(value)), 'application/json; charset=utf-8');
}

/** Answers with bytes, or with 304 where the caller has them. */
export function cachedBytes({ headers }: Request, bytes: Buffer, mediaType: string): Reply {
  const tag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
  const kept = { ETag: tag, 'Cache-Control': CACHE_CONTROL };
  const known = (headers['if-none-match'] ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  if (known.includes(tag) || known.includes('*')) return { status: 304, headers: kept };
  return { status: 200, headers: { ...kept, 'Content-Type': mediaType }, bytes };
}
