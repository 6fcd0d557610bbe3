/**
 * The rectangles of a QR code as operators, and the same deflated: with a Huffman code made for them, because a general
 * one would first have to look at all of them, which takes longer than drawing the code.
 */
import { type Checksum, reduce } from './adler.ts';
import { type Code, chain, codeOf, codesOf, END_OF_BLOCK, headOf, packed, writeCodes } from './huffman.ts';

/** Three numbers for each: column and row of the first module, and how many there are in the row. */
export type Bars = Uint8Array;

/** The bars of the last code: there are at most two for each four modules of a row, and one more at its end. */
let bars = new Uint8Array(0);

/** Makes one rectangle of neighbouring dark modules of a row; good until the next code. */
export function barsOf(side: number, dark: Uint8Array): Bars {
  const most = 3 * side * Math.ceil(side / 2);
  if (bars.length < most) bars = new Uint8Array(most);
  let count = 0;
  for (let row = 0, at = 0; row < side; row += 1) {
    const end = at + side;
    while (at < end) {
      const start = at;
      while (at < end && dark[at] === 1) at += 1;
      if (at > start) {
        bars[count] = start + side - end;
        bars[count + 1] = row;
        bars[count + 2] = at - start;
        count += 3;
      }
      at += 1;
    }
    at = end;
  }
  return bars.subarray(0, count);
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

/** The same deflated, to the end of a byte, with its checksum; good until the next code. */
export function deflateBars(place: string, bars: Bars): { deflated: Uint8Array; checksum: Checksum } {
  if (place !== beginning.place) beginning = begin(place);
  makeRoom(bars);
  // Both sums are left to grow: those of a code are far from what a number can hold.
  let { low, high, length } = beginning;
  let count = 0;
  for (let at = 0; at < bars.length; at += 3) {
    const column = bars[at] ?? 0;
    const row = bars[at + 1] ?? 0;
    const width = bars[at + 2] ?? 0;
    const first = CHARACTERS[column] ?? 0;
    const second = CHARACTERS[row] ?? 0;
    const third = CHARACTERS[width] ?? 0;
    const back = first + second + third + TAIL.length;
    high += (HIGHS[column] ?? 0) + low * first;
    low += LOWS[column] ?? 0;
    high += (HIGHS[row] ?? 0) + low * second;
    low += LOWS[row] ?? 0;
    high += (ENDING_HIGHS[width] ?? 0) + low * (third + TAIL.length);
    low += ENDING_LOWS[width] ?? 0;
    length += back;
    codes[count] = NUMBERS[column] ?? 0;
    codes[count + 1] = NUMBERS[row] ?? 0;
    // The tail is that of the rectangle before, as far back as this one is long.
    codes[count + 2] = at === 0 ? (NUMBERS[width] ?? 0) : (ENDINGS[width * DISTANCE_COUNT + back] ?? 0);
    count += 3;
    if (at > 0) continue;
    codes.set(FIRST_TAIL, count);
    count += FIRST_TAIL.length;
  }
  codes.set(REST, count);
  high += FILL_SUMS.high + low * FILL.length;
  low += FILL_SUMS.low;
  written.set(beginning.bytes);
  const { bytes, pending } = beginning;
  const end = writeCodes(codes.subarray(0, count + REST.length), written, bytes.length, pending);
  written.set(EMPTY_BLOCK, end);
  const deflated = written.subarray(0, end + EMPTY_BLOCK.length);
  return { deflated, checksum: reduce({ low, high, length: length + FILL.length }) };
}

/** The codes of the last one, and what was written of them. */
let codes = new Int32Array(0);
let written = new Uint8Array(0);

function makeRoom(bars: Bars): void {
  const most = bars.length + FIRST_TAIL.length + REST.length;
  if (codes.length < most) codes = new Int32Array(most);
  const mostBytes = beginning.bytes.length + 4 * most;
  if (written.length < mostBytes) written = new Uint8Array(mostBytes);
}

/** What stands before the rectangles: codes of the block and operators. Nearly all documents have their code in one place. */
interface Beginning extends Checksum {
  readonly place: string;
  readonly bytes: Uint8Array;
  /** The code that does not fill a byte. */
  readonly pending: Code;
}

function begin(place: string): Beginning {
  const head = [...HEAD, ...lettersOf(place)];
  const bits = head.reduce((sum, { length }) => sum + length, 0);
  const bytes = new Uint8Array(Math.ceil(bits / 8) + 3);
  writeCodes(Int32Array.from(head, packed), bytes);
  const whole = bits >> 3;
  const { low, high } = additionOf(place);
  return {
    place,
    bytes: bytes.subarray(0, whole),
    pending: { bits: bytes[whole] ?? 0, length: bits & 7 },
    low: 1 + low,
    high: place.length + high,
    length: place.length,
  };
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

const letterOf = (character: number): Code => codeOf(CODES, character);
const lettersOf = (text: string): Code[] => Array.from(text, (letter) => letterOf(letter.charCodeAt(0)));

const FIRST_TAIL = lettersOf(TAIL).map(packed);
/** What fills the rectangles, the end, and an empty stored block, whose head fills up the byte. */
const REST = [...lettersOf(FILL), letterOf(END_OF_BLOCK), { bits: 0, length: 3 }].map(packed);
const EMPTY_BLOCK = [0x00, 0x00, 0xff, 0xff];

/** What a text adds to both sums of a checksum: by itself, and for each byte that stood before. */
interface Addition {
  readonly low: number;
  readonly high: number;
}

function additionOf(text: string): Addition {
  let low = 0;
  let high = 0;
  for (let at = 0; at < text.length; at += 1) {
    low += text.charCodeAt(at);
    high += low;
  }
  return { low, high };
}

const FILL_SUMS = additionOf(FILL);

/** By number, below 200, with the space behind it: a code of the largest version has fewer modules to a side. */
const TEXTS = Array.from({ length: 200 }, (_, number) => `${number} `);
const NUMBERS = Int32Array.from(TEXTS, (text) => packed(chain(lettersOf(text))));
const LOWS = Int32Array.from(TEXTS, (text) => additionOf(text).low);
const HIGHS = Int32Array.from(TEXTS, (text) => additionOf(text).high);
const CHARACTERS = Int32Array.from(TEXTS, (text) => text.length);
/** The same with the tail behind it. */
const ENDING_LOWS = Int32Array.from(TEXTS, (text) => additionOf(text + TAIL).low);
const ENDING_HIGHS = Int32Array.from(TEXTS, (text) => additionOf(text + TAIL).high);

/** A tail is from 11 to 16 bytes behind that before it, whatever the numbers. */
const DISTANCE_COUNT = 17;

/** By number times `DISTANCE_COUNT` and distance: the last number of a rectangle, and the match that is its tail. */
const ENDINGS = Int32Array.from({ length: TEXTS.length * DISTANCE_COUNT }, (_, place) => {
  const [text = '', distance] = [TEXTS[Math.floor(place / DISTANCE_COUNT)], place % DISTANCE_COUNT];
  const symbol = codeOf(codesOf(DISTANCES), distance < 13 ? 6 : 7);
  const extra = { bits: Math.max(0, distance - 9) & 3, length: 2 };
  return packed(chain([...lettersOf(text), codeOf(CODES, MATCH), symbol, extra]));
});

let beginning = begin('');
