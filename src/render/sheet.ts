/** What one document shows, in the order it is drawn and still without any PDF: layout writes it, painting reads it. */
import type { Fonts } from './font.ts';
import type { Face } from './style.ts';
import type { Phrase } from './text.ts';

/** A structure element by its number on the sheet; 0 is the root, under which all others hang. */
export type Element = number;

/** What a structure element says beside its tag. */
export interface ElementOptions {
  /** What is said instead of a picture. */
  readonly alt?: Phrase;
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
  readonly text: string;
  /** Whether all documents of the shape have this text at this place. */
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
  | { readonly kind: 'field'; readonly element: Element; readonly tooltip: Phrase };

/**
 * The pages of one document being laid out.
 * Two sheets whose `shape` is equal differ in nothing but their slots: whatever else is put on a sheet goes into its
 * shape too, so a template made of one serves the other.
 */
export class Sheet {
  readonly fonts: Fonts;
  /** The issuer's, of text whose style has none. */
  readonly colour: string;
  readonly root: Element = 0;
  readonly marks: Mark[] = [];
  readonly shape: (string | number)[];
  readonly slots: (TextRun | CodeMark)[] = [];
  /** Slots too: what is not fixed and is not seen, but said. */
  readonly spoken: string[] = [];
  /** The largest alphabet that any text of a face needs. */
  readonly alphabets: Record<Face, number> = { regular: 0, bold: 0 };
  /** Whether the shared faces have all its text. */
  isShared = true;
  #into: Mark[] = this.marks;
  #pages = 1;
  #elements = 1;

  /** @param constants what all documents of the shape have in common beside their pages: language, author … */
  constructor(fonts: Fonts, colour: string, constants: readonly string[]) {
    this.fonts = fonts;
    this.colour = colour;
    this.shape = [...constants];
  }

  get pages(): number {
    return this.#pages;
  }

  /** Ends the sheet. The alphabets are part of its shape: they decide what is embedded. */
  finish(): this {
    this.shape.push(this.alphabets.regular, this.alphabets.bold);
    return this;
  }

  /** Goes on at the end of a new page. */
  startPage(): void {
    this.#pages += 1;
    this.turnTo(this.#pages - 1);
  }

  /** Goes on at the end of an earlier page, counted from 0. */
  turnTo(page: number): void {
    this.#into.push({ kind: 'page', page });
    this.shape.push('page', page);
  }

  /** Adds an element to the structure; what it holds is drawn in `addContent`. */
  addElement(parent: Element, tag: string, options: ElementOptions = {}): Element {
    const { alt, scope = '', columnSpan = 1, bbox = [] } = options;
    this.#into.push({ kind: 'element', parent, tag, options });
    this.shape.push('element', parent, tag, scope, columnSpan, ...bbox);
    if (alt !== undefined) this.#addSpoken(alt);
    this.#elements += 1;
    return this.#elements - 1;
  }

  addContent(element: Element, draw: () => void): void {
    const marks: Mark[] = [];
    this.#into.push({ kind: 'content', element, marks });
    this.shape.push('content', element);
    this.#within(marks, draw);
  }

  /** Draws what belongs to the page and not to its content (ISO 32000-1, 14.8.2.2). */
  addArtifact(type: 'Layout' | 'Pagination', draw: () => void): void {
    const marks: Mark[] = [];
    this.#into.push({ kind: 'artifact', type, marks });
    this.shape.push('artifact', type);
    this.#within(marks, draw);
  }

  /** @param alphabet the one that the text needs of the shared face, `undefined` when that does not have it */
  addText(run: TextRun, alphabet: number | undefined): void {
    const { face, size, colour, x, y, text } = run;
    if (alphabet === undefined) this.isShared = false;
    else if (alphabet > this.alphabets[face]) this.alphabets[face] = alphabet;
    this.#into.push(run);
    if (run.isFixed) {
      this.shape.push('text', face, size, colour, y, x, text);
      return;
    }
    // Text that is not fixed may also stand elsewhere on its line: much of it is set flush right.
    this.shape.push('slot', face, size, colour, y);
    this.slots.push(run);
  }

  addCode(text: string, x: number, y: number, size: number): void {
    const mark: CodeMark = { kind: 'code', text, x, y, size };
    this.#into.push(mark);
    this.shape.push('code', x, y, size);
    this.slots.push(mark);
  }

  addRule(y: number, left: number, right: number, thickness: number, colour: string): void {
    this.#into.push({ kind: 'rule', y, left, right, thickness, colour });
    this.shape.push('rule', y, left, right, thickness, colour);
  }

  addBox(x: number, y: number, width: number, height: number, radius: number, colour: string): void {
    this.#into.push({ kind: 'box', x, y, width, height, radius, colour });
    this.shape.push('box', x, y, width, height, radius, colour);
  }

  /** Draws an SVG path, filled by the even-odd rule. */
  addPath(x: number, y: number, scale: number, path: string, colour: string): void {
    this.#into.push({ kind: 'path', x, y, scale, path, colour });
    this.shape.push('path', x, y, scale, path, colour);
  }

  /** Places the field of the seal; `tooltip` is what a screen reader says of it. */
  addField(element: Element, tooltip: Phrase): void {
    this.#into.push({ kind: 'field', element, tooltip });
    this.shape.push('field', element);
    this.#addSpoken(tooltip);
  }

  #addSpoken({ text, isFixed }: Phrase): void {
    this.shape.push('spoken', isFixed ? text : '');
    if (!isFixed) this.spoken.push(text);
  }

  #within(marks: Mark[], draw: () => void): void {
    const outer = this.#into;
    this.#into = marks;
    draw();
    this.#into = outer;
    this.shape.push('end');
  }
}
