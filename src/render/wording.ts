/** The texts of one document: words filled with values, facts written out; all in NFC and all printable. */

import type { AttestationFacts } from '../domain/attestation.ts';
import type { AttestationTexts, AttestationType, Issuer, Placeholder } from '../domain/attestation-type.ts';
import type { FactValues } from '../domain/fact-value.ts';
import type { DocumentLanguage } from '../domain/language.ts';
import type { FactUse } from '../domain/page-layout.ts';
import { ServiceError } from '../errors.ts';
import { formatEnterprise } from './fact-text.ts';
import { createFactWriter } from './fact-writer.ts';
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
  readonly issuer: Phrase;
  /** What the footer says of the issuer. */
  readonly issuerLines: () => readonly Phrase[];
  /** What stands above later pages. */
  readonly runningTitle: () => Phrase;
  /** Gives the words of a key with their placeholders filled; `more` adds values only this use knows. */
  readonly word: (key: string, more?: Readonly<Record<string, string>>) => Phrase;
  /** Brings a value into NFC. @throws ServiceError `renderingFailed` naming the field, never the value */
  readonly print: (field: string, value: string) => Phrase;
  /** Puts a blank behind a phrase, for who reads what follows on the line aloud or copies it. */
  readonly spaced: (phrase: Phrase) => Phrase;
  /** What the rows of a table stand for, in order. */
  readonly rows: readonly FactValues[];
  /** Writes a fact with its label; undefined when it is optional and there is no value. */
  readonly field: (use: FactUse) => LabelledValue | undefined;
  /** Writes a fact of a row, a dash where there is no value. */
  readonly cell: (use: FactUse, row: FactValues) => Phrase;
}

/** The phrases that all documents of one type and language share, by field and text. */
export type FixedPhrases = WeakMap<AttestationTexts, Map<string, Phrase>>;

/**
 * Prepares the texts of one document.
 * @param known what earlier documents of the renderer found to be fixed; added to
 * @throws ServiceError `renderingFailed` when a text holds a character that a face has no glyph for
 */
export function createWording(input: WordingInput, house: House, fonts: Fonts, known: FixedPhrases): Wording {
  const { type, language, number } = input;
  const texts = type.texts[language];
  const phrases = known.get(texts) ?? new Map<string, Phrase>();
  known.set(texts, phrases);
  const printAs = (isFixed: boolean, field: string, value: string): Phrase => {
    // Whatever the shared faces have is in NFC already.
    if (isShared(fonts, value)) return phraseOf(value, isFixed);
    const text = value.normalize('NFC');
    if (canPrint(fonts, text)) return phraseOf(text, isFixed);
    throw new ServiceError(
      'renderingFailed',
      `Attestation ${number}: field ${field} holds a character that the typeface cannot print; correct it at its source.`,
    );
  };
  const print: Wording['print'] = (field, value) => printAs(false, field, value);
  const fixed = (field: string, value: string): Phrase => {
    const key = `${field}: ${value}`;
    const phrase = phrases.get(key) ?? printAs(true, field, value);
    phrases.set(key, phrase);
    return phrase;
  };
  const word: Wording['word'] = (key, more) => {
    const kept = more === undefined ? phrases.get(key) : undefined;
    if (kept !== undefined) return kept;
    const words = texts.words[key] ?? missing(number, key);
    let isFixed = true;
    const filled = words.replace(/\{(\w+)\}/g, (_, name: string) => {
      isFixed &&= FIXED_PLACEHOLDERS.has(name);
      return more?.[name] ?? own[name] ?? facts.inText(name) ?? missing(number, name);
    });
    const text = language === 'fr' ? bindPunctuation(filled) : filled;
    if (!isFixed) return print(key, text);
    const phrase = fixed(key, text);
    if (more === undefined) phrases.set(key, phrase);
    return phrase;
  };
  const own: Readonly<Record<string, string>> = {
    issuer: house.issuer.name[language],
    ...house.issuer.contact,
    number,
    url: input.verificationUrl,
    verifyPage: input.byHand.page.replace(/^https:\/\//, ''),
  };
  const facts = createFactWriter(input, house, word, print);
  const { rows, field, cell } = facts;
  const frame = frameOf(house.issuer, texts.title, language, word, (isFixed, text) =>
    isFixed ? fixed('issuer', text) : print('issuer', text),
  );
  return { language, ...frame, word, print, rows, field, cell };
}

/** What stands around the content of every document of an institution. */
function frameOf(
  issuer: Issuer,
  title: string,
  language: DocumentLanguage,
  word: Wording['word'],
  write: (isFixed: boolean, text: string) => Phrase,
): Pick<Wording, 'title' | 'issuer' | 'issuerLines' | 'runningTitle' | 'spaced'> {
  return {
    title: write(true, title),
    issuer: write(true, issuer.name[language]),
    issuerLines: () => {
      const { text, isFixed } = word('enterpriseNumber');
      const { telephone, email, website } = issuer.contact;
      return [
        write(isFixed, `${issuer.name[language]} · ${text} ${formatEnterprise(issuer.enterpriseNumber)}`),
        write(true, issuer.address[language].join(', ')),
        write(true, [telephone, email, website].join(' · ')),
      ];
    },
    runningTitle: () => write(true, `${issuer.shortName[language]} · ${title}`),
    spaced: ({ text, isFixed }) => write(isFixed, `${text} `),
  };
}

/** Placeholders of the issuer, and of the page, which is the same in all documents of a shape. */
const FIXED_PLACEHOLDERS: ReadonlySet<string> = new Set<Placeholder | 'page' | 'pages'>([
  'issuer',
  'email',
  'telephone',
  'website',
  'page',
  'pages',
]);

function missing(number: string, name: string): never {
  throw new ServiceError('renderingFailed', `Attestation ${number}: there is no value for ${name}.`);
}

/** French sets a space before high punctuation, which must not begin a line. */
function bindPunctuation(text: string): string {
  return text.replace(/ (?=[?!;:»])/g, '\u00a0').replace(/(?<=«) /g, '\u00a0');
}
