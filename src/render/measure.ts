/**
 * The first half of laying a document out: its texts are broken into lines and get their place across the page. How far
 * down the page everything stands is decided when it is placed, and follows from the key of what was measured.
 */
import type { Fonts } from './font.ts';
import { breakLines, type Lines, linesOfFixed } from './lines.ts';
import type { Phrase } from './phrase.ts';
import type { Setting } from './shared-face.ts';
import type { TextStyle } from './style.ts';

/** What is not seen but said. */
export interface Said {
  readonly text: string;
  /** Its number among `Measure.spoken`; undefined for what all documents of the key say. */
  readonly slot: number | undefined;
}

/** What a QR code holds. */
export interface Coded {
  readonly text: string;
  /** Its number among `Measure.codes`. */
  readonly slot: number;
}

/**
 * The texts of one document, measured. Two documents of one key differ in nothing but `texts`, `codes` and `spoken`:
 * whatever else decides what is placed, and at which height, goes into the key too.
 */
export class Measure {
  readonly fonts: Fonts;
  readonly texts: Lines[] = [];
  readonly codes: string[] = [];
  readonly spoken: string[] = [];
  /** Whether the shared faces have all its texts. */
  isShared = true;
  readonly #key: number[] = [];
  #regular = 0;
  #bold = 0;

  constructor(fonts: Fonts) {
    this.fonts = fonts;
  }

  /** Ends measuring. The alphabets are part of the key: they decide what is embedded. */
  finish(): readonly number[] {
    this.#key.push(this.#regular, this.#bold);
    return this.#key;
  }

  /** Notes what decides, beside the texts, how the document is placed: how many rows there are, which of two forms … */
  note(value: number): void {
    this.#key.push(value);
  }

  /** Breaks a phrase into lines of a width that begin at `x`. */
  lines(style: TextStyle, phrase: Phrase, x: number, width: number): Lines {
    if (!phrase.isFixed) return this.looseLines(style, phrase, x, width);
    const lines = linesOfFixed(this.fonts, style, phrase, x, width);
    this.#key.push(lines.id);
    return lines;
  }

  /** The same for a phrase that may be fixed but stands where other texts let it. */
  looseLines(style: TextStyle, phrase: Phrase, x: number, width: number): Lines {
    return this.#fillIn(style, breakLines(this.fonts, style, phrase, width), x, false);
  }

  /** Breaks a phrase into lines that end at `x`. */
  linesUpTo(style: TextStyle, phrase: Phrase, x: number, width: number): Lines {
    return this.#fillIn(style, breakLines(this.fonts, style, phrase, width), x, true);
  }

  say({ text, isFixed, id }: Phrase): Said {
    this.#key.push(isFixed ? id : SAID);
    return { text, slot: isFixed ? undefined : this.spoken.push(text) - 1 };
  }

  code(text: string): Coded {
    return { text, slot: this.codes.push(text) - 1 };
  }

  #fillIn(style: TextStyle, settings: readonly Setting[], x: number, isFlushRight: boolean): Lines {
    for (const { alphabet } of settings) {
      if (alphabet === undefined) this.isShared = false;
      else if (style.face === 'bold') this.#bold = Math.max(this.#bold, alphabet);
      else this.#regular = Math.max(this.#regular, alphabet);
    }
    // Below zero, so that no count of lines is taken for the number of a fixed text.
    this.#key.push(-1 - settings.length);
    const lines = { style, settings, x, isFlushRight, slot: this.texts.length };
    this.texts.push(lines);
    return lines;
  }
}

const SAID = -1;
