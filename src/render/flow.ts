/** Where the next thing on the page goes, and when a new page begins. */
import { ServiceError } from '../errors.ts';
import { heightOf, type Lines } from './lines.ts';
import type { Sheet } from './sheet.ts';
import { HEADING_GAP, PAGE, SECTION_GAP } from './style.ts';

/** Height of the line that repeats number and title on later pages, with the space below it. */
const RUNNING_HEADER = 28;

/** The room of a page that is not the first. */
const TOP = PAGE.top + RUNNING_HEADER;
export const BOTTOM = PAGE.footer - SECTION_GAP;

/** Puts something that was measured on the page. */
export type Place = (flow: Flow) => void;

/** The page being filled, from top to bottom. Holds the one thing that changes while a document is drawn. */
export class Flow {
  readonly sheet: Sheet;
  /** The top of what comes next. */
  y: number;
  /** The lower edge of the room on this page. */
  #bottom: number;
  readonly #drawUnder: () => void;

  /**
   * @param start where the first page has room from
   * @param firstBottom the lower edge of that room
   * @param drawUnder draws what lies under all else on a page that begins
   */
  constructor(sheet: Sheet, start: number, firstBottom: number, drawUnder: () => void) {
    this.sheet = sheet;
    this.#drawUnder = drawUnder;
    this.y = start;
    this.#bottom = firstBottom;
  }

  /** The height left on this page. */
  get room(): number {
    return this.#bottom - this.y;
  }

  /**
   * Makes sure that a height fits, on a new page if need be; gives whether one began.
   * @throws ServiceError `renderingFailed` when it fits on no page
   */
  reserve(height: number, what: string): boolean {
    if (height <= this.room) return false;
    this.startPage();
    if (height > this.room)
      throw new ServiceError('renderingFailed', `The ${what} of an attestation is too long for a page.`);
    return true;
  }

  startPage(): void {
    this.sheet.startPage();
    this.#drawUnder();
    this.y = TOP;
    this.#bottom = BOTTOM;
  }

  /** The height of a page of which nothing is taken. */
  get wholePage(): number {
    return BOTTOM - TOP;
  }

  /** Writes a text, going on to the next page where the room ends. */
  writeText(tag: string, lines: Lines): void {
    const { sheet } = this;
    const { leading } = lines.style;
    const element = sheet.addElement(sheet.root, tag);
    for (let from = 0; from < lines.settings.length; ) {
      if (this.room < leading) this.startPage();
      const until = Math.min(from + Math.floor(this.room / leading), lines.settings.length);
      sheet.addContent(element, () => {
        sheet.addLines(lines, this.y, from, until);
      });
      this.y += (until - from) * leading;
      from = until;
    }
  }

  /**
   * Begins a section: space, its heading if it has one, and at least `following` points of what comes below on the same
   * page. @throws ServiceError `renderingFailed` when that fits on no page
   */
  startSection(heading: Lines | undefined, following: number): void {
    if (heading === undefined) {
      if (!this.reserve(SECTION_GAP + following, 'block')) this.y += SECTION_GAP;
      return;
    }
    const height = SECTION_GAP + heightOf(heading) + HEADING_GAP;
    if (!this.reserve(height + following, 'heading')) this.y += SECTION_GAP;
    this.writeText('H2', heading);
    this.y += HEADING_GAP;
  }
}
