/** The texts of one document: words filled with values, facts written out; all in NFC and all printable. */

import type { AttestationFacts, NamedEmployer } from '../domain/attestation.ts';
import type {
  AttestationTexts,
  AttestationType,
  FieldName,
  Issuer,
  Placeholder,
} from '../domain/attestation-type.ts';
import { formatEnterpriseNumber, parseEnterpriseNumber } from '../domain/enterprise-number.ts';
import type { DocumentLanguage } from '../domain/language.ts';
import { formatSsin, maskSsin } from '../domain/ssin.ts';
import { ServiceError } from '../errors.ts';
import { formatMonth } from './calendar.ts';
import { canPrint, type Fonts, isShared } from './font.ts';
import type { Phrase } from './text.ts';

/** What the wording of a document is made of. */
export interface WordingInput {
  readonly type: AttestationType;
  readonly language: DocumentLanguage;
  readonly facts: AttestationFacts;
  /** The attestation number. */
  readonly number: string;
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
  /** Gives the words of a key with their placeholders filled; `more` adds values only this use knows. */
  readonly word: (key: string, more?: Readonly<Record<string, string>>) => Phrase;
  /** Brings a value into NFC. @throws ServiceError `renderingFailed` naming the field, never the value */
  readonly print: (field: string, value: string) => Phrase;
  /** The same for a value that all documents of type and language have. */
  readonly fixed: (field: string, value: string) => Phrase;
  /** Writes a field of the facts with its label. */
  readonly field: (name: FieldName) => LabelledValue;
}

/** The phrases that all documents of one type and language share, by field and text. */
export type FixedPhrases = WeakMap<AttestationTexts, Map<string, Phrase>>;

/**
 * Prepares the texts of one document.
 * @param known what earlier documents of the renderer found to be fixed; added to
 * @throws ServiceError `renderingFailed` when a text holds a character that a face has no glyph for
 */
export function createWording(
  input: WordingInput,
  issuer: Issuer,
  fonts: Fonts,
  known: FixedPhrases,
): Wording {
  const { type, language, facts, number } = input;
  const texts = type.texts[language];
  const phrases = known.get(texts) ?? new Map<string, Phrase>();
  known.set(texts, phrases);
  const printAs = (isFixed: boolean, field: string, value: string): Phrase => {
    // Whatever the shared faces have is in NFC already.
    if (isShared(fonts, value)) return { text: value, isFixed };
    const text = value.normalize('NFC');
    if (canPrint(fonts, text)) return { text, isFixed };
    throw new ServiceError(
      'renderingFailed',
      `Attestation ${number}: field ${field} holds a character that the typeface cannot print; correct it at its source.`,
    );
  };
  const print: Wording['print'] = (field, value) => printAs(false, field, value);
  const fixed: Wording['fixed'] = (field, value) => {
    const key = `${field}: ${value}`;
    const phrase = phrases.get(key) ?? printAs(true, field, value);
    phrases.set(key, phrase);
    return phrase;
  };
  const values = valuesOf(input, issuer);
  const word: Wording['word'] = (key, more) => {
    const kept = more === undefined ? phrases.get(key) : undefined;
    if (kept !== undefined) return kept;
    const words = texts.words[key] ?? missing(number, key);
    let isFixed = true;
    const filled = words.replace(/\{(\w+)\}/g, (_, name: string) => {
      isFixed &&= FIXED_PLACEHOLDERS.has(name);
      return more?.[name] ?? values[name] ?? missing(number, name);
    });
    const text = language === 'fr' ? bindPunctuation(filled) : filled;
    if (!isFixed) return print(key, text);
    const phrase = fixed(key, text);
    if (more === undefined) phrases.set(key, phrase);
    return phrase;
  };
  return {
    language,
    title: fixed('title', texts.title),
    word,
    print,
    fixed,
    field: (name) => fieldOf(name, type, facts, values, word, print),
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

function valuesOf(
  { facts, language, number, verificationUrl, byHand }: WordingInput,
  issuer: Issuer,
): Readonly<Record<string, string | undefined>> {
  const employer = facts.employer?.name ?? numberOf(facts.employer);
  return {
    issuer: issuer.name[language],
    ...issuer.contact,
    number,
    url: verificationUrl,
    verifyPage: byHand.page.replace(/^https:\/\//, ''),
    holder: `${facts.holder.givenName} ${facts.holder.familyName}`.trim(),
    ...(employer !== undefined && { employer }),
    ...(facts.month !== undefined && { month: formatMonth(facts.month, language) }),
    numberOfDays: String(facts.days.length),
  };
}

function fieldOf(
  name: FieldName,
  type: AttestationType,
  facts: AttestationFacts,
  values: Readonly<Record<string, string | undefined>>,
  word: Wording['word'],
  print: Wording['print'],
): LabelledValue {
  const given = (value: string, label = word(name)) => ({
    label,
    value: print(name, value),
    isAbsent: false,
  });
  const absent = (value: Phrase) => ({ label: word(name), value, isAbsent: true });
  switch (name) {
    case 'ssin':
      return given(type.ssin === 'full' ? formatSsin(facts.holder.ssin) : maskSsin(facts.holder.ssin));
    case 'employer': {
      const employerName = facts.employer?.name;
      return employerName === undefined ? absent(word('employerUnnamed')) : given(employerName);
    }
    case 'employerNumber': {
      const employerNumber = numberOf(facts.employer);
      if (employerNumber === undefined) return absent(print(name, '–'));
      const isNsso = facts.employer?.enterpriseNumber === undefined;
      return given(employerNumber, isNsso ? word('nssoNumber') : word(name));
    }
    case 'holder':
      return given(
        [facts.holder.familyName, facts.holder.givenName].filter((part) => part !== '').join(', '),
      );
    case 'month':
    case 'numberOfDays':
      return values[name] === undefined ? absent(print(name, '–')) : given(values[name]);
  }
}

/** The enterprise number as people write it, else the NSSO number as it is. */
function numberOf(employer: NamedEmployer | undefined): string | undefined {
  return employer?.enterpriseNumber === undefined
    ? employer?.nssoNumber
    : formatEnterprise(employer.enterpriseNumber);
}

/** Writes an enterprise number with its dots; any other text stays as it is. */
export function formatEnterprise(text: string): string {
  const number = parseEnterpriseNumber(text);
  return number === undefined ? text : formatEnterpriseNumber(number);
}

/** French sets a space before high punctuation, which must not begin a line. */
function bindPunctuation(text: string): string {
  return text.replace(/ (?=[?!;:»])/g, '\u00a0').replace(/(?<=«) /g, '\u00a0');
}
