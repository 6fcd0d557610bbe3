/** The part of a face that compiled documents share: Latin letters, subset once, measured and written from tables. */
import type { Font } from 'fontkit';
import { Bytes } from './bytes.ts';

/** Measures and writes text whose characters it all has; other text needs the whole face. */
export interface SharedFace {
  /** Tells whether it has every character of a text. */
  readonly has: (text: string) => boolean;
  /** Sets a text; undefined when it lacks a character. */
  readonly set: (text: string) => Setting | undefined;
  /** Writes the operator that shows a text it has, in Latin-1 (ISO 32000-1, 9.4.3). */
  readonly show: (setting: Setting) => string;
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
  /** What shows it, once that was asked for. */
  shown: string | undefined;
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
  const advances = characters.map((character) => font.glyphForCodePoint(character).advanceWidth);
  const written = characters.map((_, code) => escape(String.fromCharCode(code >> 8, code & 0xff)));
  const kerningOf = createKerning(font, codes, characters.length);
  const alphabetOf = (code: number): number => {
    let alphabet = 0;
    while (code >= (sizes[alphabet] ?? Infinity)) alphabet += 1;
    return alphabet;
  };
  const set = (text: string): Setting | undefined => {
    let highest = 0;
    let width = 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = codes[text.charCodeAt(at)] ?? 0;
      if (code === 0) return undefined;
      if (code > highest) highest = code;
      width += (advances[code] ?? 0) + kerningOf(text, at, code);
    }
    return { text, width, alphabet: alphabetOf(highest), shown: undefined };
  };
  const operator = new Bytes();
  const write = (text: string): string => {
    operator.cutTo(0);
    operator.addText('[(');
    let isKerned = false;
    for (let at = 0; at < text.length; at += 1) {
      const code = codes[text.charCodeAt(at)] ?? 0;
      const kerning = kerningOf(text, at, code);
      operator.addText(written[code] ?? '');
      if (kerning === 0) continue;
      operator.addText(`)${Math.round((-kerning * 1e6) / unitsPerEm) / 1000}(`);
      isKerned = true;
    }
    operator.addText(isKerned ? ')]TJ' : ')Tj');
    return operator.text(isKerned ? 0 : 1);
  };
  const embeddings = files.map(({ size, file }) => ({
    file,
    widths: advances.slice(0, size).map((advance) => (advance * 1000) / unitsPerEm),
    unicode: characters.slice(0, size).map((character) => [character]),
  }));
  const show = (setting: Setting): string => {
    setting.shown ??= write(setting.text);
    return setting.shown;
  };
  return { has: (text) => hasAll(codes, text), set, show, embeddings };
}

function hasAll(codes: Uint16Array, text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (codes[text.charCodeAt(at)] === 0) return false;
  return true;
}

/** Kerning is looked up in the face once for each pair; as in pdfkit, none crosses a space. */
function createKerning(
  font: Font,
  codes: Uint16Array,
  size: number,
): (text: string, at: number, code: number) => number {
  const kernings = new Int16Array(size ** 2).fill(UNKNOWN);
  const space = codes[SPACE];
  return (text, at, code) => {
    if (at + 1 === text.length || code === space) return 0;
    const next = codes[text.charCodeAt(at + 1)] ?? 0;
    if (next === 0) return 0;
    const pair = code * size + next;
    const known = kernings[pair] ?? 0;
    if (known !== UNKNOWN) return known;
    const kerning = measureKerning(font, text.slice(at, at + 2));
    kernings[pair] = kerning;
    return kerning;
  };
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
  const { glyphs, positions } = font.layout(String.fromCharCode(character));
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

/** Within a literal string, a bare carriage return would be read as a line feed (ISO 32000-1, 7.3.4.2). */
function escape(text: string): string {
  return text.replace(/[()\\]/g, '\\$&').replaceAll('\r', '\\r');
}
