/**
 * The rectangles of a QR code as operators, and the same deflated: with a Huffman code made for them, because a general
 * one would first have to look at all of them, which takes longer than drawing the code.
 */
import { type Checksum, reduce } from './adler.ts';
import { BitWriter, type Code, chain, codeOf, codesOf, END_OF_BLOCK, headOf } from './huffman.ts';

/** Three numbers for each: column and row of the first module, and how many there are in the row. */
export type Bars = readonly number[];

/** Makes one rectangle of neighbouring dark modules of a row. */
export function barsOf(side: number, dark: Uint8Array): Bars {
  const bars: number[] = [];
  for (let row = 0; row < side; row += 1) {
    const first = row * side;
    for (let start = 0; start < side; start += 1) {
      if (dark[first + start] !== 1) continue;
      let after = start + 1;
      while (after < side && dark[first + after] === 1) after += 1;
      bars.push(start, row, after - start);
      start = after;
    }
  }
  return bars;
}

/** Ends each rectangle, which is one module high. */
const TAIL = '1 re\n';
/** After the last one: fills them all at once. */
const FILL = 'f Q\n';

/** Writes one rectangle a line, and fills them. @param place the operators before them */
export function writeBars(place: string, bars: Bars): string {
  let text = place;
  for (let at = 0; at < bars.length; at += 3) text += `${bars[at]} ${bars[at + 1]} ${bars[at + 2]} ${TAIL}`;
  return text + FILL;
}

/** The same deflated, to the end of a byte, with its checksum. */
export function deflateBars(place: string, bars: Bars): { deflated: string; checksum: Checksum } {
  const writer = new BitWriter(HEAD_BYTES + 2 * (place.length + bars.length) + 32);
  for (const code of HEAD) writer.write(code);
  for (let at = 0; at < place.length; at += 1) writer.write(letterOf(place.charCodeAt(at)));
  const sums = new Sums(place);
  for (let at = 0; at < bars.length; at += 3) {
    let digits = 0;
    for (let index = at; index < at + 3; index += 1) {
      const number = numberOf(bars[index] ?? 0);
      writer.write(number.code);
      sums.add(number.sums);
      digits += number.sums.length;
    }
    // The tail is that of the rectangle before, as far back as this one is long.
    if (at > 0) writer.write(backBy(digits + TAIL.length));
    else for (const code of FIRST_TAIL) writer.write(code);
    sums.add(TAIL_SUMS);
  }
  for (const code of REST) writer.write(code);
  sums.add(FILL_SUMS);
  return { deflated: `${writer.finish()}\x00\x00\xff\xff`, checksum: sums.checksum() };
}

const SPACE = 0x20;
const ZERO = 0x30;
/** A match of five bytes, as many as the tail has (RFC 1951, 3.2.5). */
const MATCH = 259;
/** By symbol the bits of its code: a space for three in ten symbols, a match for one in seven, else mostly digits. */
const LITERALS = new Map<number, number>([
  [SPACE, 2],
  [MATCH, 3],
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8].map((digit) => [ZERO + digit, 4] as const),
  [ZERO + 9, 5],
  ...Array.from('.\nrem', (letter) => [letter.charCodeAt(0), 8] as const),
  ...Array.from('qcgfQ', (letter) => [letter.charCodeAt(0), 9] as const),
  [END_OF_BLOCK, 9],
]);
/** Distances from 9 to 12 and from 13 to 16, two bits more saying which. */
const DISTANCES = new Map([
  [6, 1],
  [7, 1],
]);
const LENGTHS = new Map([
  [0, 1],
  [4, 2],
  [8, 4],
  [9, 4],
  [1, 5],
  [2, 5],
  [3, 5],
  [5, 5],
]);

const CODES = codesOf(LITERALS);
const HEAD = headOf(LITERALS, DISTANCES, LENGTHS);
const HEAD_BYTES = Math.ceil(HEAD.reduce((sum, { length }) => sum + length, 0) / 8);

const letterOf = (character: number): Code => codeOf(CODES, character);
const lettersOf = (text: string): Code[] => Array.from(text, (letter) => letterOf(letter.charCodeAt(0)));

const FIRST_TAIL = lettersOf(TAIL);
/** What fills the rectangles, the end, and the head of an empty stored block, which ends with the byte. */
const REST: readonly Code[] = [...lettersOf(FILL), letterOf(END_OF_BLOCK), { bits: 0, length: 3 }];

/** A match by its distance, from 9 to 16. */
const BACK = Array.from({ length: 17 }, (_, distance) => {
  const symbol = distance < 13 ? 6 : 7;
  const extra = { bits: Math.max(0, distance - 9) & 3, length: 2 };
  return chain([codeOf(CODES, MATCH), codeOf(codesOf(DISTANCES), symbol), extra]);
});

function backBy(distance: number): Code {
  return BACK[distance] ?? outOfRange(distance);
}

/** What a text adds to both sums of a checksum: by itself, and for each byte that stood before. */
interface Addition {
  readonly low: number;
  readonly high: number;
  readonly length: number;
}

function additionOf(text: string): Addition {
  let low = 0;
  let high = 0;
  for (let at = 0; at < text.length; at += 1) {
    low += text.charCodeAt(at);
    high += low;
  }
  return { low, high, length: text.length };
}

const TAIL_SUMS = additionOf(TAIL);
const FILL_SUMS = additionOf(FILL);

/** Both sums of a checksum (RFC 1950, 8.2), left to grow: those of a code are far from what a number can hold. */
class Sums {
  #low = 1;
  #high = 0;
  #length = 0;

  constructor(text: string) {
    this.add(additionOf(text));
  }

  add({ low, high, length }: Addition): void {
    this.#high += high + this.#low * length;
    this.#low += low;
    this.#length += length;
  }

  checksum(): Checksum {
    return reduce({ low: this.#low, high: this.#high, length: this.#length });
  }
}

/** Each number below 200 with the space behind it: a code of the largest version has fewer modules to a side. */
const NUMBERS = Array.from({ length: 200 }, (_, number) => {
  const text = `${number} `;
  return { code: chain(lettersOf(text)), sums: additionOf(text) };
});

function numberOf(number: number): { readonly code: Code; readonly sums: Addition } {
  return NUMBERS[number] ?? outOfRange(number);
}

function outOfRange(number: number): never {
  throw new RangeError(`${number} is in no QR code`);
}
