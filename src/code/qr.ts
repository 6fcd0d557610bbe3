/**
 * Encodes a QR code (ISO/IEC 18004) with error correction M; versions 1 to 13, which hold whatever stands on a document,
 * from tables. The mask is always the same one, which every reader must undo whichever it is; trying all eight would
 * cost more than everything else on the page.
 */
import { encode, QrCodeDataType } from 'uqr';
import { addCorrection } from './reed-solomon.ts';

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

/**
 * Encodes a text in the smallest version it fits; good until the next one. What is too long for the tables is encoded in
 * the general way.
 */
export function encodeQr(text: string): Modules {
  const isAlphanumeric = ALPHANUMERIC.test(text);
  const bytes = isAlphanumeric ? undefined : Buffer.from(text);
  const length = bytes?.length ?? text.length;
  let version = 1;
  while (version <= BLOCKS.length && bitsOf(length, isAlphanumeric, version) > 8 * dataOf(version))
    version += 1;
  if (version > BLOCKS.length) return encodeAnyhow(text);
  const table = tableOf(version);
  const writer = new BitWriter(table.codewords, dataOf(version));
  if (bytes === undefined) writeAlphanumeric(writer, text, version);
  else writeBytes(writer, bytes, version);
  writer.finish();
  correct(table, version);
  return draw(table);
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

function bitsOf(length: number, isAlphanumeric: boolean, version: number): number {
  const head = 4 + lengthBits(version, isAlphanumeric);
  return head + (isAlphanumeric ? Math.ceil((11 * length) / 2) : 8 * length);
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
  readonly #length: number;
  #bits = 0;

  /** @param length how many of them hold data */
  constructor(codewords: Uint8Array, length: number) {
    this.#codewords = codewords.fill(0);
    this.#length = length;
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
  finish(): void {
    const end = Math.min(this.#bits + 4, 8 * this.#length);
    for (let at = Math.ceil(end / 8), turn = 0; at < this.#length; at += 1, turn += 1)
      this.#codewords[at] = turn % 2 === 0 ? 0xec : 0x11;
  }
}

/** Adds the error correction of each block behind the data. */
function correct({ codewords }: Table, version: number): void {
  const [blocks, longer, shortest, correction] = BLOCKS[version - 1] ?? [0, 0, 0, 0];
  let start = 0;
  let to = dataOf(version);
  for (let block = 0; block < blocks; block += 1, to += correction) {
    const end = start + shortest + (block >= blocks - longer ? 1 : 0);
    addCorrection(codewords, start, end, to, correction);
    start = end;
  }
}

/**
 * Where each codeword comes among all, by its place block after block: first codewords of all blocks, then the second ones
 * …; then those of the error correction (7.6).
 */
function interleaved(version: number): number[] {
  const [blocks, longer, shortest, correction] = BLOCKS[version - 1] ?? [0, 0, 0, 0];
  const data: number[] = [];
  const corrections: number[] = [];
  for (let block = 0; block < blocks; block += 1) {
    for (let at = 0; at < shortest; at += 1) data.push(at * blocks + block);
    if (block >= blocks - longer) data.push(shortest * blocks + block - (blocks - longer));
    for (let at = 0; at < correction; at += 1) corrections.push(dataOf(version) + at * blocks + block);
  }
  return [...data, ...corrections];
}

/** All that is the same in codes of one version, and memory for the next one. */
interface Table {
  readonly side: number;
  /** A code without data, with the mask where data will be. */
  readonly empty: Uint8Array;
  /** The modules of the bits of the codewords, block after block. */
  readonly places: Uint16Array;
  /** Data block after block, then their error correction. */
  readonly codewords: Uint8Array;
  readonly dark: Uint8Array;
}

function draw({ side, empty, places, codewords, dark }: Table): Modules {
  dark.set(empty);
  for (let at = 0; at < codewords.length; at += 1) {
    const codeword = codewords[at] ?? 0;
    for (let bit = 0; bit < 8; bit += 1) {
      const module = places[8 * at + bit] ?? 0;
      // Without asking whether the bit is set: that is as good as random, and would be guessed wrong every other time.
      dark[module] = (dark[module] ?? 0) ^ ((codeword >> (7 - bit)) & 1);
    }
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
  const inOrder = zigzag(side).filter(isData);
  const order = interleaved(version);
  const places = order.flatMap((codeword) => inOrder.slice(8 * codeword, 8 * codeword + 8));
  return {
    side,
    empty,
    places: Uint16Array.from(places),
    codewords: new Uint8Array(order.length),
    dark: new Uint8Array(empty.length),
  };
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
