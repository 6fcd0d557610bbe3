/** The part of a face that compiled documents share: Latin letters, subset once, measured and written from tables. */
import type { Font } from 'fontkit';

/** Measures and writes text whose characters it all has; other text needs the whole face. */
export interface SharedFace {
  readonly has: (text: string) => boolean;
  /** Gives the width of a text in units of the face; undefined when it lacks a character. */
  readonly widthOf: (text: string) => number | undefined;
  /** Writes the operator that shows a text of which `has` is true, in Latin-1 (ISO 32000-1, 9.4.3). */
  readonly show: (text: string) => string;
  readonly embedding: Embedding;
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
 * Every letter of the languages of Europe that are written in Latin script, and the punctuation of Belgium: Basic Latin,
 * Latin-1, Latin Extended-A, the Romanian letters with comma, the Welsh ones, the capital sharp s, dashes and quotes.
 */
const RANGES: readonly (readonly [number, number])[] = [
  [0x20, 0x7e],
  [0xa0, 0x17f],
  [0x218, 0x21b],
  [0x1e80, 0x1e85],
  [0x1e9e, 0x1e9e],
  [0x1ef2, 0x1ef3],
  [0x2013, 0x2014],
  [0x2018, 0x201a],
  [0x201c, 0x201e],
  [0x2022, 0x2022],
  [0x2026, 0x2026],
  [0x20ac, 0x20ac],
];

const SPACE = 0x20;
const UNKNOWN = 0x7fff;

/** Takes from a face what can be set character by character: one glyph for each, moved by nothing but kerning. */
export function createSharedFace(font: Font): SharedFace {
  const { codes, characters, file } = subsetOf(font);
  const advances = characters.map((character) => font.glyphForCodePoint(character).advanceWidth);
  const written = characters.map((_, code) => escape(String.fromCharCode(code >> 8, code & 0xff)));
  const kernings = new Int16Array(characters.length ** 2).fill(UNKNOWN);
  const codeAt = (text: string, at: number) => codes[text.charCodeAt(at)] ?? 0;

  /** Kerning is looked up in the face once for each pair; as in pdfkit, none crosses a space. */
  const kerningOf = (text: string, at: number, code: number): number => {
    if (at + 1 === text.length || text.charCodeAt(at) === SPACE) return 0;
    const pair = code * characters.length + codeAt(text, at + 1);
    if (kernings[pair] === UNKNOWN) kernings[pair] = measureKerning(font, text.slice(at, at + 2));
    return kernings[pair] ?? 0;
  };
  const widthOf = (text: string): number | undefined => {
    let width = 0;
    for (let at = 0; at < text.length; at += 1) {
      const code = codeAt(text, at);
      if (code === 0) return undefined;
      width += (advances[code] ?? 0) + kerningOf(text, at, code);
    }
    return width;
  };
  const show = (text: string): string => {
    let shown = '';
    let isKerned = false;
    for (let at = 0; at < text.length; at += 1) {
      const code = codeAt(text, at);
      const kerning = kerningOf(text, at, code);
      shown += written[code] ?? '';
      if (kerning === 0) continue;
      shown += `)${Math.round((-kerning * 1e6) / font.unitsPerEm) / 1000}(`;
      isKerned = true;
    }
    return isKerned ? `[(${shown})]TJ` : `(${shown})Tj`;
  };
  return {
    has: (text) => {
      for (let at = 0; at < text.length; at += 1) if (codeAt(text, at) === 0) return false;
      return true;
    },
    widthOf,
    show,
    embedding: {
      file,
      widths: advances.map((advance) => (advance * 1000) / font.unitsPerEm),
      unicode: characters.map((character) => [character]),
    },
  };
}

interface Subset {
  /** Character → code; 0 for none. */
  readonly codes: Uint16Array;
  /** Code → character. */
  readonly characters: readonly number[];
  readonly file: Uint8Array;
}

function subsetOf(font: Font): Subset {
  // The type declarations are wrong: glyphs are named by number, and numbered anew.
  const subset = font.createSubset() as unknown as {
    includeGlyph(glyph: number): number;
    encode(): Uint8Array;
  };
  const codes = new Uint16Array(0x10000);
  // Code 0 stands for what is missing; it is never written.
  const characters = [0];
  for (const character of RANGES.flatMap(([first, last]) => range(first, last))) {
    const glyph = glyphAlone(font, character);
    if (glyph === undefined) continue;
    const code = subset.includeGlyph(glyph);
    // Two characters of one glyph could not be told apart by who copies the text.
    if (code !== characters.length) continue;
    codes[character] = code;
    characters.push(character);
  }
  return { codes, characters, file: subset.encode() };
}

/** The glyph of a character that is set as that glyph, in its place. */
function glyphAlone(font: Font, character: number): number | undefined {
  if (!font.hasGlyphForCodePoint(character) || /\p{C}/u.test(String.fromCodePoint(character)))
    return undefined;
  const { glyphs, positions } = font.layout(String.fromCodePoint(character));
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

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
