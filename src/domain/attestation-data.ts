/** What a document says, for programs: the same that is printed on it and nothing else. */
import type { AttestationFacts, NamedEmployer } from './attestation.ts';
import { type AttestationType, FRAME_WORDS, type Issuer, wordsOf } from './attestation-type.ts';
import type { EntitledDay } from './entitlement.ts';
import type { DocumentLanguage } from './language.ts';
import { brusselsDateTime } from './period.ts';
import { maskSsin } from './ssin.ts';

/** As `attestationSchema` describes it. */
export interface AttestationData {
  /** The address of the schema. */
  readonly $schema: string;
  readonly number: string;
  /** The id of the attestation type, of which `title` is the name in the language of the document. */
  readonly type: string;
  readonly title: string;
  readonly language: DocumentLanguage;
  readonly issuer: { readonly enterpriseNumber: string; readonly name: string };
  /** With the offset of Brussels, `2026-11-21T16:04:05+01:00`. */
  readonly issuedAt: string;
  readonly supersedes?: string;
  readonly holder?: { readonly familyName?: string; readonly givenName?: string; readonly ssin?: string };
  readonly employer?: NamedEmployer;
  readonly month?: string;
  readonly numberOfDays?: number;
  readonly days?: readonly Partial<EntitledDay>[];
  /** Where the code on the page leads. */
  readonly verificationUrl: string;
}

/** One document, as it is rendered. */
export interface AttestationDataInput {
  readonly type: AttestationType;
  readonly language: DocumentLanguage;
  readonly facts: AttestationFacts;
  readonly number: string;
  readonly issuedAt: Date;
  readonly supersedes?: string;
  readonly verificationUrl: string;
  readonly schemaUrl: string;
}

/**
 * Gives the data of one document. A fact that layout and words of its type do not print is left out, and the SSIN is as
 * whole or as masked as on the page.
 */
export function attestationData(input: AttestationDataInput, issuer: Issuer): AttestationData {
  const { type, language, facts, supersedes } = input;
  const { title } = type.texts[language];
  const isPrinted = printedBy(type, language);
  const holder = holderOf(type, facts, isPrinted);
  const employer = employerOf(facts, isPrinted);
  const days = daysOf(facts, isPrinted);
  return {
    $schema: input.schemaUrl,
    number: input.number,
    type: type.id,
    title: title.normalize(),
    language,
    issuer: { enterpriseNumber: issuer.enterpriseNumber, name: issuer.name[language].normalize() },
    issuedAt: brusselsDateTime(input.issuedAt),
    ...(supersedes !== undefined && { supersedes }),
    ...(holder && { holder }),
    ...(employer && { employer }),
    ...(isPrinted('month') && facts.month !== undefined && { month: facts.month }),
    ...(isPrinted('numberOfDays') && { numberOfDays: facts.days.length }),
    ...(days && { days }),
    verificationUrl: input.verificationUrl,
  };
}

/** Tells of the name of a field, column or placeholder whether the page shows it. */
type IsPrinted = (name: string) => boolean;

/** Found once for each type and language: types do not change. */
const known = new WeakMap<AttestationType, Map<DocumentLanguage, ReadonlySet<string>>>();

function printedBy(type: AttestationType, language: DocumentLanguage): IsPrinted {
  const ofType = known.get(type) ?? new Map<DocumentLanguage, ReadonlySet<string>>();
  const printed = ofType.get(language) ?? findPrinted(type, language);
  known.set(type, ofType.set(language, printed));
  return (name) => printed.has(name);
}

function findPrinted({ layout, texts }: AttestationType, language: DocumentLanguage): ReadonlySet<string> {
  const { words } = texts[language];
  const printed = new Set<string>();
  for (const block of layout) {
    if (block.kind === 'fields') for (const field of block.fields) printed.add(field);
    // The table ends with their number.
    if (block.kind === 'days') for (const name of [...block.columns, 'numberOfDays']) printed.add(name);
  }
  for (const key of [...wordsOf(layout), ...FRAME_WORDS]) {
    for (const [, name = ''] of (words[key] ?? '').matchAll(/\{(\w+)\}/g)) printed.add(name);
  }
  return printed;
}

function holderOf(
  { ssin }: AttestationType,
  { holder }: AttestationFacts,
  isPrinted: IsPrinted,
): AttestationData['holder'] {
  const isNamed = isPrinted('holder');
  return someOf({
    familyName: isNamed ? holder.familyName : '',
    givenName: isNamed ? holder.givenName : '',
    ssin: isPrinted('ssin') ? shownSsin(ssin, holder.ssin) : '',
  });
}

function shownSsin(how: AttestationType['ssin'], ssin: AttestationFacts['holder']['ssin']): string {
  return how === 'full' ? ssin : maskSsin(ssin);
}

/** The number from the NSSO is printed only where there is no enterprise number. */
function employerOf({ employer }: AttestationFacts, isPrinted: IsPrinted): AttestationData['employer'] {
  const { name, enterpriseNumber, nssoNumber } = employer ?? {};
  const isNumbered = isPrinted('employerNumber') || (isPrinted('employer') && name === undefined);
  return someOf({
    name: isPrinted('employer') ? name : '',
    enterpriseNumber: isNumbered ? enterpriseNumber : '',
    nssoNumber: isNumbered && enterpriseNumber === undefined ? nssoNumber : '',
  });
}

function daysOf({ days }: AttestationFacts, isPrinted: IsPrinted): AttestationData['days'] {
  const columns = (['date', 'reference', 'jointCommittee', 'usingEmployer'] as const).filter(isPrinted);
  if (columns.length === 0) return undefined;
  return days.map((day) => someOf(Object.fromEntries(columns.map((name) => [name, day[name]]))) ?? {});
}

/** Texts in NFC as they are printed, without those that say nothing; undefined when none is left. */
function someOf<T extends string>(
  texts: Readonly<Partial<Record<T, string | undefined>>>,
): Partial<Record<T, string>> | undefined {
  const said: Partial<Record<T, string>> = {};
  for (const name of Object.keys(texts) as T[]) {
    const text = texts[name];
    if (text !== undefined && text !== '') said[name] = text.normalize();
  }
  return Object.keys(said).length > 0 ? said : undefined;
}
