/**
 * How the evidence log is laid out where it is exported, a bucket or a folder:
 *
 *     heads/000000000002.json                       {"head": "<JWS>", "consistency": ["<base64url>", …]}
 *     heads/000000000002.tst                        its time-stamp token (RFC 3161), DER, once there is one
 *     leaves/000000000310-000000000999.ndjson       leaves 310 to 999, one a line
 *     hashes/000000000310-000000000999.bin          their hashes, 32 bytes each
 *     keys/<kid>.json                               the public key (JWK) that sealed heads
 *
 * A segment holds what came between two heads, cut at most every 10 000 leaves. The hashes say nothing that the leaves
 * do not; held against a head, they tell which leaf of a segment was altered.
 */
import type { LeafRange } from './merkle-tree.ts';

/** The most leaves of one segment: about a megabyte. */
export const SEGMENT_LEAVES = 10_000;

/** Cuts the leaves between two heads into segments. */
export function segmentsOf({ first, end }: LeafRange): readonly LeafRange[] {
  const segments: LeafRange[] = [];
  for (let at = first; at < end; at += SEGMENT_LEAVES)
    segments.push({ first: at, end: Math.min(end, at + SEGMENT_LEAVES) });
  return segments;
}

const padded = (number: number) => String(number).padStart(12, '0');
const spanOf = ({ first, end }: LeafRange) => `${padded(first)}-${padded(end - 1)}`;

/** Names the objects of the export. */
export const exportKey = {
  head: (number: number) => `heads/${padded(number)}.json`,
  timeStamp: (number: number) => `heads/${padded(number)}.tst`,
  leaves: (segment: LeafRange) => `leaves/${spanOf(segment)}.ndjson`,
  hashes: (segment: LeafRange) => `hashes/${spanOf(segment)}.bin`,
  publicKey: (kid: string) => `keys/${kid}.json`,
} as const;

/** Reads which leaves a segment says it holds; undefined for any other name. */
export function parseSegment(key: string): LeafRange | undefined {
  const [, first, last] = /^(?:leaves|hashes)\/(\d{12})-(\d{12})\.(?:ndjson|bin)$/.exec(key) ?? [];
  if (first === undefined || last === undefined || last < first) return undefined;
  return { first: Number(first), end: Number(last) + 1 };
}
