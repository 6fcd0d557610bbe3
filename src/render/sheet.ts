/** What one document shows, in the order it is drawn and still without any PDF: layout writes it, painting reads it. */
import type { Fonts } from './font.ts';
import { breakLines, type Lines, leftOf } from './lines.ts';
import type { Coded, Said } from './measure.ts';
import type { Phrase } from './phrase.ts';
import type { Setting } from './shared-face.ts';
import type { Face, TextStyle } from './style.ts';

/** A structure element by its number on the sheet; 0 is the root, under which all others hang. */
export type Element = number;

/** What a structure element says beside its tag. */
export interface ElementOptions {
  /** What is said instead of a picture. */
  readonly alt?: Said;
  /** For `TH`: what the cell heads. */
  readonly scope?: 'Row' | 'Column';
  /** For `TH` and `TD`: over how many columns the cell reaches, when it is more than one. */
  readonly columnSpan?: number;
  /** For `Figure`: left, top, right, bottom. */
  readonly bbox?: readonly [number, number, number, number];
}

/** One line of text; `x` and `y` are its top left. */
export interface TextRun {
  readonly kind: 'text';
  readonly face: Face;
  readonly size: number;
  readonly colour: string;
  readonly x: number;
  readonly y: number;
  readonly setting: Setting;
  /** Whether all documents of the key have this text at this place. */
  readonly isFixed: boolean;
}

/** A QR code with its quiet zone. */
export interface CodeMark {
  readonly kind: 'code';
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly size: number;
}

/** A line across the page. */
export interface Rule {
  readonly kind: 'rule';
  readonly y: number;
  readonly left: number;
  readonly right: number;
  readonly thickness: number;
  readonly colour: string;
}

/** A place for what differs between the documents of a key: a line of one of the texts measured, or a code. */
export type Slot =
  | { readonly kind: 'text'; readonly text: number; readonly line: number }
  | ({ readonly kind: 'code'; readonly code: number } & Place);

/** Where a code stands. */
type Place = Omit<CodeMark, 'kind' | 'text'>;

/** One thing drawn or opened; places are points from the top left of the page. */
export type Mark =
  | TextRun
  | CodeMark
  | { readonly kind: 'page'; readonly page: number }
  | {
      readonly kind: 'element';
      readonly parent: Element;
      readonly tag: string;
      readonly options: ElementOptions;
    }
  | { readonly kind: 'content'; readonly element: Element; readonly marks: readonly Mark[] }
  | {
      readonly kind: 'artifact';
      readonly type: 'Layout' | 'Pagination';
      readonly marks: readonly Mark[];
    }
  | Rule
  | {
      readonly kind: 'box';
      readonly x: number;
      readonly y: number;
      readonly width: number;
      readonly height: number;
      readonly radius: number;
      readonly colour: string;
    }
  | {
      readonly kind: 'path';
      readonly x: number;
      readonly y: number;
      readonly scale: number;
      readonly path: string;
      readonly colour: string;
    }
  | { readonly kind: 'field'; readonly element: Element; readonly tooltip: Said };

/** The pages of one document being placed. */
export class Sheet {
  readonly fonts: Fonts;
  /** The issuer's, of text whose style has none. */
  readonly colour: string;
  readonly root: Element = 0;
  readonly marks: Mark[] = [];
  /** In the order in which they are drawn. */
  readonly slots: Slot[] = [];
  /** The largest alphabet that any text of a face needs. */
  readonly alphabets: Record<Face, number> = { regular: 0, bold: 0 };
  /** Whether the shared faces have all its text, and a template can be made of it. */
  isShared = true;
  #into: Mark[] = this.marks;
  #pages = 1;
  #elements = 1;

  constructor(fonts: Fonts, colour: string) {
    this.fonts = fonts;
    this.colour = colour;
  }

  get pages(): number {
    return this.#pages;
  }

  /** Goes on at the end of a new page. */
  startPage(): void {
    this.#pages += 1;
    this.turnTo(this.#pages - 1);
  }

  /** Goes on at the end of an earlier page, counted from 0. */
  turnTo(page: number): void {
    this.#into.push({ kind: 'page', page });
  }

  /** Adds an element to the structure; what it holds is drawn in `addContent`. */
  addElement(parent: Element, tag: string, options: ElementOptions = {}): Element {
    this.#into.push({ kind: 'element', parent, tag, options });
    this.#elements += 1;
    return this.#elements - 1;
  }

  addContent(element: Element, draw: () => void): void {
    const marks: Mark[] = [];
    this.#into.push({ kind: 'content', element, marks });
    this.#within(marks, draw);
  }

  /** Draws what belongs to the page and not to its content (ISO 32000-1, 14.8.2.2). */
  addArtifact(type: 'Layout' | 'Pagination', draw: () => void): void {
    const marks: Mark[] = [];
    this.#into.push({ kind: 'artifact', type, marks });
    this.#within(marks, draw);
  }

  /** Adds lines below each other, from one of them until before another; `y` is the top of the first added. */
  addLines(lines: Lines, y: number, from = 0, until = lines.settings.length): void {
    const { size, leading, face } = lines.style;
    const { ascent, descent, unitsPerEm } = this.fonts[face];
    let top = y + (leading - ((ascent - descent) * size) / unitsPerEm) / 2;
    for (let line = from; line < until; line += 1) {
      this.#addLine(lines, line, top);
      top += leading;
    }
  }

  /**
   * Adds a phrase that was not measured, broken into lines of a width, and gives its height. Of a sheet with one that is
   * not fixed no template is made.
   */
  addPhrase(
    style: TextStyle,
    phrase: Phrase,
    x: number,
    y: number,
    width = Infinity,
    most = Infinity,
  ): number {
    if (!phrase.isFixed) this.isShared = false;
    const settings = breakLines(this.fonts, style, phrase, width).slice(0, most);
    this.addLines({ style, settings, x, isFlushRight: false, slot: undefined }, y);
    return settings.length * style.leading;
  }

  addCode({ text, slot }: Coded, x: number, y: number, size: number): void {
    this.#into.push({ kind: 'code', text, x, y, size });
    this.slots.push({ kind: 'code', code: slot, x, y, size });
  }

  addRule(y: number, left: number, right: number, thickness: number, colour: string): void {
    this.#into.push({ kind: 'rule', y, left, right, thickness, colour });
  }

  addBox(x: number, y: number, width: number, height: number, radius: number, colour: string): void {
    this.#into.push({ kind: 'box', x, y, width, height, radius, colour });
  }

  /** Draws an SVG path, filled by the even-odd rule. */
  addPath(x: number, y: number, scale: number, path: string, colour: string): void {
    this.#into.push({ kind: 'path', x, y, scale, path, colour });
  }

  /** Places the field of the seal; `tooltip` is what a screen reader says of it. */
  addField(element: Element, tooltip: Said): void {
    this.#into.push({ kind: 'field', element, tooltip });
  }

  #addLine(lines: Lines, line: number, y: number): void {
    const setting = lines.settings[line];
    if (setting === undefined) return;
    const { style, slot } = lines;
    const { face, size, colour = this.colour } = style;
    const { alphabet } = setting;
    if (alphabet === undefined) this.isShared = false;
    else if (alphabet > this.alphabets[face]) this.alphabets[face] = alphabet;
    const x = leftOf(this.fonts, lines, setting);
    this.#into.push({ kind: 'text', face, size, colour, x, y, setting, isFixed: slot === undefined });
    if (slot !== undefined) this.slots.push({ kind: 'text', text: slot, line });
  }

  #within(marks: Mark[], draw: () => void): void {
    const outer = this.#into;
    this.#into = marks;
    draw();
    this.#into = outer;
  }
}
