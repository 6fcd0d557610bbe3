/** Mechanical mutants of genuine documents: bytes flipped, cut, doubled, moved, put in; the same for the same seed. */
import { readSealGap, type SealGap } from '../../src/pades/byte-range.ts';

/** Gives numbers below `below`, the same ones for the same seed (mulberry32). */
export type Dice = (below: number) => number;

/** Makes dice of a seed. */
export function diceOf(seed: number): Dice {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

interface Base {
  readonly pdf: Buffer;
  readonly gap: SealGap;
}

type Mutation = (base: Base, dice: Dice, others: readonly Base[]) => Buffer;

/** A copy with one byte that differs. */
function withByte(pdf: Buffer, at: number, byte: number): Buffer {
  const copy = Buffer.from(pdf);
  copy[at] = byte;
  return copy;
}

function spliced(pdf: Buffer, at: number, cut: number, put: Buffer): Buffer {
  return Buffer.concat([pdf.subarray(0, at), put, pdf.subarray(at + cut)]);
}

const bytes = (dice: Dice, most: number) =>
  Buffer.from(Array.from({ length: dice(most) + 1 }, () => dice(256)));
const pick = <T>(from: readonly T[], dice: Dice): T => from[dice(from.length)] as T;
const digit = (dice: Dice) => dice(16).toString(16).charCodeAt(0);
/** A place among the digits of the signature value. */
const inGap = ({ gap }: Base, dice: Dice) => gap.start + 1 + dice(gap.end - gap.start - 2);

const WORDS = [
  '/Contents',
  '/ByteRange',
  'endobj\n',
  'endstream',
  'obj',
  '%%EOF\n',
  'xref\n',
  'trailer',
  '<<',
  '>>',
  'null',
  '0',
  '9',
  ' ',
  '\n',
  '/Prev 0',
  '#41',
];

/** What is done, weighted by how often it stands here: the signature value is the part that no digest covers. */
const MUTATIONS: readonly Mutation[] = [
  ({ pdf }, dice) => {
    const at = dice(pdf.length);
    return withByte(pdf, at, (pdf[at] ?? 0) ^ (1 << dice(8)));
  },
  ({ pdf }, dice) => withByte(pdf, dice(pdf.length), dice(256)),
  (base, dice) => withByte(base.pdf, inGap(base, dice), digit(dice)),
  (base, dice) => withByte(base.pdf, inGap(base, dice), digit(dice)),
  (base, dice) => withByte(base.pdf, inGap(base, dice), digit(dice)),
  // One bit of the value, which stays one of digits.
  (base, dice) => {
    const at = inGap(base, dice);
    const value = Number.parseInt(base.pdf.toString('latin1', at, at + 1), 16) ^ (1 << dice(4));
    return withByte(base.pdf, at, value.toString(16).charCodeAt(0));
  },
  // Several bytes of the value.
  (base, dice) => {
    const copy = Buffer.from(base.pdf);
    for (let left = dice(8) + 2; left > 0; left -= 1) copy[inGap(base, dice)] = digit(dice);
    return copy;
  },
  // Digits of the value moved within it: lengths and parts change places.
  (base, dice) => {
    const copy = Buffer.from(base.pdf);
    const [from, to] = [inGap(base, dice), inGap(base, dice)];
    base.pdf.copy(copy, to, from, Math.min(from + dice(60), base.gap.end - 1 - Math.max(0, to - from)));
    return copy;
  },
  // The end of the value moved up, zeros behind it.
  (base, dice) => {
    const at = inGap(base, dice) & ~1;
    const cut = 2 * (dice(40) + 1);
    const { pdf, gap } = base;
    const moved = Buffer.concat([pdf.subarray(at + cut, gap.end - 1), Buffer.alloc(cut, '0')]);
    return spliced(pdf, at, gap.end - 1 - at, moved.subarray(0, Math.max(0, gap.end - 1 - at)));
  },
  ({ pdf }, dice) => pdf.subarray(0, dice(pdf.length)),
  ({ pdf }, dice) => pdf.subarray(dice(pdf.length)),
  ({ pdf }, dice) => spliced(pdf, dice(pdf.length), dice(300) + 1, Buffer.alloc(0)),
  ({ pdf }, dice) => spliced(pdf, dice(pdf.length), dice(40), bytes(dice, 60)),
  ({ pdf }, dice) => spliced(pdf, dice(pdf.length), 0, Buffer.from(pick(WORDS, dice))),
  ({ pdf }, dice) => {
    const word = Buffer.from(pick(WORDS, dice));
    return spliced(pdf, dice(pdf.length), word.length, word);
  },
  ({ pdf }, dice) => {
    const at = dice(pdf.length);
    return spliced(pdf, at, 0, pdf.subarray(at, at + dice(2000)));
  },
  // A part of another genuine document in the same place.
  ({ pdf }, dice, others) => {
    const at = dice(pdf.length);
    const put = pick(others, dice).pdf.subarray(at, at + dice(4000) + 1);
    return spliced(pdf, at, put.length, put);
  },
  // The beginning of one and the end of another.
  ({ pdf }, dice, others) => {
    const other = pick(others, dice).pdf;
    return Buffer.concat([pdf.subarray(0, dice(pdf.length)), other.subarray(dice(other.length))]);
  },
  // The value of another.
  ({ pdf, gap }, dice, others) => {
    const other = pick(others, dice);
    return spliced(pdf, gap.start, gap.end - gap.start, other.pdf.subarray(other.gap.start, other.gap.end));
  },
  ({ pdf }, dice) => Buffer.concat([pdf, bytes(dice, 30)]),
  ({ pdf }, dice) => Buffer.concat([bytes(dice, 30), pdf]),
];

/** Makes the mutants of some genuine documents. */
export function mutantsOf(genuine: readonly Buffer[]): (number: number) => Buffer {
  const bases = genuine.map((pdf) => {
    const gap = readSealGap(pdf);
    if (gap === undefined) throw new Error('a genuine document without a seal');
    return { pdf, gap };
  });
  return (number) => {
    const dice = diceOf(number);
    for (;;) {
      const made = pick(MUTATIONS, dice)(pick(bases, dice), dice, bases);
      // What came out as one of the genuine documents is no mutant.
      if (!genuine.some((pdf) => pdf.equals(made))) return made;
    }
  };
}
