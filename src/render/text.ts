/** Sets text: breaks it into lines of a width and draws them in a style. */
import { widthOf as measure } from './font.ts';
import type { Sheet } from './sheet.ts';
import type { TextStyle } from './style.ts';

/** A text and whether every document of the type and language has it: then it is compiled, otherwise filled in. */
export interface Phrase {
  readonly text: string;
  readonly isFixed: boolean;
}

/** A phrase broken into lines. */
export interface Lines {
  readonly texts: readonly string[];
  readonly isFixed: boolean;
  /** What the lines need of their shared face; see `SharedFace.alphabetOf`. */
  readonly alphabet: number | undefined;
}

const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * Breaks a text into lines: at spaces, after hyphens and slashes, and within a word only where one is wider than
 * the line. A no-break space holds together. A line keeps the space it was broken at: who reads the document aloud or
 * copies it must find the words apart.
 */
export function wrap(text: string, width: number, widthOf: (text: string) => number): string[] {
  const whole = text.trimEnd();
  if (whole === '' || widthOf(whole) <= width) return whole === '' ? [] : [whole];
  const space = widthOf(' ');
  const lines: string[] = [];
  let line = '';
  let lineWidth = 0;
  for (const part of text.split(/(?<=[ /–-])/)) {
    const partWidth = widthOf(part);
    const ending = part.endsWith(' ') ? space : 0;
    if (lineWidth + partWidth - ending <= width) {
      line += part;
      lineWidth += partWidth;
      continue;
    }
    if (line !== '') lines.push(line);
    const pieces = breakWord(part.trimEnd(), width, widthOf);
    lines.push(...pieces.slice(0, -1));
    line = (pieces.at(-1) ?? '') + (part.endsWith(' ') ? ' ' : '');
    lineWidth = widthOf(line);
  }
  return line.trim() === '' ? lines : [...lines, line.trimEnd()];
}

/** Breaks a phrase into lines of a width, set in a style; of a fixed phrase only once. */
export function linesOf({ fonts }: Sheet, style: TextStyle, phrase: Phrase, width: number): Lines {
  const { text, isFixed } = phrase;
  const kept = isFixed ? fixedLines.get(phrase) : undefined;
  const known = kept?.find((one) => one.style === style && one.width === width);
  if (known !== undefined) return known.lines;
  const typeface = fonts[style.face];
  const texts = wrap(text, width, (part) => measure(typeface, style.size, part));
  const lines = { texts, isFixed, alphabet: typeface.shared.alphabetOf(text) };
  if (isFixed) fixedLines.set(phrase, [...(kept ?? []), { style, width, lines }]);
  return lines;
}

/** A text on one line, whatever its width. */
export function lineOf({ fonts }: Sheet, style: TextStyle, { text, isFixed }: Phrase): Lines {
  return { texts: [text], isFixed, alphabet: fonts[style.face].shared.alphabetOf(text) };
}

/** Measures a text on one line. */
export function widthOf({ fonts }: Sheet, style: TextStyle, text: string): number {
  return measure(fonts[style.face], style.size, text);
}

/** Draws lines below each other; `y` is the top of the first. */
export function drawLines(sheet: Sheet, style: TextStyle, lines: Lines, x: number, y: number): void {
  const { face, size, leading, colour = sheet.colour } = style;
  const { ascent, descent, unitsPerEm } = sheet.fonts[face];
  const { texts, isFixed, alphabet } = lines;
  let top = y + (leading - ((ascent - descent) * size) / unitsPerEm) / 2;
  for (const text of texts) {
    if (text !== '') sheet.addText({ kind: 'text', face, size, colour, x, y: top, text, isFixed }, alphabet);
    top += leading;
  }
}

/** Fixed phrases live as long as the renderer; each is set in few styles and widths. */
const fixedLines = new WeakMap<Phrase, { style: TextStyle; width: number; lines: Lines }[]>();

/** Breaks a word into pieces no wider than the line, between whole characters; nearly always it is one piece. */
function breakWord(word: string, width: number, widthOf: (text: string) => number): string[] {
  if (widthOf(word) <= width) return [word];
  const pieces = [''];
  for (const { segment } of graphemes.segment(word)) {
    const piece = pieces.at(-1) ?? '';
    if (piece === '' || widthOf(piece + segment) <= width) pieces[pieces.length - 1] = piece + segment;
    else pieces.push(segment);
  }
  return pieces;
}
