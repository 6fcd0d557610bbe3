/** The facts printed on a document, as lines of a page: to be compared with what somebody holds in their hands. */
import type { Catalogue } from '../catalogue/catalogue.ts';
import type { AttestedPeriod } from '../domain/attestation.ts';
import { formatEnterpriseNumber, parseEnterpriseNumber } from '../domain/enterprise-number.ts';
import type { EntitledDay } from '../domain/entitlement.ts';
import type { DocumentLanguage, PageLanguage } from '../domain/language.ts';
import type { Period } from '../domain/period.ts';
import { maskSsin } from '../domain/ssin.ts';
import type { VerifiedAttestation } from '../domain/verification.ts';
import type { Texts } from './texts.ts';

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

/** Lists what is printed on a document and nothing more; of the SSIN the last five digits are hidden. */
export function factsOf(
  attestation: VerifiedAttestation,
  catalogue: Pick<Catalogue, 'types' | 'jointCommitteeName' | 'statusList'>,
  texts: Texts,
): Facts {
  const { t, date, day, month, number, language } = texts;
  const { holder, employer, days, periods, month: ofMonth, rule, referenceDate } = attestation.facts;
  const rows: (Fact | undefined)[] = [
    titleOf(attestation, catalogue.types, language, t('facts.type')),
    fact(t('facts.number'), attestation.number),
    fact(t('facts.issuedAt'), date(attestation.issuedAt)),
    fact(t('facts.holder'), [holder.familyName, holder.givenName].filter((part) => part !== '').join(', ')),
    { label: t('facts.ssin'), value: maskSsin(holder.ssin), note: t('facts.masked') },
    fact(t('facts.employer'), employer?.name),
    fact(t('facts.enterpriseNumber'), employer?.enterpriseNumber && withDots(employer.enterpriseNumber)),
    fact(t('facts.nssoNumber'), employer?.enterpriseNumber === undefined ? employer?.nssoNumber : undefined),
    fact(t('facts.month'), ofMonth && month(ofMonth)),
    fact(t('facts.rule'), rule),
    fact(t('facts.referenceDate'), referenceDate && day(referenceDate)),
    fact(t('facts.numberOfPeriods'), periods && number(periods.length)),
    fact(t('facts.numberOfDays'), days.length === 0 ? undefined : number(days.length)),
  ];
  return {
    rows: rows.filter((row) => row !== undefined),
    days: days.map((one) => ({ day: day(one.date), details: detailsOf(one, catalogue, texts) })),
    periods: (periods ?? []).map((one) => ({
      day: intervalOf(one.period, texts),
      details: periodDetails(one, catalogue, texts),
    })),
  };
}

/** What stands beside a day on the document, in its order. */
function detailsOf(
  { jointCommittee, usingEmployer, reference }: EntitledDay,
  { jointCommitteeName }: Pick<Catalogue, 'jointCommitteeName'>,
  { t, language }: Texts,
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

function intervalOf({ startDate, endDate }: Period, { t, day }: Texts): string {
  return endDate === undefined
    ? t('facts.since', { from: day(startDate) })
    : t('facts.interval', { from: day(startDate), until: day(endDate) });
}

/** What stands beside a period: whose word it is, and of several statuses which one. */
function periodDetails(
  { source, reference, employer, attributes }: AttestedPeriod,
  { statusList }: Pick<Catalogue, 'statusList'>,
  { t, language }: Texts,
): Fact[] {
  const { status } = attributes;
  const details = [
    fact(
      t('facts.status'),
      typeof status === 'string' ? statusList.statuses.get(status)?.name[language] : undefined,
    ),
    fact(t('facts.source'), source),
    fact(t('facts.employer'), employer?.name),
    fact(t('facts.sourceReference'), reference),
  ];
  return details.filter((one) => one !== undefined);
}

function fact(label: string, value: string | undefined): Fact | undefined {
  return value === undefined ? undefined : { label, value };
}

/** Documents are not written in English: there, the title stands as it is printed. */
function titleOf(
  { type, language: written }: VerifiedAttestation,
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
