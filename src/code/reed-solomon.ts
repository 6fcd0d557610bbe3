/** The error correction of QR codes: Reed-Solomon over GF(256) (ISO/IEC 18004, 7.5.2 and annex A). */

/** Powers of 2 modulo x^8 + x^4 + x^3 + x^2 + 1, written twice so that two logarithms may be added; and their inverse. */
const POWER = new Uint8Array(510);
const LOG = new Uint8Array(256);
for (let exponent = 0, value = 1; exponent < 255; exponent += 1) {
  POWER[exponent] = value;
  POWER[exponent + 255] = value;
  LOG[value] = exponent;
  value = value < 128 ? value << 1 : ((value << 1) ^ 0x11d) & 0xff;
}

/** The words of the remainder being computed; more than any code has. */
const remainder = new Int32Array(16);

/**
 * Adds the correction of the codewords from `from` until `until`, so many of them from `to` on: the remainder of the data
 * as polynomial, divided by the generator's.
 */
export function addCorrection(
  codewords: Uint8Array,
  from: number,
  until: number,
  to: number,
  length: number,
): void {
  const { words, multiples } = multiplesOf(length);
  remainder.fill(0);
  for (let at = from; at < until; at += 1) {
    let own = remainder[0] ?? 0;
    // A row of the table is the generator times the factor, so nothing is multiplied here.
    let row = ((codewords[at] ?? 0) ^ (own >>> 24)) * words;
    for (let word = 0; word < words; word += 1, row += 1) {
      const next = remainder[word + 1] ?? 0;
      remainder[word] = (own << 8) ^ (next >>> 24) ^ (multiples[row] ?? 0);
      own = next;
    }
  }
  for (let at = 0; at < length; at += 1)
    codewords[to + at] = (remainder[at >> 2] ?? 0) >> (24 - 8 * (at & 3));
}

/** The generator's coefficients times each factor, one row for each; four coefficients a word, the first the highest. */
interface Multiples {
  /** How many to a row. */
  readonly words: number;
  readonly multiples: Int32Array;
}

const tables = new Map<number, Multiples>();

function multiplesOf(length: number): Multiples {
  const known = tables.get(length);
  if (known !== undefined) return known;
  const generator = generatorOf(length);
  const words = Math.ceil(length / 4);
  const multiples = new Int32Array(256 * words);
  for (let factor = 1; factor < 256; factor += 1) {
    for (const [at, coefficient] of generator.entries()) {
      const product = POWER[(LOG[factor] ?? 0) + coefficient] ?? 0;
      const word = factor * words + (at >> 2);
      multiples[word] = (multiples[word] ?? 0) | (product << (24 - 8 * (at & 3)));
    }
  }
  tables.set(length, { words, multiples });
  return { words, multiples };
}

/** Logarithms of the coefficients of (x - 1)(x - 2)(x - 4)…, the leading one left out; none of them is 0. */
function generatorOf(length: number): Uint8Array {
  let product = [1];
  for (let root = 0; root < length; root += 1) {
    const shifted = [...product, 0];
    for (const [at, coefficient] of product.entries()) {
      const times = coefficient === 0 ? 0 : (POWER[(LOG[coefficient] ?? 0) + root] ?? 0);
      shifted[at + 1] = (shifted[at + 1] ?? 0) ^ times;
    }
    product = shifted;
  }
  return Uint8Array.from(product.slice(1), (coefficient) => LOG[coefficient] ?? 0);
}
