/**
 * Encodes a QR code (ISO/IEC 18004) with error correction M; versions 1 to 13, which hold whatever stands on a document,
 * from tables. The mask is always the same one, which every reader must undo whichever it is; trying all eight would
 * cost more than everything else on the page.
 */
import { encode, QrCodeDataType } from 'uqr';
import { correctionOf } from './reed-solomon.ts';

/** The modules of a code, row by row without quiet zone; 1 is dark. */
export interface Modules {
  readonly side: number;
  readonly dark: Uint8Array;
}

/** Dark in the first of every three columns (table 10); fixed so that the text decides nothing but its own modules. */
export const MASK = 2;

/** Table 9, level M, from version 1: blocks, data codewords of the first of them, codewords of error correction. */
const BLOCKS: readonly (readonly [blocks: number, longer: number, data: number, correction: number])[] = [
  [1, 0, 16, 10],
  [1, 0, 28, 16],
  [1, 0, 44, 26],
  [2, 0, 32, 18],
  [2, 0, 43, 24],
  [4, 0, 27, 16],
  [4, 0, 31, 18],
  [4, 2, 38, 22],
  [5, 2, 36, 22],
  [5, 1, 43, 26],
  [5, 4, 50, 30],
  [8, 2, 36, 22],
  [9, 1, 37, 22],
];

/** Encodes a text in the smallest version it fits. What is too long for the tables is encoded in the general way. */
export function encodeQr(text: string): Modules {
  const isAlphanumeric = ALPHANUMERIC.test(text);
  const bytes = isAlphanumeric ? undefined : new TextEncoder().encode(text);
  const version = BLOCKS.findIndex((_, at) => bitsOf(text, bytes, at + 1) <= 8 * dataOf(at + 1)) + 1;
  if (version === 0) return encodeAnyhow(text);
  const writer = new BitWriter(dataOf(version));
  if (bytes === undefined) writeAlphanumeric(writer, text, version);
  else writeBytes(writer, bytes, version);
  return draw(tableOf(version), interleave(writer.finish(), version));
}

function encodeAnyhow(text: string): Modules {
  const { data, size } = encode(text, { ecc: 'M', border: 0 });
  return { side: size, dark: Uint8Array.from(data.flat(), Number) };
}

/** The characters of the alphanumeric mode (table 5), in the order of their values. */
const CHARACTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const ALPHANUMERIC = /^[0-9A-Z $%*+\-./:]+$/;

function dataOf(version: number): number {
  const [blocks, longer, data] = BLOCKS[version - 1] ?? [0, 0, 0];
  return blocks * data + longer;
}

/** Table 3: the length takes more bits from version 10 on. */
function lengthBits(version: number, isAlphanumeric: boolean): number {
  if (isAlphanumeric) return version < 10 ? 9 : 11;
  return version < 10 ? 8 : 16;
}

function bitsOf(text: string, bytes: Uint8Array | undefined, version: number): number {
  const head = 4 + lengthBits(version, bytes === undefined);
  return head + (bytes === undefined ? Math.ceil((11 * text.length) / 2) : 8 * bytes.length);
}

/** Mode 0010, length, eleven bits for two characters and six for a last single one (7.4.4). */
function writeAlphanumeric(writer: BitWriter, text: string, version: number): void {
  writer.write(2, 4);
  writer.write(text.length, lengthBits(version, true));
  for (let at = 0; at < text.length; at += 2) {
    const value = CHARACTERS.indexOf(text.charAt(at));
    if (at + 1 === text.length) writer.write(value, 6);
    else writer.write(value * 45 + CHARACTERS.indexOf(text.charAt(at + 1)), 11);
  }
}

/** Mode 0100, length, bytes (7.4.5). */
function writeBytes(writer: BitWriter, bytes: Uint8Array, version: number): void {
  writer.write(4, 4);
  writer.write(bytes.length, lengthBits(version, false));
  for (const byte of bytes) writer.write(byte, 8);
}

/** Codewords being filled bit by bit. */
class BitWriter {
  readonly #codewords: Uint8Array;
  #bits = 0;

  constructor(length: number) {
    this.#codewords = new Uint8Array(length);
  }

  write(value: number, length: number): void {
    for (let left = length; left > 0; ) {
      const free = 8 - (this.#bits & 7);
      const taken = Math.min(free, left);
      const part = (value >> (left - taken)) & ((1 << taken) - 1);
      const at = this.#bits >> 3;
      this.#codewords[at] = (this.#codewords[at] ?? 0) | (part << (free - taken));
      this.#bits += taken;
      left -= taken;
    }
  }

  /** Terminator, as far as there is room, then two codewords in turn to fill up (7.4.9, 7.4.10). */
  finish(): Uint8Array {
    const { length } = this.#codewords;
    const end = Math.min(this.#bits + 4, 8 * length);
    for (let at = Math.ceil(end / 8), turn = 0; at < length; at += 1, turn += 1)
      this.#codewords[at] = turn % 2 === 0 ? 0xec : 0x11;
    return this.#codewords;
  }
}

/** First codewords of all blocks, then the second ones …; then those of the error correction (7.6). */
function interleave(data: Uint8Array, version: number): Uint8Array {
  const [blocks, longer, shortest, correction] = BLOCKS[version - 1] ?? [0, 0, 0, 0];
  const result = new Uint8Array(data.length + blocks * correction);
  let start = 0;
  for (let block = 0; block < blocks; block += 1) {
    const isLonger = block >= blocks - longer;
    const own = data.subarray(start, start + shortest + (isLonger ? 1 : 0));
    start += own.length;
    for (let at = 0; at < shortest; at += 1) result[at * blocks + block] = own[at] ?? 0;
    if (isLonger) result[shortest * blocks + block - (blocks - longer)] = own[shortest] ?? 0;
    const remainder = correctionOf(own, correction);
    for (let at = 0; at < correction; at += 1) result[data.length + at * blocks + block] = remainder[at] ?? 0;
  }
  return result;
}

/** A code without data: what is the same in all of its version, with the mask where data will be; their places in order. */
interface Table {
  readonly side: number;
  readonly empty: Uint8Array;
  readonly places: Uint16Array;
}

function draw({ side, empty, places }: Table, codewords: Uint8Array): Modules {
  const dark = empty.slice();
  for (let bit = 0; bit < codewords.length * 8; bit += 1) {
    const codeword = codewords[bit >> 3] ?? 0;
    if (((codeword >> (7 - (bit & 7))) & 1) === 0) continue;
    const module = places[bit] ?? 0;
    dark[module] = (dark[module] ?? 0) ^ 1;
  }
  return { side, dark };
}

const tables = new Map<number, Table>();

function tableOf(version: number): Table {
  const known = tables.get(version) ?? prepare(version);
  tables.set(version, known);
  return known;
}

function prepare(version: number): Table {
  const fixed = { ecc: 'M', border: 0, minVersion: version, maxVersion: version, maskPattern: MASK } as const;
  const { data, types, size: side } = encode('', fixed);
  const isData = (module: number) =>
    types[Math.floor(module / side)]?.[module % side] === QrCodeDataType.Data;
  const empty = Uint8Array.from(data.flat(), (isDark, module) =>
    isData(module) ? Number((module % side) % 3 === 0) : Number(isDark),
  );
  return { side, empty, places: Uint16Array.from(zigzag(side).filter(isData)) };
}

/** Pairs of columns from the right, by turns upwards and downwards, without the column of the timing pattern (7.7.3). */
function zigzag(side: number): number[] {
  const rights = Array.from({ length: side }, (_, column) => side - 1 - column).filter((column) =>
    column > 6 ? column % 2 === 0 : column % 2 === 1,
  );
  return rights.flatMap((right, pair) =>
    Array.from({ length: 2 * side }, (_, step) => {
      const down = step >> 1;
      return (pair % 2 === 0 ? side - 1 - down : down) * side + right - (step & 1);
    }),
  );
}
