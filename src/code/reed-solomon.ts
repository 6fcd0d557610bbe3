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
  const generator = generatorOf(length);
  const remainder = new Uint8Array(length);
  for (const codeword of data) {
    const factor = codeword ^ (remainder[0] ?? 0);
    remainder.copyWithin(0, 1);
    remainder[length - 1] = 0;
    if (factor === 0) continue;
    const log = LOG[factor] ?? 0;
    for (let at = 0; at < length; at += 1)
      remainder[at] = (remainder[at] ?? 0) ^ (POWER[log + (generator[at] ?? 0)] ?? 0);
  }
  return remainder;
}

const generators = new Map<number, Uint8Array>();

/** Logarithms of the coefficients of (x - 1)(x - 2)(x - 4)…, the leading one left out; none of them is 0. */
function generatorOf(length: number): Uint8Array {
  const known = generators.get(length);
  if (known !== undefined) return known;
  let product = [1];
  for (let root = 0; root < length; root += 1) {
    const shifted = [...product, 0];
    for (const [at, coefficient] of product.entries()) {
      const times = coefficient === 0 ? 0 : (POWER[(LOG[coefficient] ?? 0) + root] ?? 0);
      shifted[at + 1] = (shifted[at + 1] ?? 0) ^ times;
    }
    product = shifted;
  }
  const logs = Uint8Array.from(product.slice(1), (coefficient) => LOG[coefficient] ?? 0);
  generators.set(length, logs);
  return logs;
}
