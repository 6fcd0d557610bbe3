/** The two faces that every document is set in: found, parsed once and made ready for sharing between documents. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font } from 'fontkit';
import { ServiceError } from '../errors.ts';
import type { Face } from './style.ts';

/** TrueType files of an institution's own typeface. */
export interface FontFiles {
  readonly regular: string;
  readonly bold: string;
}

/** Parsing a face takes longer than drawing a page, so a process does it once for all its documents. */
export type Fonts = Readonly<Record<Face, Font>>;

/**
 * Loads the faces, by default Noto Sans: Latin with all accents, Greek and Cyrillic.
 * @throws ServiceError `templateInvalid` when a file is no TrueType font
 */
export function loadFonts(files: FontFiles = findNotoSans()): Fonts {
  return { regular: loadFont(files.regular), bold: loadFont(files.bold) };
}

/** Tells whether both faces have a glyph for every character of a text, and none is an invisible control. */
export function canPrint(fonts: Fonts, text: string): boolean {
  if (/\p{Cc}|\p{Cf}/u.test(text)) return false;
  for (const character of text) {
    const codePoint = character.codePointAt(0) ?? 0;
    if (!fonts.regular.hasGlyphForCodePoint(codePoint) || !fonts.bold.hasGlyphForCodePoint(codePoint))
      return false;
  }
  return true;
}

function findNotoSans(): FontFiles {
  const { resolve } = createRequire(import.meta.url);
  const family = '@expo-google-fonts/noto-sans';
  return {
    regular: resolve(`${family}/400Regular/NotoSans_400Regular.ttf`),
    bold: resolve(`${family}/700Bold/NotoSans_700Bold.ttf`),
  };
}

function loadFont(file: string): Font {
  const font = parseFont(file);
  // A glyph keeps the characters it was first asked for. Subsetting one document asks for the parts of "é" without
  // saying "e", and the next document would lose its "e" when read aloud or copied: so each is asked for now.
  for (const codePoint of font.characterSet) font.glyphForCodePoint(codePoint);
  // Ligatures are one glyph for several letters, which readers of the text take for one character.
  const layout = font.layout.bind(font);
  font.layout = (text) => layout(text, { liga: false });
  return font;
}

function parseFont(file: string): Font {
  try {
    const font = create(readFileSync(file));
    if ('layout' in font) return font;
  } catch (cause) {
    throw new ServiceError('templateInvalid', `Font file ${file} cannot be read.`, { cause });
  }
  throw new ServiceError('templateInvalid', `Font file ${file} is a collection; one face is expected.`);
}
