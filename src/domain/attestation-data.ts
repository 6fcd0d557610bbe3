/** What a document says, for programs: the same that is printed on it and nothing else. */
import type { Address } from './address.ts';
import type { AttestationFacts, AttestedPeriod, NamedEmployer } from './attestation.ts';
import { type AttestationType, FRAME_WORDS, type Issuer } from './attestation-type.ts';
import type { EntitledDay } from './entitlement.ts';
import type { DocumentLanguage } from './language.ts';
import { usesOf, wordsOf } from './page-layout.ts';
import { brusselsDateTime, type LocalDate } from './period.ts';
import { maskSsin, type Ssin } from './ssin.ts';

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
  readonly numberOfPeriods?: number;
  readonly periods?: readonly PeriodData[];
  /** Where the code on the page leads. */
  readonly verificationUrl: string;
}

/** One period that the document lists; one that is still open has no `until`. */
export interface PeriodData {
  readonly from?: LocalDate;
  readonly until?: LocalDate;
  readonly reference?: string;
  readonly source?: string;
  readonly employer?: NamedEmployer;
  /** What the source adds, by the names of the type, as the register has it. */
  readonly attributes?: Readonly<Record<string, string | Address>>;
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
  const employer = employerOf(facts.employer, isPrinted);
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
    ...(type.row === 'day' ? daysOf(facts, isPrinted) : periodsOf(type, facts, isPrinted)),
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

function findPrinted(
  { layout, facts, texts }: AttestationType,
  language: DocumentLanguage,
): ReadonlySet<string> {
  const { words } = texts[language];
  const printed = new Set(usesOf(layout).map(({ fact }) => fact));
  for (const key of [...wordsOf(layout, facts), ...FRAME_WORDS]) {
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
function employerOf(
  { name, enterpriseNumber, nssoNumber }: NamedEmployer = {},
  isPrinted: IsPrinted,
): NamedEmployer | undefined {
  const isNumbered = isPrinted('employerNumber') || (isPrinted('employer') && name === undefined);
  return someOf({
    name: isPrinted('employer') ? name : '',
    enterpriseNumber: isNumbered ? enterpriseNumber : '',
    nssoNumber: isNumbered && enterpriseNumber === undefined ? nssoNumber : '',
  });
}

function daysOf(
  { days }: AttestationFacts,
  isPrinted: IsPrinted,
): Pick<AttestationData, 'days' | 'numberOfDays'> {
  const columns = (['date', 'reference', 'jointCommittee', 'usingEmployer'] as const).filter(isPrinted);
  const rows = () =>
    days.map((day) => someOf(Object.fromEntries(columns.map((name) => [name, day[name]]))) ?? {});
  return {
    ...(isPrinted('numberOfDays') && { numberOfDays: days.length }),
    ...(columns.length > 0 && { days: rows() }),
  };
}

function periodsOf(
  type: AttestationType,
  { periods = [] }: AttestationFacts,
  isPrinted: IsPrinted,
): Pick<AttestationData, 'periods' | 'numberOfPeriods'> {
  const isListed = [...type.facts.values()].some((fact) => fact.of === 'row' && isPrinted(fact.name));
  return {
    ...(isPrinted('numberOfPeriods') && { numberOfPeriods: periods.length }),
    ...(isListed && { periods: periods.map((period) => periodOf(type, period, isPrinted)) }),
  };
}

function periodOf(type: AttestationType, row: AttestedPeriod, isPrinted: IsPrinted): PeriodData {
  const { startDate, endDate } = row.period;
  const employer = type.caseKeys.includes('employer') ? undefined : employerOf(row.employer, isPrinted);
  const attributes = attributesOf(type, row, isPrinted);
  return {
    ...((isPrinted('period') || isPrinted('from')) && { from: startDate }),
    ...((isPrinted('period') || isPrinted('until')) && endDate && { until: endDate }),
    ...someOf({
      reference: isPrinted('reference') ? row.reference : '',
      source: isPrinted('source') ? row.source : '',
    }),
    ...(employer && { employer }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
  };
}

/** Another person's SSIN among them is as whole or as masked as on the page, too. */
function attributesOf(
  { facts, ssin }: AttestationType,
  { attributes }: AttestedPeriod,
  isPrinted: IsPrinted,
): Record<string, string | Address> {
  const shown: Record<string, string | Address> = {};
  for (const [name, value] of Object.entries(attributes)) {
    const fact = facts.get(name);
    if (fact === undefined || !isPrinted(name) || value === '') continue;
    // The page prints nothing else as an SSIN, and the register checked it.
    shown[name] = fact.format === 'ssin' ? shownSsin(ssin, value as Ssin) : normalize(value);
  }
  return shown;
}

function normalize(value: string | Address): string | Address {
  if (typeof value === 'string') return value.normalize();
  // Each part of an address is a text.
  return Object.fromEntries(
    Object.entries(value).map(([part, text]: [string, string]) => [part, text.normalize()]),
  ) as unknown as Address;
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
