/** Files on their way out: names that cannot break a header, and single ranges of bytes. */
import type { Reply, Request } from './route.ts';

/** One range of bytes as it was asked for, both ends counted from 0; no `last` means to the end. */
export interface ByteRange {
  readonly first: number;
  readonly last?: number;
}

/**
 * Reads the `Range` header of a GET. Undefined, so that the whole file is the answer: where there is none, several, one
 * counted from the end or one that makes no sense (RFC 9110 §14.1.2, §14.2), and with `If-Range`, as files here have no
 * validator that it could match (§13.1.5).
 */
export function rangeOf({ method, headers }: Pick<Request, 'method' | 'headers'>): ByteRange | undefined {
  const match = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '');
  if (method !== 'get' || match === null || headers['if-range'] !== undefined) return undefined;
  const first = Number(match[1]);
  if (match[2] === '') return { first };
  const last = Number(match[2]);
  return last < first ? undefined : { first, last };
}

/** What a file is called and what it is. */
export interface FileKind {
  readonly fileName: string;
  readonly mediaType: string;
}

/** Answers with the whole file, or with the range asked for, which must begin within the file. */
export function contentReply(kind: FileKind, bytes: Buffer, range: ByteRange | undefined): Reply {
  const headers = contentHeaders(kind);
  if (range === undefined) return { status: 200, headers, bytes };
  const last = Math.min(range.last ?? Number.POSITIVE_INFINITY, bytes.length - 1);
  const part = { ...headers, 'Content-Range': `bytes ${range.first}-${last}/${bytes.length}` };
  return { status: 206, headers: part, bytes: bytes.subarray(range.first, last + 1) };
}

/** The headers that tell what a file is. */
export function contentHeaders({ fileName, mediaType }: FileKind): Readonly<Record<string, string>> {
  return {
    'Content-Type': mediaType,
    'Content-Disposition': dispositionOf(fileName),
    'Accept-Ranges': 'bytes',
  };
}

/** Writes a file name so that it can leave neither its parameter nor its folder (RFC 6266 §4.3, RFC 8187 §3.2.1). */
function dispositionOf(fileName: string): string {
  const safe = fileName.replace(/[\p{Cc}\p{Cf}\p{Cs}/\\]/gu, '_');
  const plain = safe.replace(/[^\x20-\x7e]|["%]/gu, '_');
  const encoded = encodeURIComponent(safe).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `inline; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
