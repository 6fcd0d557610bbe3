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

/** A part that is not worth deflating. */
interface Plain {
  readonly text: Uint8Array;
  readonly checksum: Checksum;
}

/** What stands between slots, and their numbers. */
export type Stitched = readonly (Plain | Piece | number)[];

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
  const parts = content.map((part) =>
    typeof part === 'number' ? part : plainOf(Buffer.from(part, 'latin1')),
  );
  if (parts.length > MOST_PARTS) return parts;
  return parts.map((part) => (typeof part === 'number' ? part : deflatePiece(part)));
}

function plainOf(text: Uint8Array): Plain {
  return { text, checksum: checksumOf(text) };
}

/** Each part is deflated by itself, because what stands before it differs from document to document. */
function deflatePiece(plain: Plain): Plain | Piece {
  const { text, checksum } = plain;
  const deflated = deflateRawSync(text, { level: 9, finishFlush: constants.Z_SYNC_FLUSH });
  return deflated.length + SEAM.length < text.length ? { deflated, checksum } : plain;
}

/** Fills slots. */
export interface Filler {
  /** Adds what goes into a slot, to a checksum too if one is being added up. */
  readonly write: (slot: number, to: Bytes, sum?: Sum) => void;
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

function deflateWhole(content: Stitched, filler: Filler): Uint8Array {
  whole.cutTo(0);
  for (const part of content) {
    if (typeof part === 'number') filler.write(part, whole);
    else if ('text' in part) whole.add(part.text);
  }
  return deflateSync(whole.view(), { level: LEVEL });
}

function sewPieces(content: Stitched, filler: Filler, to: Bytes): void {
  const sum = new Sum();
  to.addText(HEADER);
  let block = openBlock(to);
  for (const part of content) {
    const piece = typeof part === 'number' ? fillSlot(filler, part, to, sum) : part;
    if (piece === undefined) continue;
    sum.add(piece.checksum);
    if ('text' in piece) {
      to.add(piece.text);
      continue;
    }
    closeBlock(to, block);
    to.add(piece.deflated);
    block = openBlock(to);
  }
  closeBlock(to, block);
  to.addText(END);
  to.addText(sum.write());
}

/** Fills a slot, unless it is filled with a piece. */
function fillSlot(filler: Filler, slot: number, to: Bytes, sum: Sum): Piece | undefined {
  const found = filler.piece(slot);
  if (found === undefined) filler.write(slot, to, sum);
  return found;
}

/** Gives bytes as a zlib stream that deflates nothing. */
export function storeWhole(bytes: Uint8Array): Uint8Array {
  whole.cutTo(0);
  sewPieces([plainOf(bytes)], NO_SLOTS, whole);
  return Uint8Array.prototype.slice.call(whole.view());
}

const NO_SLOTS: Filler = { write: () => undefined, piece: () => undefined };

/** Begins a block that is not compressed, and gives where. */
function openBlock(to: Bytes): number {
  const at = to.length;
  to.addText(SEAM);
  return at;
}

/** Ends the block that begins at `at`; an empty one is left out. */
function closeBlock(to: Bytes, at: number): void {
  const from = at + SEAM.length;
  const length = to.length - from;
  if (length === 0) {
    to.cutTo(at);
    return;
  }
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
