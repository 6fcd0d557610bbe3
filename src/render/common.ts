/** What documents of one type and language have in common: found once, kept as long as the renderer. */
import type { AttestationTexts } from '../domain/attestation-type.ts';
import type { Format } from '../domain/fact.ts';
import type { Phrase } from './phrase.ts';
import type { Recent } from './recent.ts';

/** By the texts of the type in the language. */
export type CommonTexts = WeakMap<AttestationTexts, Common>;

/** The phrases of one type and language that were needed before. */
export class Common {
  /** Words by key, of those whose placeholders have the same values in all documents. */
  readonly words = new Map<string, Phrase>();
  /** The same of words that name the page where documents are checked, and nothing else that differs. */
  readonly #pageWords = new Map<string, Phrase>();
  #page = '';
  /** Values that come again and again, such as days, by the format in which they are written. */
  readonly values = new Map<Format, Recent<Phrase>>();
  /** The one phrase of each fixed text. */
  readonly fixed = new Map<string, Phrase>();
  readonly #parts = new Map<string, readonly string[]>();

  /** Gives the words by key that name this page; there is seldom another. */
  pageWords(page: string): Map<string, Phrase> {
    if (page !== this.#page) this.#pageWords.clear();
    this.#page = page;
    return this.#pageWords;
  }

  /** Cuts words at their placeholders: text and names by turns. */
  partsOf(words: string): readonly string[] {
    const known = this.#parts.get(words);
    if (known !== undefined) return known;
    const parts = words.split(/\{(\w+)\}/);
    this.#parts.set(words, parts);
    return parts;
  }
}
