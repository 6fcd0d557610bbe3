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

/** Gives `length` codewords of correction: the remainder of the data as polynomial, divided by the generator's. */
export function correctionOf(data: Uint8Array, length: number): Uint8Array {
  const multiples = multiplesOf(length);
  const remainder = new Uint8Array(length);
  for (let codeword = 0; codeword < data.length; codeword += 1) {
    const factor = (data[codeword] ?? 0) ^ (remainder[0] ?? 0);
    // A row of the table is the generator times the factor, so nothing is multiplied here.
    const row = factor * length;
    for (let at = 0; at < length - 1; at += 1)
      remainder[at] = (remainder[at + 1] ?? 0) ^ (multiples[row + at] ?? 0);
    remainder[length - 1] = multiples[row + length - 1] ?? 0;
  }
  return remainder;
}

const tables = new Map<number, Uint8Array>();

/** The generator's coefficients times each factor, one row for each. */
function multiplesOf(length: number): Uint8Array {
  const known = tables.get(length);
  if (known !== undefined) return known;
  const generator = generatorOf(length);
  const multiples = Uint8Array.from({ length: 256 * length }, (_, place) => {
    const factor = Math.floor(place / length);
    const log = (LOG[factor] ?? 0) + (generator[place % length] ?? 0);
    return factor === 0 ? 0 : (POWER[log] ?? 0);
  });
  tables.set(length, multiples);
  return multiples;
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
