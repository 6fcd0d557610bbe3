/** Universal signature forgery: ByteRange or Contents are such that a reader checks nothing and says yes. */
import { type Attack, attacks, NOT_OUR_FORM } from '../attack.ts';
import { change, gapOf, overwrite } from '../edit.ts';
import type { Lab } from '../lab.ts';

const RANGE = /\/ByteRange \[[^\]]*\] */;
const CONTENTS = /(?<=\/Contents )<[0-9a-f]{100,}>/;

/** Writes another ByteRange in the room of the genuine one. */
const range =
  (by: string | ((start: number, end: number, length: number) => string)) =>
  async (lab: Lab): Promise<Buffer> => {
    const sealed = await lab.seal();
    const { start, end } = gapOf(sealed);
    return overwrite(sealed, RANGE, typeof by === 'string' ? by : by(start, end, sealed.length));
  };

/** Writes another signature value in the room of the genuine one, and leaves the file as long as it was. */
const contents =
  (by: (value: string) => string) =>
  async (lab: Lab): Promise<Buffer> =>
    change(await lab.seal(), CONTENTS, (value) => by(value).padEnd(value.length));

const BEARING_OUR_NAME = attacks(NOT_OUR_FORM, {
  'ByteRange missing': ['the key is gone', range('')],
  'ByteRange renamed': [
    'the key is written otherwise',
    range((a, b, c) => `/ByteRonge [0 ${a} ${b} ${c - b}]`),
  ],
  'ByteRange escaped': [
    'the key is written with an escape',
    range((a, b, c) => `/Byte#52ange [0 ${a} ${b} ${c - b}]`),
  ],
  'ByteRange null': ['it is null', range('/ByteRange null')],
  'ByteRange empty': ['it has no numbers', range('/ByteRange []')],
  'ByteRange of zeros': ['it covers nothing', range('/ByteRange [0 0 0 0]')],
  'ByteRange negative start': [
    'it begins before the file',
    range((a, b, c) => `/ByteRange [-1 ${a} ${b} ${c - b}]`),
  ],
  'ByteRange negative length': [
    'a part has fewer than no bytes',
    range((a, b) => `/ByteRange [0 ${a} ${b} -9]`),
  ],
  'ByteRange of three numbers': ['a number is missing', range((a, b) => `/ByteRange [0 ${a} ${b}]`)],
  'ByteRange of six numbers': [
    'there is a third part',
    range((a, b, c) => `/ByteRange [0 ${a} ${b} ${c - b} ${c} 0]`),
  ],
  'ByteRange overlapping': [
    'both parts have the same bytes',
    range((a, b, c) => `/ByteRange [0 ${b} ${a} ${c - a}]`),
  ],
  'ByteRange beyond the end': [
    'the second part ends after the file',
    range((a, b, c) => `/ByteRange [0 ${a} ${b} ${c}]`),
  ],
  'ByteRange short of the end': [
    'the last bytes are not covered',
    range((a, b, c) => `/ByteRange [0 ${a} ${b} ${c - b - 7}]`),
  ],
  'ByteRange with a hole before': [
    'the gap begins before the signature value',
    range((a, b, c) => `/ByteRange [0 ${a - 40} ${b} ${c - b}]`),
  ],
  'ByteRange with a hole after': [
    'the gap ends after the signature value',
    range((a, b, c) => `/ByteRange [0 ${a} ${b + 40} ${c - b - 40}]`),
  ],
  'ByteRange immense': ['numbers that no integer holds', range('/ByteRange [0 99999999999999 1 1]')],
  'ByteRange of reals': [
    'the numbers have fractions',
    range((a, b, c) => `/ByteRange [0 ${a}.0 ${b} ${c - b}]`),
  ],
  'ByteRange with a comment': [
    'a comment between the numbers',
    range((a, b, c) => `/ByteRange [0 ${a} %\n${b} ${c - b}]`),
  ],
  'ByteRange with a leading zero': [
    'the same numbers, written otherwise',
    range((a, b, c) => `/ByteRange [0 0${a} ${b} ${c - b}]`),
  ],
  'ByteRange elsewhere': ['a reference to an object that holds it', range('/ByteRange 900 0 R')],
  'ByteRange twice': [
    'a second one before the first, so that readers choose',
    async (lab) => change(await lab.seal(), '/Type /Sig\n', '/Type /Sig\n/ByteRange [0 0 0 0]\n'),
  ],
  'Contents twice': [
    'an empty one before the genuine one, so that readers choose',
    async (lab) => change(await lab.seal(), '/Type /Sig\n', '/Type /Sig\n/Contents <>\n'),
  ],
  'Contents missing': [
    'the key is written otherwise',
    async (lab) => change(await lab.seal(), '/Contents <', '/Cantents <'),
  ],
  'Contents in upper case': ['the same value in other letters', contents((value) => value.toUpperCase())],
  'Contents in changing case': [
    'some letters of the value are written large, so that a search for our name fails',
    contents((value) =>
      value.replace(/[a-f]/g, (found, at: number) => (at % 3 === 0 ? found.toUpperCase() : found)),
    ),
  ],
  'Contents in mixed case': [
    'one letter of the value is written large',
    contents((value) => value.replace('a', 'A')),
  ],
  'Contents spaced': [
    'blanks in the place of the last zeros',
    contents((value) => `${value.slice(0, -5)}    >`),
  ],
});

/** Without the signature value there is nothing in them that names us. */
const NAMELESS = attacks(
  { ...NOT_OUR_FORM, told: 'foreign' },
  {
    'Contents null': ['the value is null', contents(() => 'null')],
    'Contents empty': ['the value has no bytes', contents(() => '<>')],
    'Contents of zeros': [
      'the value is nothing but zeros',
      contents((value) => `<${'0'.repeat(value.length - 2)}>`),
    ],
    'Contents a zero': ['the value is one zero byte', contents(() => '<00>')],
    'Contents a number': ['the value is no string', contents(() => '0')],
    'Contents cut': ['the value ends early', contents((value) => `${value.slice(0, 400)}>`)],
    'Contents elsewhere': ['a reference to an object that holds it', contents(() => '900 0 R')],
  },
);

export const FORGERY: readonly Attack[] = [...BEARING_OUR_NAME, ...NAMELESS];
