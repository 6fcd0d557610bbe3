/** The part of a face that compiled documents share: Latin letters, subset once, measured and written from tables. */
import type { Font } from 'fontkit';

/** Sets text whose characters it all has; other text needs the whole face. */
export interface SharedFace {
  /** Tells whether it has every character of a text. */
  readonly has: (text: string) => boolean;
  /** Sets a text; undefined when it lacks a character. */
  readonly set: (text: string) => Setting | undefined;
  /** By alphabet; each has the characters of the one before under the same codes. */
  readonly embeddings: readonly Embedding[];
}

/** A text set in a face. */
export interface Setting {
  readonly text: string;
  /** In units of the face. */
  readonly width: number;
  /** The alphabet that it needs, as its place among the embeddings; undefined when only the whole face has it. */
  readonly alphabet: number | undefined;
  /** The operator that shows it, in Latin-1 (ISO 32000-1, 9.4.3); empty when only the whole face has it. */
  readonly shown: string;
}

/** What a PDF embeds of the face, by character code. */
export interface Embedding {
  readonly file: Uint8Array;
  /** Thousandths of the font size. */
  readonly widths: readonly number[];
  /** The characters that each code stands for. */
  readonly unicode: readonly (readonly number[])[];
}

/**
 * First what texts and most names of Belgium are written with: Dutch, French and German. Then the letters of the other
 * languages of the Union that are written in Latin script, and of Turkish and Albanian. Then the rest of Basic Latin,
 * Latin-1 and Latin Extended-A, the Welsh letters, the capital sharp s, quotes and signs. A document embeds no more than
 * it needs.
 */
const ALPHABETS: readonly RegExp[] = [
  /[ !&'()+,\-./:?@0-9A-Za-z\u00a0«·»ÀÂÄÇÈ-ËÎÏÔÖÙÛÜàâäçè-ëîïôöùûüßŒœ–’]/,
  /["À-ÖØ-öø-ÿĀ-ćĊ-ēĖ-ěĞ-ģĪīĮ-ıĶķĹ-ľŁ-ňŐőŔ-śŞ-ťŪūŮ-ųŸ-žȘ-ț]/,
  /[ -~\u00a0-ſẀ-ẅẞỲỳ—‘‚“”„•…€]/,
];

/** The characters among which those of the alphabets are. */
const FIRST = 0x20;
const LAST = 0x20ff;

const SPACE = 0x20;
const UNKNOWN = 0x7fff;

/** Takes from a face what can be set character by character: one glyph for each, moved by nothing but kerning. */
export function createSharedFace(font: Font): SharedFace {
  const { unitsPerEm } = font;
  const { codes, characters, files } = subsetOf(font);
  const sizes = files.map(({ size }) => size);
  const advances = Int32Array.from(characters, (character) => font.glyphForCodePoint(character).advanceWidth);
  const { kernings, learn } = createKernings(font, characters);
  const moveBy = createMove(unitsPerEm);
  const alphabetOf = (code: number): number => {
    let alphabet = 0;
    while (code >= (sizes[alphabet] ?? Infinity)) alphabet += 1;
    return alphabet;
  };
  /** Used by one text after the other; a character takes three bytes and a move at most. */
  let operator = Buffer.alloc(0);
  const size = characters.length;
  const set = (text: string): Setting | undefined => {
    const most = (3 + LONGEST_MOVE) * (text.length + 2);
    if (operator.length < most) operator = Buffer.from(BEGINNING.padEnd(2 * most));
    let end = BEGINNING.length;
    let highest = 0;
    let width = 0;
    let isKerned = false;
    let next = codes[text.charCodeAt(0)] ?? 0;
    for (let at = 1; at <= text.length; at += 1) {
      const code = next;
      if (code === 0) return undefined;
      if (code > highest) highest = code;
      width += advances[code] ?? 0;
      end = writeCode(operator, end, code);
      next = at < text.length ? (codes[text.charCodeAt(at)] ?? 0) : 0;
      let kerning = kernings[code * size + next] ?? 0;
      if (kerning === UNKNOWN) kerning = learn(code, next);
      if (kerning === 0) continue;
      width += kerning;
      end = writeText(operator, end, moveBy(kerning));
      isKerned = true;
    }
    end = writeText(operator, end, isKerned ? ')]TJ' : ')Tj');
    // Without the bracket of a list that has one element.
    const shown = operator.toString('latin1', isKerned ? 0 : 1, end);
    return { text, width, alphabet: alphabetOf(highest), shown };
  };
  const embeddings = files.map(({ size, file }) => ({
    file,
    widths: Array.from(advances.subarray(0, size), (advance) => (advance * 1000) / unitsPerEm),
    unicode: characters.slice(0, size).map((character) => [character]),
  }));
  return { has: (text) => hasAll(codes, text), set, embeddings };
}

function hasAll(codes: Uint16Array, text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (codes[text.charCodeAt(at)] === 0) return false;
  return true;
}

/** By how much the second of two characters is moved, by code of the first times all codes, plus that of the second. */
interface Kernings {
  readonly kernings: Int16Array;
  /** Finds what is `UNKNOWN` still. */
  readonly learn: (code: number, next: number) => number;
}

/** Kerning is looked up in the face once for each pair; as in pdfkit, none crosses a space. Behind the last comes nothing, code 0. */
function createKernings(font: Font, characters: readonly number[]): Kernings {
  const size = characters.length;
  const kernings = new Int16Array(size ** 2).fill(UNKNOWN);
  const learn = (code: number, next: number): number => {
    const pair = [code, next].map((one) => characters[one] ?? 0);
    const isMoved = next !== 0 && pair[0] !== SPACE;
    const kerning = isMoved ? measureKerning(font, String.fromCharCode(...pair)) : 0;
    kernings[code * size + next] = kerning;
    return kerning;
  };
  return { kernings, learn };
}

interface Subsets {
  /** Character → code; 0 for none. */
  readonly codes: Uint16Array;
  /** Code → character. */
  readonly characters: readonly number[];
  /** By alphabet: how many codes it has, and the face reduced to them. */
  readonly files: readonly { readonly size: number; readonly file: Uint8Array }[];
}

function subsetOf(font: Font): Subsets {
  const codes = new Uint16Array(0x10000);
  // Code 0 stands for what is missing; it is never written.
  const characters = [0];
  const glyphs: number[] = [];
  const files = ALPHABETS.map((alphabet) => {
    for (let character = FIRST; character <= LAST; character += 1) {
      const isNew = codes[character] === 0 && alphabet.test(String.fromCharCode(character));
      const glyph = isNew ? glyphAlone(font, character) : undefined;
      // Two characters of one glyph could not be told apart by who copies the text.
      if (glyph === undefined || glyphs.includes(glyph)) continue;
      codes[character] = characters.length;
      characters.push(character);
      glyphs.push(glyph);
    }
    return { size: characters.length, file: encode(font, glyphs) };
  });
  return { codes, characters, files };
}

/** Reduces a face to glyphs, which it numbers from 1 in this order. */
function encode(font: Font, glyphs: readonly number[]): Uint8Array {
  // The type declarations are wrong: glyphs are named by number.
  const subset = font.createSubset() as unknown as {
    includeGlyph(glyph: number): number;
    encode(): Uint8Array;
  };
  for (const glyph of glyphs) subset.includeGlyph(glyph);
  return subset.encode();
}

/** The glyph of a character that is set as that glyph, in its place. */
function glyphAlone(font: Font, character: number): number | undefined {
  if (!font.hasGlyphForCodePoint(character) || /\p{C}/u.test(String.fromCharCode(character)))
    return undefined;
  // Kerning is between two.
  const { glyphs, positions } = font.layout(String.fromCharCode(character), { kern: false });
  const [glyph] = glyphs;
  const [position] = positions;
  const isPlain =
    glyphs.length === 1 &&
    glyph?.id === font.glyphForCodePoint(character).id &&
    position?.xAdvance === glyph.advanceWidth &&
    position.xOffset === 0 &&
    position.yOffset === 0;
  return isPlain ? glyph.id : undefined;
}

function measureKerning(font: Font, pair: string): number {
  const { glyphs, positions } = font.layout(pair);
  return (positions[0]?.xAdvance ?? 0) - (glyphs[0]?.advanceWidth ?? 0);
}

/** Begins the operand of an operator that shows text. */
const BEGINNING = '[(';

/** Writes a few letters at a place, and gives where they end; so few take longest to be handed over. */
function writeText(to: Uint8Array, at: number, text: string): number {
  for (let index = 0; index < text.length; index += 1) to[at + index] = text.charCodeAt(index);
  return at + text.length;
}

/** Writes a code at a place, and gives where it ends. */
function writeCode(to: Uint8Array, at: number, code: number): number {
  const low = code & 0xff;
  to[at] = code >> 8;
  if (low !== RETURN && low !== OPENING && low !== CLOSING && low !== ESCAPE) {
    to[at + 1] = low;
    return at + 2;
  }
  to[at + 1] = ESCAPE;
  // Within a literal string, a bare carriage return would be read as a line feed (ISO 32000-1, 7.3.4.2).
  to[at + 2] = low === RETURN ? LETTER_R : low;
  return at + 3;
}

const RETURN = 0x0d;
const LETTER_R = 0x72;
const OPENING = 0x28;
const CLOSING = 0x29;
const ESCAPE = 0x5c;

/** `)-1234.567(` and more. */
const LONGEST_MOVE = 16;

/** Gives a function that writes by how much the next glyph is moved, between two strings; there are few such distances. */
function createMove(unitsPerEm: number): (kerning: number) => string {
  const moves = new Map<number, string>();
  return (kerning) => {
    const known = moves.get(kerning);
    if (known !== undefined) return known;
    const move = `)${Math.round((-kerning * 1e6) / unitsPerEm) / 1000}(`;
    moves.set(kerning, move);
    return move;
  };
}
