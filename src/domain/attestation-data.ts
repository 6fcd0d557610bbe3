/** What a document says, for programs: the same that is printed on it and nothing else. */
import type { Address } from './address.ts';
import type { AttestationFacts, AttestedPeriod, NamedEmployer } from './attestation.ts';
import { type AttestationType, FRAME_WORDS, type Issuer } from './attestation-type.ts';
import type { EntitledDay } from './entitlement.ts';
import type { DocumentLanguage } from './language.ts';
import { usesOf, wordsOf } from './page-layout.ts';
import { brusselsDateTime } from './period.ts';
import { maskSsin, type Ssin } from './ssin.ts';

/** What of the facts of an attestation is shown. */
export interface ShownFacts {
  readonly holder?: { readonly familyName?: string; readonly givenName?: string; readonly ssin?: string };
  readonly employer?: NamedEmployer;
  readonly month?: string;
  readonly rule?: string;
  readonly referenceDate?: string;
  readonly numberOfDays?: number;
  readonly days?: readonly Partial<EntitledDay>[];
  readonly numberOfPeriods?: number;
  readonly periods?: readonly PeriodData[];
}

/** As `attestationSchema` describes it. */
export interface AttestationData extends ShownFacts {
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
  /** Where the code on the page leads. */
  readonly verificationUrl: string;
}

/** A period as far as the page shows it; while it is open it has no `endDate`. */
export interface PeriodData {
  readonly startDate?: string;
  readonly endDate?: string;
  readonly source?: string;
  readonly reference?: string;
  readonly employer?: NamedEmployer;
  /** By the names that the type declares, as the source wrote them. */
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
  return {
    $schema: input.schemaUrl,
    number: input.number,
    type: type.id,
    title: title.normalize(),
    language,
    issuer: { enterpriseNumber: issuer.enterpriseNumber, name: issuer.name[language].normalize() },
    issuedAt: brusselsDateTime(input.issuedAt),
    ...(supersedes !== undefined && { supersedes }),
    ...shownFacts(type, facts, printedBy(type, language)),
    verificationUrl: input.verificationUrl,
  };
}

/** Gives what may be shown of the facts of an attestation, by their names. */
export function shownFacts(type: AttestationType, facts: AttestationFacts, isShown: IsPrinted): ShownFacts {
  const holder = holderOf(type, facts, isShown);
  const employer = employerOf(facts.employer, isShown);
  const days = type.row === 'day' ? daysOf(facts, isShown) : undefined;
  const periods = type.row === 'period' ? periodsOf(type, facts, isShown) : undefined;
  // Member by member: spreading what there is would take as long as all else.
  const shown: Writable<ShownFacts> = {};
  if (holder) shown.holder = holder;
  if (employer) shown.employer = employer;
  if (isShown('month') && facts.month !== undefined) shown.month = facts.month;
  if (isShown('rule') && facts.rule !== undefined) shown.rule = facts.rule;
  if (isShown('referenceDate') && facts.referenceDate) shown.referenceDate = facts.referenceDate;
  if (isShown('numberOfDays')) shown.numberOfDays = facts.days.length;
  if (days) shown.days = days;
  if (isShown('numberOfPeriods')) shown.numberOfPeriods = facts.periods?.length ?? 0;
  if (periods) shown.periods = periods;
  return shown;
}

/** Gives what a document prints of the facts, for somebody who holds it: of an SSIN all but the last five digits. */
export function printedFacts(
  type: AttestationType,
  language: DocumentLanguage,
  facts: AttestationFacts,
): ShownFacts {
  return shownFacts({ ...type, ssin: 'masked' }, facts, printedBy(type, language));
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

/** Tells of the name of a field, column or placeholder whether the page shows it. */
type IsPrinted = (name: string) => boolean;

/** Found once for each type and language: types do not change. */
const known = new WeakMap<AttestationType, Map<DocumentLanguage, IsPrinted>>();

function printedBy(type: AttestationType, language: DocumentLanguage): IsPrinted {
  const ofType = known.get(type) ?? new Map<DocumentLanguage, IsPrinted>();
  const isPrinted = ofType.get(language);
  if (isPrinted !== undefined) return isPrinted;
  const printed = findPrinted(type, language);
  const found: IsPrinted = (name) => printed.has(name);
  known.set(type, ofType.set(language, found));
  return found;
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

function shownSsin(how: AttestationType['ssin'], ssin: Ssin): string {
  return how === 'full' ? ssin : maskSsin(ssin);
}

/** The number from the NSSO is printed only where there is no enterprise number. */
function employerOf(employer: NamedEmployer | undefined, isPrinted: IsPrinted): AttestationData['employer'] {
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
  return days.map((day) => (someOf(day, columns) ?? {}) as Partial<EntitledDay>);
}

function periodsOf(
  type: AttestationType,
  { periods = [] }: AttestationFacts,
  isPrinted: IsPrinted,
): AttestationData['periods'] {
  const isRow = [...type.facts.values()].some(({ name, of }) => of === 'row' && isPrinted(name));
  return isRow ? periods.map((period) => periodOf(type, period, isPrinted)) : undefined;
}

/** An attribute that holds an SSIN is as whole or as masked as that of the holder. */
function periodOf(type: AttestationType, one: AttestedPeriod, isPrinted: IsPrinted): PeriodData {
  const isWhole = isPrinted('period');
  const employer = employerOf(one.employer, isPrinted);
  const attributes: Record<string, string | Address> = {};
  for (const [name, value] of Object.entries(one.attributes)) {
    if (!isPrinted(name) || value === '') continue;
    const isSsin = type.facts.get(name)?.format === 'ssin';
    // The register checked it before it kept it.
    if (typeof value === 'string')
      attributes[name] = isSsin ? shownSsin(type.ssin, value as Ssin) : value.normalize();
    else attributes[name] = { ...value, street: value.street.normalize() };
  }
  return {
    ...someOf({
      startDate: isWhole || isPrinted('from') ? one.period.startDate : '',
      endDate: isWhole || isPrinted('until') ? one.period.endDate : '',
      source: isPrinted('source') ? one.source : '',
      reference: isPrinted('reference') ? one.reference : '',
    }),
    ...(employer && { employer }),
    ...(Object.keys(attributes).length > 0 && { attributes }),
  };
}

/** Texts in NFC as they are printed, without those that say nothing; undefined when none is left. */
function someOf<T extends string>(
  texts: Readonly<Partial<Record<T, string | undefined>>>,
  names: readonly T[] = Object.keys(texts) as T[],
): Partial<Record<T, string>> | undefined {
  let said: Partial<Record<T, string>> | undefined;
  for (const name of names) {
    const text = texts[name];
    if (text === undefined || text === '') continue;
    said ??= {};
    said[name] = text.normalize();
  }
  return said;
}
