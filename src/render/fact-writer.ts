/** The facts of one document as fields, cells and parts of a text. */
import type { Holder } from '../domain/attestation.ts';
import type { Fact, Format } from '../domain/fact.ts';
import { type FactValue, type FactValues, rowsOf, valuesOfAttestation } from '../domain/fact-value.ts';
import type { DocumentLanguage } from '../domain/language.ts';
import { type FactUse, labelOf } from '../domain/page-layout.ts';
import { ServiceError } from '../errors.ts';
import type { Common } from './common.ts';
import { type FactContext, isNssoOnly, numberOf, writeFact } from './fact-text.ts';
import type { House } from './layout.ts';
import type { Phrase } from './phrase.ts';
import { Recent } from './recent.ts';
import type { LabelledValue, Wording, WordingInput } from './wording.ts';

/** Writes the facts of one document. */
export interface FactWriter extends Pick<Wording, 'rows' | 'field' | 'cell'> {
  /** Writes a fact as part of a sentence; undefined when there is no value. */
  readonly inText: (name: string) => string | undefined;
}

/** Between the values that rows have of one fact; French sets a space before high punctuation. */
const SEPARATORS: Readonly<Record<DocumentLanguage, string>> = { nl: '; ', fr: '\u00a0; ', de: '; ' };

/** Stands where there is no value. */
const DASH = '–';

/** Writes the values of one document's facts, whatever rows they are of. */
interface ValueWriter {
  readonly rows: readonly FactValues[];
  /** The values of which the document has one. */
  readonly single: FactValues;
  /** @throws ServiceError `renderingFailed` for a fact that the type does not have */
  readonly factOf: (name: string) => Fact;
  /** Writes one value; undefined when there is none. */
  readonly write: (fact: Fact, value: FactValue | undefined, format?: Format) => Phrase | undefined;
  /** The same of all values: of a fact that each row has the different ones in their order. */
  readonly writeAll: (fact: Fact, format: FactUse['format']) => Phrase | undefined;
  readonly textOfAll: (fact: Fact, format?: FactUse['format']) => string | undefined;
}

function createValueWriter(
  input: WordingInput,
  house: House,
  often: Common['values'],
  word: Wording['word'],
  print: Wording['print'],
): ValueWriter {
  const { type, language, facts, number, issuedAt, supersedes } = input;
  const rows = rowsOf(type, facts);
  const single: FactValues = { ...valuesOfAttestation(type, facts), number, issuedOn: issuedAt, supersedes };
  const context: FactContext = {
    language,
    isMasked: type.ssin === 'masked',
    word: (key) => word(key).text,
    jointCommitteeName: house.jointCommitteeName,
    municipalityName: house.municipalityName,
  };
  const textOf = (fact: Fact, value: FactValue | undefined, format?: Format) => {
    const written = writeFact(fact, value, context, format);
    if (written === 'misfit') throw misfit(number, fact.name, format ?? fact.format);
    return written === 'absent' ? undefined : written.text;
  };
  const write: ValueWriter['write'] = (fact, value, format = fact.format) => {
    const known = typeof value === 'string' ? recentOf(often, format) : undefined;
    const found = known?.get(value as string);
    if (found !== undefined) return found;
    const text = textOf(fact, value, format);
    if (text === undefined) return undefined;
    const phrase = print(fact.name, text);
    known?.set(value as string, phrase);
    return phrase;
  };
  const textOfAll: ValueWriter['textOfAll'] = (fact, format) => {
    if (fact.of === 'attestation') return textOf(fact, single[fact.name], format);
    const texts = new Set(rows.map((row) => textOf(fact, row[fact.name], format)));
    texts.delete(undefined);
    return texts.size === 0 ? undefined : [...texts].join(SEPARATORS[language]);
  };
  const writeAll: ValueWriter['writeAll'] = (fact, format) => {
    if (fact.of === 'attestation') return write(fact, single[fact.name], format);
    const text = textOfAll(fact, format);
    return text === undefined ? undefined : print(fact.name, text);
  };
  const factOf = (name: string): Fact => type.facts.get(name) ?? unknownFact(number, name);
  return { rows, single, factOf, write, writeAll, textOfAll };
}

/**
 * Prepares the facts of one document.
 * @param often what earlier documents had too; added to
 * @throws ServiceError `renderingFailed`, when one is written, for a value that does not have the form its format wants
 */
export function createFactWriter(
  input: WordingInput,
  house: House,
  often: Common['values'],
  word: Wording['word'],
  print: Wording['print'],
): FactWriter {
  const { rows, single, factOf, write, writeAll, textOfAll } = createValueWriter(
    input,
    house,
    often,
    word,
    print,
  );
  const { facts } = input;
  return {
    rows,
    field: (use): LabelledValue | undefined => {
      const fact = factOf(use.fact);
      const value = writeAll(fact, use.format);
      if (value === undefined && use.optional === true) return undefined;
      if (value !== undefined) {
        const label = hasNssoNumbers(fact, fact.of === 'row' ? rows : [single]) ? 'nssoNumber' : labelOf(use);
        return { label: word(label), value, isAbsent: false };
      }
      const absent = fact.format === 'employer' ? word('employerUnnamed') : print(fact.name, DASH);
      return { label: word(labelOf(use)), value: absent, isAbsent: true };
    },
    cell: (use, row): Phrase => {
      const fact = factOf(use.fact);
      const value = row[fact.name];
      const phrase = write(fact, value, use.format) ?? print(fact.name, DASH);
      const isNamed = fact.format === 'employerNumber' && isNsso(value);
      return isNamed ? print(fact.name, `${word('nssoNumber').text} ${phrase.text}`) : phrase;
    },
    inText: (name) => {
      const fact = factOf(name);
      if (fact.format === 'holder') return nameOf(facts.holder);
      if (fact.format !== 'employer' || fact.of === 'row') return textOfAll(fact);
      const employer = facts.employer ?? {};
      return employer.name ?? numberOf(employer);
    },
  };
}

/** Formats of values that many documents have, and whose text follows from the value. */
const OFTEN: ReadonlySet<Format> = new Set(['date', 'weekday', 'shortDate', 'month', 'jointCommittee']);

function recentOf(often: Common['values'], format: Format): Recent<Phrase> | undefined {
  if (!OFTEN.has(format)) return undefined;
  const known = often.get(format) ?? new Recent();
  often.set(format, known);
  return known;
}

/** Tells whether none of these employers has another number than the NSSO's. */
function hasNssoNumbers({ name, format }: Fact, values: readonly FactValues[]): boolean {
  return format === 'employerNumber' && values.every((one) => isNsso(one[name]));
}

function isNsso(value: FactValue | undefined): boolean {
  return typeof value === 'object' && 'nssoNumber' in value && isNssoOnly(value);
}

function nameOf({ givenName, familyName }: Holder): string {
  return `${givenName} ${familyName}`.trim();
}

function unknownFact(number: string, name: string): never {
  throw new ServiceError('renderingFailed', `Attestation ${number}: its type has no fact ${name}.`);
}

function misfit(number: string, name: string, format: string): ServiceError {
  return new ServiceError(
    'renderingFailed',
    `Attestation ${number}: field ${name} holds no ${format}; correct it at its source.`,
  );
}
