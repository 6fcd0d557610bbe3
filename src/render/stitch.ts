/**
 * Makes one zlib stream (RFC 1950) of parts compressed beforehand and parts stored as they are: the first cost nothing per
 * document, and the second no compression.
 */
import { constants, deflateRawSync } from 'node:zlib';

/** A part that many streams share. All text here stands for bytes, one character each (Latin-1). */
export interface FixedPart {
  readonly length: number;
  readonly adler: number;
  /** Whole deflate blocks that end on a byte, or the bytes themselves where compressing gains nothing. */
  readonly bytes: string;
  readonly isDeflated: boolean;
}

/** CMF and FLG: 32 KB window, best compression, no dictionary (RFC 1950, 2.2). */
const HEADER = '\x78\xda';
/** Header of a stored block; also what ends the one before. */
const BLOCK_BYTES = 5;
/** The most that a stored block holds (RFC 1951, 3.2.4). */
const MOST_STORED = 0xffff;
/** The largest prime below 65536 (RFC 1950, 8.2). */
const BASE = 65_521;

/** Compresses a part so that it can stand between any others: it refers to nothing before it. */
export function prepareFixed(bytes: string): FixedPart {
  const deflated = deflateRawSync(Buffer.from(bytes, 'latin1'), {
    level: constants.Z_BEST_COMPRESSION,
    finishFlush: constants.Z_FULL_FLUSH,
  }).toString('latin1');
  const isDeflated = deflated.length + BLOCK_BYTES < bytes.length;
  return {
    length: bytes.length,
    adler: addToAdler(1, bytes),
    bytes: isDeflated ? deflated : bytes,
    isDeflated,
  };
}

/** Writes the stream of all parts in order; a plain text is stored. */
export function stitch(parts: readonly (FixedPart | string)[]): string {
  let stream = HEADER;
  let stored = '';
  let adler = 1;
  for (const part of parts) {
    if (typeof part === 'string') {
      stored += part;
      adler = addToAdler(adler, part);
      continue;
    }
    adler = combineAdler(adler, part);
    if (part.isDeflated) {
      stream += storedBlocks(stored, false) + part.bytes;
      stored = '';
    } else stored += part.bytes;
  }
  return stream + storedBlocks(stored, true) + bigEndian(adler);
}

/** Gives no block for nothing, unless it is the last, which must be there. */
function storedBlocks(bytes: string, isLast: boolean): string {
  let blocks = '';
  for (let at = 0; at < bytes.length || (isLast && at === 0); at += MOST_STORED) {
    const length = Math.min(bytes.length - at, MOST_STORED);
    const isFinal = isLast && at + MOST_STORED >= bytes.length;
    blocks +=
      String.fromCharCode(
        isFinal ? 1 : 0,
        length & 0xff,
        length >> 8,
        ~length & 0xff,
        (~length >> 8) & 0xff,
      ) + bytes.slice(at, at + length);
  }
  return blocks;
}

/** The sums stay below 2^53 for any text shorter than ten million bytes, so the remainder is taken only once. */
function addToAdler(adler: number, bytes: string): number {
  let low = adler & 0xffff;
  let high = adler >>> 16;
  for (let at = 0; at < bytes.length; at += 1) {
    low += bytes.charCodeAt(at);
    high += low;
  }
  return join(low % BASE, high % BASE);
}

/** The checksum of two texts after each other, from those of each; the first part of the sums begins at 1. */
function combineAdler(first: number, { adler, length }: FixedPart): number {
  const low = first & 0xffff;
  const high = (first >>> 16) + (length % BASE) * (low - 1 + BASE) + (adler >>> 16);
  return join((low + (adler & 0xffff) - 1 + BASE) % BASE, high % BASE);
}

function join(low: number, high: number): number {
  return ((high << 16) | low) >>> 0;
}

function bigEndian(value: number): string {
  return String.fromCharCode(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
}
