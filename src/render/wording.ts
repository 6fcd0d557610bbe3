/** The texts of one document: words filled with values, facts written out; all in NFC and all printable. */

import type { AttestationFacts } from '../domain/attestation.ts';
import type { AttestationTexts, AttestationType, Issuer, Placeholder } from '../domain/attestation-type.ts';
import type { FactValues } from '../domain/fact-value.ts';
import type { DocumentLanguage } from '../domain/language.ts';
import type { FactUse } from '../domain/page-layout.ts';
import { ServiceError } from '../errors.ts';
import { Common, type CommonTexts } from './common.ts';
import { FactWriter } from './fact-writer.ts';
import { canPrint, type Fonts, isShared } from './font.ts';
import type { House } from './layout.ts';
import { type Phrase, phraseOf } from './phrase.ts';

/** What the wording of a document is made of. */
export interface WordingInput {
  readonly type: AttestationType;
  readonly language: DocumentLanguage;
  readonly facts: AttestationFacts;
  /** The attestation number. */
  readonly number: string;
  readonly issuedAt: Date;
  /** The number of the attestation that this one replaces. */
  readonly supersedes?: string;
  /** Where the QR code leads. */
  readonly verificationUrl: string;
  /** The code that is checked without internet, for a type that has one. */
  readonly offlineCode?: string;
  /** For who cannot scan: the address of the page, and the code to type there beside the number. */
  readonly byHand: { readonly page: string; readonly code: string };
}

/** One line of a `fields` block; `isAbsent` marks words that stand in for a value. */
export interface LabelledValue {
  readonly label: Phrase;
  readonly value: Phrase;
  readonly isAbsent: boolean;
}

export interface Wording {
  readonly language: DocumentLanguage;
  readonly title: Phrase;
  /** Of the attestation. */
  readonly number: Phrase;
  readonly issuer: Phrase;
  /** What the rows of a table stand for, in order. */
  readonly rows: readonly FactValues[];
  /** Gives the words of a key with their placeholders filled; `more` adds values only this use knows. */
  word(key: string, more?: Readonly<Record<string, string>>): Phrase;
  /** Brings a value into NFC. @throws ServiceError `renderingFailed` naming the field, never the value */
  print(field: string, value: string): Phrase;
  /** The same for a text that all documents have if it is fixed. */
  write(isFixed: boolean, field: string, text: string): Phrase;
  /** Writes a fact with its label; undefined when it is optional and there is no value. */
  field(use: FactUse): LabelledValue | undefined;
  /** Writes a fact of a row, a dash where there is no value. */
  cell(use: FactUse, row: FactValues): Phrase;
}

/**
 * Prepares the texts of one document.
 * @param known what earlier documents of the renderer have in common; added to
 * @throws ServiceError `renderingFailed` when a text holds a character that a face has no glyph for
 */
export function createWording(input: WordingInput, house: House, fonts: Fonts, known: CommonTexts): Wording {
  return new DocumentWording(input, house, fonts, known);
}

/** A class, because a document has many texts and each way to write one would be a function made anew for it. */
class DocumentWording implements Wording {
  readonly language: DocumentLanguage;
  readonly title: Phrase;
  readonly number: Phrase;
  readonly issuer: Phrase;
  readonly #input: WordingInput;
  readonly #house: House;
  readonly #fonts: Fonts;
  readonly #texts: AttestationTexts;
  readonly #common: Common;
  readonly #facts: FactWriter;

  constructor(input: WordingInput, house: House, fonts: Fonts, known: CommonTexts) {
    const { type, language, number } = input;
    const texts = type.texts[language];
    let common = known.get(texts);
    if (common === undefined) {
      common = new Common();
      known.set(texts, common);
    }
    this.language = language;
    this.#input = input;
    this.#house = house;
    this.#fonts = fonts;
    this.#texts = texts;
    this.#common = common;
    this.#facts = new FactWriter(input, house, common.values, this);
    this.title = this.write(true, 'issuer', texts.title);
    this.issuer = this.write(true, 'issuer', house.issuer.name[language]);
    this.number = this.print('number', number);
  }

  get rows(): readonly FactValues[] {
    return this.#facts.rows;
  }

  field(use: FactUse): LabelledValue | undefined {
    return this.#facts.field(use);
  }

  cell(use: FactUse, row: FactValues): Phrase {
    return this.#facts.cell(use, row);
  }

  print(field: string, value: string): Phrase {
    return this.#print(false, field, value);
  }

  write(isFixed: boolean, field: string, text: string): Phrase {
    if (!isFixed) return this.print(field, text);
    const known = this.#common.fixed.get(text);
    if (known !== undefined) return known;
    const phrase = this.#print(true, field, text);
    this.#common.fixed.set(text, phrase);
    return phrase;
  }

  word(key: string, more?: Readonly<Record<string, string>>): Phrase {
    const pageWords = this.#common.pageWords(this.#input.byHand.page);
    const kept = this.#common.words.get(key) ?? pageWords.get(key);
    if (kept !== undefined) return kept;
    const parts = this.#common.partsOf(this.#texts.words[key] ?? missing(this.#input.number, key));
    let text = '';
    let isFixed = true;
    let isKept = true;
    let isOfPage = true;
    for (let at = 0; at < parts.length; at += 1) {
      const part = parts[at] ?? '';
      if (at % 2 === 0) {
        text += part;
        continue;
      }
      text += more?.[part] ?? this.#valueOf(part) ?? missing(this.#input.number, part);
      isKept &&= OF_ISSUER.has(part);
      isOfPage &&= OF_ISSUER.has(part) || part === 'verifyPage';
      isFixed &&= OF_ISSUER.has(part) || OF_KEY.has(part);
    }
    const phrase = this.write(isFixed, key, this.language === 'fr' ? bindPunctuation(text) : text);
    if (isKept) this.#common.words.set(key, phrase);
    else if (isOfPage) pageWords.set(key, phrase);
    return phrase;
  }

  #print(isFixed: boolean, field: string, value: string): Phrase {
    // Whatever the shared faces have is in NFC already.
    if (isShared(this.#fonts, value)) return phraseOf(value, isFixed);
    const text = value.normalize('NFC');
    if (canPrint(this.#fonts, text)) return phraseOf(text, isFixed);
    throw new ServiceError(
      'renderingFailed',
      `Attestation ${this.#input.number}: field ${field} holds a character that the typeface cannot print; correct it at its source.`,
    );
  }

  #valueOf(name: string): string | undefined {
    const { number, verificationUrl, byHand } = this.#input;
    if (name === 'number') return number;
    if (name === 'url') return verificationUrl;
    if (name === 'verifyPage') return byHand.page.replace(/^https:\/\//, '');
    const { issuer } = this.#house;
    if (name === 'issuer') return issuer.name[this.language];
    return OF_ISSUER.has(name) ? issuer.contact[name as keyof Issuer['contact']] : this.#facts.inText(name);
  }
}

/** Placeholders whose values are the same in all documents. */
const OF_ISSUER: ReadonlySet<string> = new Set<Placeholder>(['issuer', 'email', 'telephone', 'website']);

/** Placeholders whose values are the same in all documents of a key. */
const OF_KEY: ReadonlySet<string> = new Set<Placeholder | 'page' | 'pages'>(['verifyPage', 'page', 'pages']);

function missing(number: string, name: string): never {
  throw new ServiceError('renderingFailed', `Attestation ${number}: there is no value for ${name}.`);
}

/** French sets a space before high punctuation, which must not begin a line. */
function bindPunctuation(text: string): string {
  return text.replace(/ (?=[?!;:»])/g, '\u00a0').replace(/(?<=«) /g, '\u00a0');
}
