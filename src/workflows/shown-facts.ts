/** The facts printed on a document, as lines of a page or a record: to be compared with what somebody holds in their hands. */
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { PeriodData } from '../domain/attestation-data.ts';
import { formatEnterpriseNumber, parseEnterpriseNumber } from '../domain/enterprise-number.ts';
import type { EntitledDay } from '../domain/entitlement.ts';
import type { DocumentLanguage, PageLanguage } from '../domain/language.ts';
import type { LocalDate, LocalMonth } from '../domain/period.ts';
import type { VerifiedAttestation } from '../domain/verification.ts';

/** How a language says things, and writes dates and numbers; pages have more of it. */
export interface FactWords {
  readonly language: PageLanguage;
  /** Gives a text of `templates/web/`. */
  readonly t: (key: string, values?: Readonly<Record<string, string>>) => string;
  readonly date: (instant: Date) => string;
  readonly day: (date: LocalDate) => string;
  readonly month: (month: LocalMonth) => string;
  readonly number: (value: number) => string;
}

export interface Fact {
  readonly label: string;
  readonly value: string;
  /** Where the value is not in the language of the page. */
  readonly lang?: DocumentLanguage;
  /** What has to be known about the value. */
  readonly note?: string;
}

export interface Facts {
  readonly rows: readonly Fact[];
  /** Each day with what is printed beside it. */
  readonly days: readonly FactRow[];
  /** Each period likewise, of documents that list them. */
  readonly periods: readonly FactRow[];
}

/** A day or a period. */
export interface FactRow {
  readonly day: string;
  readonly details: readonly Fact[];
}

/** Of an attestation what is needed to list its facts; a consultation may leave number and day out. */
export type FactsAttestation = Pick<VerifiedAttestation, 'type' | 'language' | 'facts'> &
  Partial<Pick<VerifiedAttestation, 'number' | 'issuedAt' | 'expiresAt'>>;

/** Lists what is printed on a document and nothing more; of the SSIN the last five digits are hidden. */
export function factsOf(attestation: FactsAttestation, catalogue: FactsCatalogue, texts: FactWords): Facts {
  const { t, date, day, month, number, language } = texts;
  const {
    holder,
    employer,
    days,
    numberOfDays,
    month: ofMonth,
    periods,
    numberOfPeriods,
    rule,
    referenceDate,
  } = attestation.facts;
  const name = [holder?.familyName ?? '', holder?.givenName ?? ''].filter((part) => part !== '').join(', ');
  const rows: (Fact | undefined)[] = [
    titleOf(attestation, catalogue.types, language, t('facts.type')),
    fact(t('facts.number'), attestation.number),
    fact(t('facts.issuedAt'), attestation.issuedAt && date(attestation.issuedAt)),
    fact(t('facts.expiresAt'), attestation.expiresAt && date(attestation.expiresAt)),
    fact(t('facts.holder'), name === '' ? undefined : name),
    holder?.ssin === undefined
      ? undefined
      : { label: t('facts.ssin'), value: holder.ssin, note: t('facts.masked') },
    fact(t('facts.employer'), employer?.name),
    fact(t('facts.enterpriseNumber'), employer?.enterpriseNumber && withDots(employer.enterpriseNumber)),
    fact(t('facts.nssoNumber'), employer?.enterpriseNumber === undefined ? employer?.nssoNumber : undefined),
    // Printed, so written by us as a month.
    fact(t('facts.month'), ofMonth && month(ofMonth as LocalMonth)),
    fact(t('facts.rule'), rule),
    fact(t('facts.referenceDate'), referenceDate && day(referenceDate as LocalDate)),
    fact(t('facts.numberOfDays'), numberOfDays === undefined ? undefined : number(numberOfDays)),
    fact(t('facts.numberOfPeriods'), numberOfPeriods === undefined ? undefined : number(numberOfPeriods)),
  ];
  return {
    rows: rows.filter((row) => row !== undefined),
    days: (days ?? []).map((one) => ({
      day: dayOf(one.date, texts),
      details: detailsOf(one, catalogue, texts),
    })),
    periods: (periods ?? []).map((one) => periodRow(attestation, one, catalogue, texts)),
  };
}

type FactsCatalogue = Pick<Catalogue, 'types' | 'jointCommitteeName' | 'statusList'>;

function dayOf(date: string | undefined, { day }: FactWords): string {
  return date === undefined ? '–' : day(date as LocalDate);
}

/** What stands beside a day on the document, in its order. */
function detailsOf(
  { jointCommittee, usingEmployer, reference }: Partial<EntitledDay>,
  { jointCommitteeName }: Pick<Catalogue, 'jointCommitteeName'>,
  { t, language }: FactWords,
): Fact[] {
  const name =
    jointCommittee === undefined || language === 'en'
      ? undefined
      : jointCommitteeName(jointCommittee, language);
  const details = [
    fact(t('facts.jointCommittee'), name === undefined ? jointCommittee : `${jointCommittee} – ${name}`),
    fact(t('facts.usingEmployer'), usingEmployer),
    fact(t('facts.reference'), reference),
  ];
  return details.filter((one) => one !== undefined);
}

/** A period with what its source adds, under the names that the document gives to it. */
function periodRow(
  { type, language: written }: FactsAttestation,
  { startDate, endDate, source, reference, employer, attributes = {} }: PeriodData,
  { types, statusList }: FactsCatalogue,
  texts: FactWords,
): FactRow {
  const { t, language } = texts;
  const words = types.get(type)?.texts[language === 'en' ? written : language].words ?? {};
  const { status, ...others } = attributes;
  const details = [
    fact(
      t('facts.status'),
      typeof status === 'string' ? (statusList.statuses.get(status)?.name[language] ?? status) : undefined,
    ),
    fact(t('facts.source'), source),
    fact(t('facts.employer'), employer?.name ?? employer?.enterpriseNumber),
    fact(t('facts.sourceReference'), reference),
    ...Object.entries(others).map(([name, value]) =>
      fact(words[name] ?? name, typeof value === 'string' ? value : Object.values(value).join(', ')),
    ),
  ];
  return { day: intervalOf(startDate, endDate, texts), details: details.filter((one) => one !== undefined) };
}

/** A document may print one end of a period only. */
function intervalOf(start: string | undefined, end: string | undefined, texts: FactWords): string {
  const [from, until] = [dayOf(start, texts), dayOf(end, texts)];
  if (start === undefined && end === undefined) return from;
  return end === undefined ? texts.t('facts.since', { from }) : texts.t('facts.interval', { from, until });
}

function fact(label: string, value: string | undefined): Fact | undefined {
  return value === undefined ? undefined : { label, value };
}

/** Documents are not written in English: there, the title stands as it is printed. */
function titleOf(
  { type, language: written }: FactsAttestation,
  types: Catalogue['types'],
  language: PageLanguage,
  label: string,
): Fact | undefined {
  const shown = language === 'en' ? written : language;
  const title = types.get(type)?.texts[shown].title;
  return title === undefined
    ? undefined
    : { label, value: title, ...(shown !== language && { lang: shown }) };
}

function withDots(text: string): string {
  const number = parseEnterpriseNumber(text);
  return number === undefined ? text : formatEnterpriseNumber(number);
}
