/** Phrases broken into lines. */
import { type Fonts, set } from './font.ts';
import { nextId, type Phrase, settingOf } from './phrase.ts';
import type { Setting } from './shared-face.ts';
import type { TextStyle } from './style.ts';
import { wrap } from './text.ts';

/** Lines of a style, in their place across the page. */
export interface Lines {
  readonly style: TextStyle;
  readonly settings: readonly Setting[];
  /** Where the lines begin, or where those flush right end. */
  readonly x: number;
  readonly isFlushRight: boolean;
  /** Its number among the texts that a document fills in; undefined for a fixed text. */
  readonly slot: number | undefined;
}

/** A fixed phrase broken into lines. */
export interface FixedLines extends Lines {
  /** Tells them apart from the same in another style or place. */
  readonly id: number;
  readonly width: number;
}

/** Breaks a phrase into lines of a width; of no end, it stays on one line as it is. */
export function breakLines(
  fonts: Fonts,
  style: TextStyle,
  phrase: Phrase,
  width: number,
): readonly Setting[] {
  const { face, size } = style;
  const { text } = phrase;
  if (text === '') return [];
  const typeface = fonts[face];
  const scale = size / typeface.unitsPerEm;
  const whole = settingOf(fonts, face, phrase);
  if (width === Infinity || (whole.width * scale <= width && !endsBlank(text))) return [whole];
  const lines = wrap(text, width, (part) => set(typeface, part).width * scale);
  return lines.map((line) => set(typeface, line));
}

/** Tells whether a text may end with a blank; that it does not can be seen at once of nearly all. */
function endsBlank(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last <= 0x20 || (last >= 0x80 && /\s$/.test(text));
}

/** Breaks a fixed phrase into lines, once for each style and place. */
export function linesOfFixed(
  fonts: Fonts,
  style: TextStyle,
  phrase: Phrase,
  x: number,
  width: number,
): FixedLines {
  const known = fixed.get(phrase) ?? [];
  for (const lines of known)
    if (lines.style === style && lines.x === x && lines.width === width) return lines;
  const settings = breakLines(fonts, style, phrase, width);
  const lines = { style, settings, x, isFlushRight: false, slot: undefined, id: nextId(), width };
  fixed.set(phrase, [...known, lines]);
  return lines;
}

/** Fixed phrases live as long as the renderer; each is set in few styles and places. */
const fixed = new WeakMap<Phrase, readonly FixedLines[]>();

/** Gives the height of lines below each other. */
export function heightOf({ style, settings }: Lines): number {
  return settings.length * style.leading;
}

/** Gives the left of a line. */
export function leftOf(fonts: Fonts, { style, x, isFlushRight }: Lines, { width }: Setting): number {
  return isFlushRight ? x - (width * style.size) / fonts[style.face].unitsPerEm : x;
}
