/**
 * Deflates the content of a page by pieces (RFC 1950, RFC 1951): what all documents of a shape share is deflated once, and
 * what each fills in stands between as it is. No document waits for zlib, which costs more than all else of writing a page.
 */
import { constants, deflateRawSync, deflateSync } from 'node:zlib';
import { type Checksum, checksumOf, Sum } from './adler.ts';
import { Bytes } from './bytes.ts';

/** A part that is deflated already, to the end of a byte, and the checksum of what was deflated. */
export interface Piece {
  readonly deflated: Uint8Array;
  readonly checksum: Checksum;
}

/** Text as it is, pieces, and the numbers of slots. */
export type Stitched = readonly (Uint8Array | Piece | number)[];

/** Deflate with any window, at no particular level; check bits included. */
const HEADER = '\x78\x9c';
/** The last block, with nothing in it. */
const END = '\x01\x00\x00\xff\xff';
/** The head of a block that is not compressed, its length still to be written. */
const SEAM = '\x00\x00\x00\x00\x00';
const LONGEST_STORED = 0xffff;
/** Of a longer table so much would stand as it is that each document is better deflated by itself. */
const MOST_PARTS = 120;
/** The fastest level that finds what repeats itself far back: one line of the table is much like the other. */
const LEVEL = 2;

/** Deflates the parts that are worth it. @param content text in Latin-1, and the numbers of slots between */
export function stitch(content: readonly (string | number)[]): Stitched {
  const parts = content.map((part) => (typeof part === 'number' ? part : Buffer.from(part, 'latin1')));
  if (parts.length > MOST_PARTS) return parts;
  return parts.map((part) => (typeof part === 'number' ? part : deflatePiece(part)));
}

/** Each part is deflated by itself, because what stands before it differs from document to document. */
function deflatePiece(text: Buffer): Buffer | Piece {
  const deflated = deflateRawSync(text, { level: 9, finishFlush: constants.Z_SYNC_FLUSH });
  return deflated.length + SEAM.length < text.length ? { deflated, checksum: checksumOf(text) } : text;
}

/** Fills slots. */
export interface Filler {
  /** Adds what goes into a slot. */
  readonly write: (slot: number, to: Bytes) => void;
  /** The same as a piece, if there is such a form; good until the next one is asked for. */
  readonly piece: (slot: number) => Piece | undefined;
}

/** Adds the zlib stream of the content with its slots filled. */
export function sew(content: Stitched, filler: Filler, to: Bytes): void {
  if (content.length > MOST_PARTS) to.add(deflateWhole(content, filler));
  else sewPieces(content, filler, to);
}

/** Used by one document after the other. */
const whole = new Bytes();

function deflateWhole(content: Stitched, { write }: Filler): Uint8Array {
  whole.cutTo(0);
  for (const part of content) {
    if (typeof part === 'number') write(part, whole);
    else if (part instanceof Uint8Array) whole.add(part);
  }
  return deflateSync(whole.view(), { level: LEVEL });
}

function sewPieces(content: Stitched, filler: Filler, to: Bytes): void {
  const sum = new Sum();
  to.addText(HEADER);
  let block = openBlock(to);
  for (const part of content) {
    if (part instanceof Uint8Array) {
      to.add(part);
      continue;
    }
    const piece = typeof part === 'number' ? fillSlot(filler, part, to) : part;
    if (piece === undefined) continue;
    closeBlock(to, block, sum);
    to.add(piece.deflated);
    sum.add(piece.checksum);
    block = openBlock(to);
  }
  closeBlock(to, block, sum);
  to.addText(END);
  to.addText(sum.write());
}

/** Fills a slot, unless it is filled with a piece. */
function fillSlot({ piece, write }: Filler, slot: number, to: Bytes): Piece | undefined {
  const found = piece(slot);
  if (found === undefined) write(slot, to);
  return found;
}

/** Gives bytes as a zlib stream that deflates nothing. */
export function storeWhole(bytes: Uint8Array): Uint8Array {
  whole.cutTo(0);
  sewPieces([bytes], NO_SLOTS, whole);
  return Uint8Array.from(whole.view());
}

const NO_SLOTS: Filler = { write: () => undefined, piece: () => undefined };

/** Begins a block that is not compressed, and gives where. */
function openBlock(to: Bytes): number {
  const at = to.length;
  to.addText(SEAM);
  return at;
}

/** Ends the block that begins at `at`, and adds what it holds to the checksum; an empty one is left out. */
function closeBlock(to: Bytes, at: number, sum: Sum): void {
  const from = at + SEAM.length;
  const length = to.length - from;
  if (length === 0) {
    to.cutTo(at);
    return;
  }
  to.sum(sum, from);
  if (length <= LONGEST_STORED) writeLength(to, at, length);
  else splitBlock(to, at, Uint8Array.from(to.view(from)));
}

/** Length and its complement, low byte first (RFC 1951, 3.2.4). */
function writeLength(to: Bytes, at: number, length: number): void {
  to.set(at + 1, length & 0xff);
  to.set(at + 2, length >> 8);
  to.set(at + 3, (length & 0xff) ^ 0xff);
  to.set(at + 4, (length >> 8) ^ 0xff);
}

/** Writes several blocks from `at` on, because one cannot be so long. */
function splitBlock(to: Bytes, at: number, text: Uint8Array): void {
  to.cutTo(at);
  for (let from = 0; from < text.length; from += LONGEST_STORED) {
    const part = text.subarray(from, from + LONGEST_STORED);
    writeLength(to, openBlock(to), part.length);
    to.add(part);
  }
}
