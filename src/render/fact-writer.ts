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

/** Between the values that rows have of one fact; French sets a space before high punctuation. */
const SEPARATORS: Readonly<Record<DocumentLanguage, string>> = { nl: '; ', fr: '\u00a0; ', de: '; ' };

/** Stands where there is no value. */
const DASH = '–';

/** Writes the facts of one document. What it writes throws ServiceError `renderingFailed` for a value that does not have the form its format wants. */
export class FactWriter {
  readonly rows: readonly FactValues[];
  /** The values of which the document has one. */
  readonly #single: FactValues;
  readonly #input: WordingInput;
  readonly #often: Common['values'];
  readonly #words: Words;
  readonly #context: FactContext;

  /** @param often what earlier documents had too; added to */
  constructor(input: WordingInput, house: House, often: Common['values'], words: Words) {
    const { type, language, facts, number, issuedAt, supersedes } = input;
    this.rows = rowsOf(type, facts);
    this.#single = valuesOfAttestation(type, facts, { number, issuedOn: issuedAt, supersedes });
    this.#input = input;
    this.#often = often;
    this.#words = words;
    this.#context = {
      language,
      isMasked: type.ssin === 'masked',
      word: (key) => words.word(key).text,
      jointCommitteeName: house.jointCommitteeName,
      municipalityName: house.municipalityName,
    };
  }

  /** Writes a fact with its label; undefined when it is optional and there is no value. */
  field(use: FactUse): LabelledValue | undefined {
    const fact = this.#factOf(use.fact);
    const value = this.#writeAll(fact, use.format);
    if (value === undefined && use.optional === true) return undefined;
    const label = labelOf(use);
    if (value === undefined) {
      const absent =
        fact.format === 'employer' ? this.#words.word('employerUnnamed') : this.#words.print(fact.name, DASH);
      return { label: this.#words.word(label), value: absent, isAbsent: true };
    }
    const isNsso = fact.format === 'employerNumber' && this.#hasNssoNumbers(fact);
    return { label: this.#words.word(isNsso ? 'nssoNumber' : label), value, isAbsent: false };
  }

  /** Writes a fact of a row, a dash where there is no value. */
  cell(use: FactUse, row: FactValues): Phrase {
    const fact = this.#factOf(use.fact);
    const value = row[fact.name];
    const phrase = this.#write(fact, value, use.format) ?? this.#words.print(fact.name, DASH);
    const isNamed = fact.format === 'employerNumber' && isNsso(value);
    return isNamed
      ? this.#words.print(fact.name, `${this.#words.word('nssoNumber').text} ${phrase.text}`)
      : phrase;
  }

  /** Writes a fact as part of a sentence; undefined when there is no value. */
  inText(name: string): string | undefined {
    const { facts } = this.#input;
    const fact = this.#factOf(name);
    if (fact.format === 'holder') return nameOf(facts.holder);
    if (fact.format !== 'employer' || fact.of === 'row') return this.#textOfAll(fact, fact.format);
    const employer = facts.employer ?? {};
    return employer.name ?? numberOf(employer);
  }

  /** Writes one value; undefined when there is none. */
  #write(fact: Fact, value: FactValue | undefined, format = fact.format): Phrase | undefined {
    const known = typeof value === 'string' ? recentOf(this.#often, format) : undefined;
    const found = known?.get(value as string);
    if (found !== undefined) return found;
    const text = this.#textOf(fact, value, format);
    if (text === undefined) return undefined;
    const phrase = this.#words.print(fact.name, text);
    known?.set(value as string, phrase);
    return phrase;
  }

  /** The same of all values: of a fact that each row has the different ones in their order. */
  #writeAll(fact: Fact, format = fact.format): Phrase | undefined {
    if (fact.of === 'attestation') return this.#write(fact, this.#single[fact.name], format);
    const text = this.#textOfAll(fact, format);
    return text === undefined ? undefined : this.#words.print(fact.name, text);
  }

  #textOfAll(fact: Fact, format: Format): string | undefined {
    if (fact.of === 'attestation') return this.#textOf(fact, this.#single[fact.name], format);
    const texts = new Set(this.rows.map((row) => this.#textOf(fact, row[fact.name], format)));
    texts.delete(undefined);
    return texts.size === 0 ? undefined : [...texts].join(SEPARATORS[this.#context.language]);
  }

  #textOf(fact: Fact, value: FactValue | undefined, format: Format): string | undefined {
    const written = writeFact(fact, value, this.#context, format);
    if (written === 'misfit') throw misfit(this.#input.number, fact.name, format);
    return written === 'absent' ? undefined : written.text;
  }

  #factOf(name: string): Fact {
    return this.#input.type.facts.get(name) ?? unknownFact(this.#input.number, name);
  }

  /** Tells whether none of these employers has another number than the NSSO's. */
  #hasNssoNumbers({ name, of }: Fact): boolean {
    const values = of === 'row' ? this.rows : [this.#single];
    return values.every((one) => isNsso(one[name]));
  }
}

/** What writing facts needs of the wording. */
type Words = Pick<Wording, 'word' | 'print'>;

/** Formats of values that many documents have, and whose text follows from the value. */
const OFTEN: ReadonlySet<Format> = new Set(['date', 'weekday', 'shortDate', 'month', 'jointCommittee']);

function recentOf(often: Common['values'], format: Format): Recent<Phrase> | undefined {
  if (!OFTEN.has(format)) return undefined;
  const known = often.get(format);
  if (known !== undefined) return known;
  const none = new Recent<Phrase>();
  often.set(format, none);
  return none;
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
