/** The texts of one document: words filled with values, facts written out; all in NFC and all printable. */

import type { AttestationFacts } from '../domain/attestation.ts';
import type { AttestationType, Issuer, Placeholder } from '../domain/attestation-type.ts';
import type { FactValues } from '../domain/fact-value.ts';
import type { DocumentLanguage } from '../domain/language.ts';
import type { FactUse } from '../domain/page-layout.ts';
import { ServiceError } from '../errors.ts';
import { Common, type CommonTexts } from './common.ts';
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
  /** Of the attestation. */
  readonly number: Phrase;
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

/**
 * Prepares the texts of one document.
 * @param known what earlier documents of the renderer have in common; added to
 * @throws ServiceError `renderingFailed` when a text holds a character that a face has no glyph for
 */
export function createWording(input: WordingInput, house: House, fonts: Fonts, known: CommonTexts): Wording {
  const { type, language, number } = input;
  const texts = type.texts[language];
  const common = known.get(texts) ?? new Common();
  known.set(texts, common);
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
  const write = (isFixed: boolean, field: string, text: string) =>
    isFixed ? common.fixed(text, () => printAs(true, field, text)) : print(field, text);
  const valueOf = (name: string): string | undefined => {
    if (name === 'number') return number;
    if (name === 'url') return input.verificationUrl;
    if (name === 'verifyPage') return input.byHand.page.replace(/^https:\/\//, '');
    const { issuer } = house;
    if (name === 'issuer') return issuer.name[language];
    return OF_ISSUER.has(name) ? issuer.contact[name as keyof Issuer['contact']] : facts.inText(name);
  };
  const word: Wording['word'] = (key, more) => {
    const kept = common.words.get(key);
    if (kept !== undefined) return kept;
    const [start = '', ...rest] = common.partsOf(texts.words[key] ?? missing(number, key));
    let text = start;
    let isFixed = true;
    let isKept = true;
    for (const [at, part] of rest.entries()) {
      if (at % 2 === 1) {
        text += part;
        continue;
      }
      text += more?.[part] ?? valueOf(part) ?? missing(number, part);
      isKept &&= OF_ISSUER.has(part);
      isFixed &&= OF_ISSUER.has(part) || OF_KEY.has(part);
    }
    const phrase = write(isFixed, key, language === 'fr' ? bindPunctuation(text) : text);
    if (isKept) common.words.set(key, phrase);
    return phrase;
  };
  const facts = createFactWriter(input, house, common.values, word, print);
  const { rows, field, cell } = facts;
  const frame = frameOf(house.issuer, texts.title, language, word, (isFixed, text) =>
    write(isFixed, 'issuer', text),
  );
  return { language, number: print('number', number), ...frame, word, print, rows, field, cell };
}

/** What stands around the content of every document of an institution. */
export function frameOf(
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
