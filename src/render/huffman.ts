/** Writes blocks of the deflate format with a Huffman code made beforehand (RFC 1951, 3.2.7). */

/** How many bits a symbol has, and those bits in the order they are written, the first in the lowest place. */
export interface Code {
  readonly bits: number;
  readonly length: number;
}

/** Symbol → length of its code in bits; what is left out is never written. The lengths must leave no code unused. */
export type Lengths = ReadonlyMap<number, number>;

/** Ends a block. */
export const END_OF_BLOCK = 256;

/** Gives each symbol its code: the shorter first, and among those of one length in the order of the symbols (3.2.2). */
export function codesOf(lengths: Lengths): ReadonlyMap<number, Code> {
  const codes = new Map<number, Code>();
  let next = 0;
  let former = 0;
  const ordered = [...lengths].sort(([one, a], [other, b]) => a - b || one - other);
  for (const [symbol, length] of ordered) {
    next <<= length - former;
    codes.set(symbol, { bits: reverse(next, length), length });
    next += 1;
    former = length;
  }
  return codes;
}

/** Codes are written from their highest bit on, everything else from its lowest. */
function reverse(bits: number, length: number): number {
  let reversed = 0;
  for (let at = 0; at < length; at += 1) reversed |= ((bits >> at) & 1) << (length - 1 - at);
  return reversed;
}

/** Puts codes one after the other. The sum of two may not have more than 25 bits. */
export function chain(codes: readonly Code[]): Code {
  return codes.reduce((one, other) => ({
    bits: one.bits | (other.bits << one.length),
    length: one.length + other.length,
  }));
}

/** A code as one number: its bits, 24 at most, and their number above them. */
export function packed({ bits, length }: Code): number {
  return bits | (length << LENGTH_AT);
}

const NOTHING: Code = { bits: 0, length: 0 };
const LENGTH_AT = 24;
const BITS = (1 << LENGTH_AT) - 1;

/**
 * Writes codes, as `packed` gives them, one after the other, and fills up the last byte; gives where that ends.
 * @param to has room for three bytes more than there are
 * @param at where they begin, behind fewer than eight bits that are not written yet
 */
export function writeCodes(codes: Int32Array, to: Uint8Array, at = 0, before = NOTHING): number {
  let pending = before.bits;
  let count = before.length;
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index] ?? 0;
    pending |= (code & BITS) << count;
    count += code >> LENGTH_AT;
    // Always three bytes, of which the whole ones stay: asking how many there are takes longer.
    to[at] = pending;
    to[at + 1] = pending >> 8;
    to[at + 2] = pending >> 16;
    at += count >> 3;
    pending >>= count & 0x18;
    count &= 7;
  }
  to[at] = pending;
  return count === 0 ? at : at + 1;
}

/** The order in which the lengths of the code for lengths are written (3.2.7). */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15] as const;

/**
 * Gives what stands before the symbols of a block that is not the last: its codes.
 * @param literals lengths for bytes, `END_OF_BLOCK` and lengths of matches
 * @param distances lengths for distances of matches
 * @param ofLengths lengths of the code in which those are written, also of 0
 */
export function headOf(literals: Lengths, distances: Lengths, ofLengths: Lengths): readonly Code[] {
  const [literalCount, distanceCount] = [literals, distances].map((one) => Math.max(...one.keys()) + 1);
  const codes = codesOf(ofLengths);
  const head: Code[] = [
    { bits: 0b100, length: 3 },
    { bits: (literalCount ?? 0) - 257, length: 5 },
    { bits: (distanceCount ?? 0) - 1, length: 5 },
    { bits: ORDER.length - 4, length: 4 },
    ...ORDER.map((symbol) => ({ bits: ofLengths.get(symbol) ?? 0, length: 3 })),
  ];
  for (const [lengths, count = 0] of [[literals, literalCount] as const, [distances, distanceCount] as const])
    for (let symbol = 0; symbol < count; symbol += 1) head.push(codeOf(codes, lengths.get(symbol) ?? 0));
  return head;
}

/** @throws RangeError for a symbol that has no code */
export function codeOf(codes: ReadonlyMap<number, Code>, symbol: number): Code {
  const code = codes.get(symbol);
  if (code === undefined) throw new RangeError(`symbol ${symbol} has no code`);
  return code;
}
