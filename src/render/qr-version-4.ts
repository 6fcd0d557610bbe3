/**
 * Encodes bytes as QR code of version 4 with error correction M (ISO/IEC 18004), from tables: an address with its token
 * nearly always has this size. The mask is always the same one, which every reader must undo whichever it is; trying all
 * eight would cost more than everything else on the page.
 */
import { encode, QrCodeDataType } from 'uqr';

/** The modules of a code, row by row without quiet zone; 1 is dark. */
export interface Modules {
  readonly side: number;
  readonly dark: Uint8Array;
}

/** The most bytes that fit (table 7: 64 codewords less mode and length). */
export const VERSION_4_BYTES = 62;
/** Dark in the first of every three columns (table 10); fixed so that the token decides nothing but its own modules. */
export const MASK = 2;

const SIDE = 33;
/** Table 9: two blocks of 32 data codewords, each followed by 18 of error correction. */
const BLOCKS = 2;
const DATA = 32;
const CORRECTION = 18;

/** @throws RangeError when there are more bytes than fit */
export function encodeVersion4(bytes: Uint8Array): Modules {
  if (bytes.length > VERSION_4_BYTES) throw new RangeError(`${bytes.length} bytes do not fit`);
  const codewords = interleave(toData(bytes));
  const dark = EMPTY.slice();
  for (let bit = 0; bit < codewords.length * 8; bit += 1) {
    const codeword = codewords[bit >> 3] ?? 0;
    if (((codeword >> (7 - (bit & 7))) & 1) === 0) continue;
    const module = PLACES[bit] ?? 0;
    dark[module] = (dark[module] ?? 0) ^ 1;
  }
  return { side: SIDE, dark };
}

/** Mode 0100, length, bytes, terminator 0000, and two codewords in turn to fill up (7.4.5, 7.4.9, 7.4.10). */
function toData(bytes: Uint8Array): Uint8Array {
  const data = new Uint8Array(BLOCKS * DATA);
  // Mode and length take three nibbles, so every byte lies across two codewords.
  data[0] = 0x40 | (bytes.length >> 4);
  let left = (bytes.length & 15) << 4;
  let at = 1;
  for (; at <= bytes.length; at += 1) {
    const byte = bytes[at - 1] ?? 0;
    data[at] = left | (byte >> 4);
    left = (byte & 15) << 4;
  }
  data[at] = left;
  for (let filling = 0xec; ++at < data.length; filling ^= 0xec ^ 0x11) data[at] = filling;
  return data;
}

/** First codewords of all blocks, then the second ones …; then those of the error correction (7.6). */
function interleave(data: Uint8Array): Uint8Array {
  const result = new Uint8Array(BLOCKS * (DATA + CORRECTION));
  for (let block = 0; block < BLOCKS; block += 1) {
    const own = data.subarray(block * DATA, (block + 1) * DATA);
    const correction = correctionOf(own);
    for (let at = 0; at < DATA; at += 1) result[at * BLOCKS + block] = own[at] ?? 0;
    for (let at = 0; at < CORRECTION; at += 1) result[(DATA + at) * BLOCKS + block] = correction[at] ?? 0;
  }
  return result;
}

/** Remainder of the data as polynomial over GF(256), divided by the generator polynomial (7.5.2). */
function correctionOf(data: Uint8Array): Uint8Array {
  const remainder = new Uint8Array(CORRECTION);
  for (let codeword = 0; codeword < DATA; codeword += 1) {
    const factor = (data[codeword] ?? 0) ^ (remainder[0] ?? 0);
    // A row of the table is the generator times the factor, so nothing is multiplied here.
    const row = factor * CORRECTION;
    for (let at = 0; at < CORRECTION - 1; at += 1)
      remainder[at] = (remainder[at + 1] ?? 0) ^ (MULTIPLES[row + at] ?? 0);
    remainder[CORRECTION - 1] = MULTIPLES[row + CORRECTION - 1] ?? 0;
  }
  return remainder;
}

/** Powers of 2 modulo x^8 + x^4 + x^3 + x^2 + 1, written twice so that two logarithms may be added; and their inverse. */
const POWER = new Uint8Array(510);
const LOG = new Uint8Array(256);
for (let exponent = 0, value = 1; exponent < 255; exponent += 1) {
  POWER[exponent] = value;
  POWER[exponent + 255] = value;
  LOG[value] = exponent;
  value = value < 128 ? value << 1 : ((value << 1) ^ 0x11d) & 0xff;
}

/** Logarithms of the coefficients of (x - 1)(x - 2)(x - 4)…, the leading one left out; none of them is 0. */
const GENERATOR_LOGS = generatorLogs();

function generatorLogs(): Uint8Array {
  let product = [1];
  for (let root = 0; root < CORRECTION; root += 1) {
    const shifted = [...product, 0];
    for (const [at, coefficient] of product.entries()) {
      const times = coefficient === 0 ? 0 : (POWER[(LOG[coefficient] ?? 0) + root] ?? 0);
      shifted[at + 1] = (shifted[at + 1] ?? 0) ^ times;
    }
    product = shifted;
  }
  return Uint8Array.from(product.slice(1), (coefficient) => LOG[coefficient] ?? 0);
}

/** The generator's coefficients times each factor, one row for each. */
const MULTIPLES = Uint8Array.from({ length: 256 * CORRECTION }, (_, place) => {
  const factor = Math.floor(place / CORRECTION);
  const log = (LOG[factor] ?? 0) + (GENERATOR_LOGS[place % CORRECTION] ?? 0);
  return factor === 0 ? 0 : (POWER[log] ?? 0);
});

/** The code without data: what is the same in all, and the mask where data will be. The places of data in their order. */
const { EMPTY, PLACES } = prepare();

function prepare(): { EMPTY: Uint8Array; PLACES: Uint16Array } {
  const { data, types } = encode('', {
    ecc: 'M',
    border: 0,
    minVersion: 4,
    maxVersion: 4,
    maskPattern: MASK,
  });
  const isData = (module: number) =>
    types[Math.floor(module / SIDE)]?.[module % SIDE] === QrCodeDataType.Data;
  const EMPTY = Uint8Array.from(data.flat(), (isDark, module) =>
    isData(module) ? Number((module % SIDE) % 3 === 0) : Number(isDark),
  );
  return { EMPTY, PLACES: Uint16Array.from(zigzag().filter(isData)) };
}

/** Pairs of columns from the right, by turns upwards and downwards, without the column of the timing pattern (7.7.3). */
function zigzag(): number[] {
  const rights = Array.from({ length: SIDE }, (_, column) => SIDE - 1 - column).filter((column) =>
    column > 6 ? column % 2 === 0 : column % 2 === 1,
  );
  return rights.flatMap((right, pair) =>
    Array.from({ length: 2 * SIDE }, (_, step) => {
      const down = step >> 1;
      return (pair % 2 === 0 ? SIDE - 1 - down : down) * SIDE + right - (step & 1);
    }),
  );
}
