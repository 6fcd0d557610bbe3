/** Files on their way out: names that cannot break a header, and single ranges of bytes. */
import type { Content } from '../workflows/read.ts';
import type { Reply } from './route.ts';

/** Gives the first byte that a `Range` header asks for; 0 when there is none or it is not one range of bytes. */
export function firstByteOf(range: string | undefined): number {
  return Number(/^bytes=(\d+)-\d*$/.exec(range ?? '')?.[1] ?? 0);
}

/** Answers with the whole file, or with the one range asked for (RFC 9110 §14). */
export function contentReply({ fileName, mediaType, bytes }: Content, range: string | undefined): Reply {
  const headers = {
    'Content-Type': mediaType,
    'Content-Disposition': dispositionOf(fileName),
    'Accept-Ranges': 'bytes',
    'X-Content-Type-Options': 'nosniff',
  };
  const match = /^bytes=(\d+)-(\d*)$/.exec(range ?? '');
  if (match === null) return { status: 200, headers, bytes };
  const first = Number(match[1]);
  const last = match[2] === '' ? bytes.length - 1 : Math.min(Number(match[2]), bytes.length - 1);
  if (first > last) {
    return { status: 416, headers: { ...headers, 'Content-Range': `bytes */${bytes.length}` } };
  }
  const part = { ...headers, 'Content-Range': `bytes ${first}-${last}/${bytes.length}` };
  return { status: 206, headers: part, bytes: bytes.subarray(first, last + 1) };
}

/** Writes a file name so that it cannot leave its parameter (RFC 6266, RFC 8187). */
function dispositionOf(fileName: string): string {
  const plain = fileName.replace(/[^\x20-\x7e]|["\\]/g, '_');
  return `inline; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(fileName)}`;
}
