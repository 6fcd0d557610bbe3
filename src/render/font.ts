/** The two faces that every document is set in: found, parsed once and made ready for sharing between documents. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font } from 'fontkit';
import { isPrintable } from '../domain/text.ts';
import { ServiceError } from '../errors.ts';
import { createSharedFace, type Setting, type SharedFace } from './shared-face.ts';
import type { Face } from './style.ts';

/** TrueType files of an institution's own typeface. */
export interface FontFiles {
  readonly regular: string;
  readonly bold: string;
}

/** One face: whole as parsed, and the part that compiled documents share. */
export interface Typeface {
  readonly font: Font;
  /** Above and below the base line, and the em that they are parts of; the face itself is slow to tell. */
  readonly ascent: number;
  readonly descent: number;
  readonly unitsPerEm: number;
  readonly shared: SharedFace;
}

/** Parsing a face takes longer than drawing a page, so a process does it once for all its documents. */
export interface Fonts extends Readonly<Record<Face, Typeface>> {
  /** 1 for each character that the shared parts of both faces have, by its number. */
  readonly inBoth: Uint8Array;
}

/**
 * Loads the faces, by default Noto Sans: Latin with all accents, Greek and Cyrillic.
 * @throws ServiceError `templateInvalid` when a file is no TrueType font
 */
export function loadFonts(files: FontFiles = findNotoSans()): Fonts {
  const [regular, bold] = [loadTypeface(files.regular), loadTypeface(files.bold)];
  const inBoth = Uint8Array.from({ length: 0x10000 }, (_, character) => {
    const text = String.fromCharCode(character);
    return Number(regular.shared.has(text) && bold.shared.has(text));
  });
  return { regular, bold, inBoth };
}

/** Tells whether the shared parts of both faces have every character of a text. */
export function isShared({ inBoth }: Fonts, text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (inBoth[text.charCodeAt(at)] === 0) return false;
  return true;
}

/**
 * Tells whether both faces print a text in NFC exactly: each character as its own glyph, in its place, so that who reads
 * the glyphs in their order, as a screen reader does and whoever copies the text, finds the same characters. Scripts
 * whose glyphs join or change places are not printed: a document must say what the register says.
 */
export function canPrint({ regular, bold }: Fonts, text: string): boolean {
  return isPrintable(text) && saysItself(regular.font, text) && saysItself(bold.font, text);
}

function saysItself(font: Font, text: string): boolean {
  const glyphs = splitWords(text).flatMap((word) => font.layout(word).glyphs);
  const said = glyphs.map(({ codePoints }) => String.fromCodePoint(...codePoints)).join('');
  const own = Array.from(text, (character) => font.glyphForCodePoint(character.codePointAt(0) ?? 0).id);
  // The first glyph of a face stands for what is missing.
  const isOwn = glyphs.length === own.length && glyphs.every(({ id }, at) => id !== 0 && id === own[at]);
  return isOwn && said === text;
}

/** Sets a text on one line. */
export function set({ font, shared }: Typeface, text: string): Setting {
  return shared.set(text) ?? { text, width: measureWhole(font, text), alphabet: undefined, shown: '' };
}

function measureWhole(font: Font, text: string): number {
  return sum(splitWords(text).map((word) => font.layout(word).advanceWidth));
}

/** As pdfkit does it: each word with the space behind it is laid out by itself. */
function splitWords(text: string): string[] {
  return text.split(/(?<= )/);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

export function findNotoSans(): FontFiles {
  const { resolve } = createRequire(import.meta.url);
  const family = '@expo-google-fonts/noto-sans';
  return {
    regular: resolve(`${family}/400Regular/NotoSans_400Regular.ttf`),
    bold: resolve(`${family}/700Bold/NotoSans_700Bold.ttf`),
  };
}

function loadTypeface(file: string): Typeface {
  const font = parseFont(file);
  // A glyph keeps the characters it was first asked for. Subsetting one document asks for the parts of "é" without
  // saying "e", and the next document would lose its "e" when read aloud or copied: so each is asked for now.
  for (const codePoint of font.characterSet) font.glyphForCodePoint(codePoint);
  // Ligatures are one glyph for several letters, which readers of the text take for one character. A letter set as its
  // parts ("ị" as "i" and a dot) is taken for two words, and is a glyph by itself: parts are for letters that have none.
  // Where marks go is asked of marks alone: the tables of it take a tenth of a second to be read.
  const layout = font.layout.bind(font);
  font.layout = (text, features) =>
    layout(text, {
      ...(!Array.isArray(features) && features),
      liga: false,
      ...(!/\p{M}/u.test(text) && WITHOUT_MARKS),
    });
  const { ascent, descent, unitsPerEm } = font;
  return { font, ascent, descent, unitsPerEm, shared: createSharedFace(font) };
}

const WITHOUT_MARKS = { ccmp: false, mark: false, mkmk: false };

function parseFont(file: string): Font {
  try {
    const font = create(readFileSync(file));
    if ('layout' in font) return font;
  } catch (cause) {
    throw new ServiceError('templateInvalid', `Font file ${file} cannot be read.`, { cause });
  }
  throw new ServiceError('templateInvalid', `Font file ${file} is a collection; one face is expected.`);
}
