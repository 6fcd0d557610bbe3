/**
 * Deflates the content of a page by pieces (RFC 1950, RFC 1951): what all documents of a shape share is deflated once, and
 * what each fills in stands between as it is. No document waits for zlib, which costs more than all else of writing a page.
 */
import { constants, deflateRawSync, deflateSync } from 'node:zlib';
import { type Checksum, checksumOf, joinChecksums, NOTHING, writeChecksum } from './adler.ts';

/** A part that is deflated already, to the end of a byte, and the checksum of what was deflated. */
export interface Piece {
  readonly deflated: string;
  readonly checksum: Checksum;
}

/** Text as it is, pieces, and the numbers of slots. All is Latin-1, one character a byte. */
export type Stitched = readonly (string | Piece | number)[];

/** Deflate with any window, at no particular level; check bits included. */
const HEADER = '\x78\x9c';
/** The last block, with nothing in it. */
const END = '\x01\x00\x00\xff\xff';
/** Before text that stands behind a piece: the head of its block. */
const SEAM = 5;
const LONGEST_STORED = 0xffff;
/** Of a longer table so much would stand as it is that each document is better deflated by itself. */
const MOST_PARTS = 120;
/** The fastest level that finds what repeats itself far back: one line of the table is much like the other. */
const LEVEL = 2;

/** Deflates the parts that are worth it. @param content text, and the numbers of slots between */
export function stitch(content: readonly (string | number)[]): Stitched {
  if (content.length > MOST_PARTS) return content;
  return content.map((part) => (typeof part === 'number' ? part : deflatePiece(part)));
}

/** Each part is deflated by itself, because what stands before it differs from document to document. */
function deflatePiece(text: string): string | Piece {
  const options = { level: 9, finishFlush: constants.Z_SYNC_FLUSH };
  const deflated = deflateRawSync(Buffer.from(text, 'latin1'), options).toString('latin1');
  return deflated.length + SEAM < text.length ? { deflated, checksum: checksumOf(text) } : text;
}

/** Fills slots, as text or where there is such a form as a piece. */
export interface Filler {
  readonly text: (slot: number) => string;
  readonly piece: (slot: number) => string | Piece;
}

/** Writes the zlib stream of the content with its slots filled. */
export function sew(content: Stitched, filler: Filler): string {
  return content.length > MOST_PARTS ? deflateWhole(content, filler) : sewPieces(content, filler);
}

function deflateWhole(content: Stitched, { text }: Filler): string {
  let whole = '';
  for (const part of content)
    if (typeof part !== 'object') whole += typeof part === 'number' ? text(part) : part;
  return deflateSync(Buffer.from(whole, 'latin1'), { level: LEVEL }).toString('latin1');
}

function sewPieces(content: Stitched, filler: Filler): string {
  let stream = HEADER;
  let stored = '';
  let checksum: Checksum = NOTHING;
  for (const part of content) {
    const piece = typeof part === 'number' ? filler.piece(part) : part;
    if (typeof piece === 'string') {
      stored += piece;
      continue;
    }
    if (stored !== '') {
      stream += writeStored(stored);
      checksum = joinChecksums(checksum, checksumOf(stored));
      stored = '';
    }
    stream += piece.deflated;
    checksum = joinChecksums(checksum, piece.checksum);
  }
  stream += writeStored(stored) + END;
  return stream + writeChecksum(joinChecksums(checksum, checksumOf(stored)));
}

/** Writes a text as a zlib stream that deflates nothing. */
export function storeWhole(text: string): string {
  return HEADER + writeStored(text) + END + writeChecksum(checksumOf(text));
}

/** Blocks that are not compressed: length and its complement, low byte first (RFC 1951, 3.2.4). */
function writeStored(text: string): string {
  let blocks = '';
  for (let at = 0; at < text.length; at += LONGEST_STORED) {
    const part = text.length <= LONGEST_STORED ? text : text.slice(at, at + LONGEST_STORED);
    const low = part.length & 0xff;
    const high = part.length >> 8;
    blocks += String.fromCharCode(0, low, high, low ^ 0xff, high ^ 0xff) + part;
  }
  return blocks;
}
