/** Writes the value of a fact in its format and in the language of the document. */
import type { Address } from '../domain/address.ts';
import type { Holder, NamedEmployer } from '../domain/attestation.ts';
import { formatEnterpriseNumber, parseEnterpriseNumber } from '../domain/enterprise-number.ts';
import type { Fact, Format } from '../domain/fact.ts';
import type { FactValue } from '../domain/fact-value.ts';
import type { DocumentLanguage } from '../domain/language.ts';
import { wordOfCode } from '../domain/page-layout.ts';
import { type LocalDate, type LocalMonth, type Period, parseLocalDate } from '../domain/period.ts';
import { formatSsin, maskSsin, type Ssin } from '../domain/ssin.ts';
import {
  formatDate,
  formatInstant,
  formatMonth,
  formatPeriod,
  formatShortDate,
  formatWeekday,
} from './calendar.ts';
import { formatAmount, formatNumber } from './number.ts';

/** Gives the name that an official list has for a number, in a language. */
export type NameIn = (number: string, language: DocumentLanguage) => string | undefined;

/** What writing a fact needs to know of the document and the institution. */
export interface FactContext {
  readonly language: DocumentLanguage;
  readonly isMasked: boolean;
  /** Gives a word of the language files. */
  readonly word: (key: string) => string;
  readonly jointCommitteeName: NameIn;
  readonly municipalityName: NameIn;
}

/** Of one value: how it is written, that there is none, or that it does not have the form its format wants. */
export type Written = { readonly text: string } | 'absent' | 'misfit';

/** Writes a value. @param format as the place wants it, if not as the fact says */
export function writeFact(
  fact: Fact,
  value: FactValue | undefined,
  context: FactContext,
  format: Format = fact.format,
): Written {
  if (value === undefined || value === '') return 'absent';
  if (typeof value === 'string') return toWritten(writeText(fact, value, context, format));
  if (value instanceof Date) return toWritten(formatInstant(value, context.language));
  if ('startDate' in value) return toWritten(formatPeriod(value, context.language));
  if ('street' in value) return toWritten(writeAddress(value, context));
  if ('familyName' in value) return toWritten(writeHolder(value));
  return writeEmployer(value, format);
}

function toWritten(text: string | undefined): Written {
  return text === undefined ? 'misfit' : { text };
}

/** Gives undefined when the text does not have the form that the format wants. */
function writeText(fact: Fact, text: string, context: FactContext, format: Format): string | undefined {
  const { language, isMasked, word } = context;
  switch (format) {
    case 'text':
    case 'reference':
      return text;
    case 'date':
    case 'weekday':
    case 'shortDate':
      return writeDay(parseLocalDate(text), format, language);
    case 'month':
      return parseLocalDate(`${text}-01`) && formatMonth(text as LocalMonth, language);
    case 'period':
      return writeInterval(text, language);
    case 'number':
      return formatNumber(text, language);
    case 'amount':
      return formatAmount(text, language);
    case 'ssin':
      if (!/^\d{11}$/.test(text)) return undefined;
      // The register checked it before it kept it.
      return isMasked ? maskSsin(text as Ssin) : formatSsin(text as Ssin);
    case 'enterpriseNumber':
      return parseEnterpriseNumber(text) && formatEnterprise(text);
    case 'enterprise':
      return formatEnterprise(text);
    case 'jointCommittee': {
      const name = context.jointCommitteeName(text, language);
      return name === undefined ? text : `${text} – ${name}`;
    }
    case 'municipality':
      return context.municipalityName(text, language);
    case 'code':
      return fact.codes?.includes(text) ? word(wordOfCode(fact.name, text)) : undefined;
    case 'address':
    case 'instant':
    case 'holder':
    case 'employer':
    case 'employerNumber':
      return undefined;
  }
}

function writeDay(
  date: LocalDate | undefined,
  format: 'date' | 'weekday' | 'shortDate',
  language: DocumentLanguage,
): string | undefined {
  if (date === undefined) return undefined;
  const write = { date: formatDate, weekday: formatWeekday, shortDate: formatShortDate }[format];
  return write(date, language);
}

/** Reads an interval of days (ISO 8601), `2020-01-01/2020-03-31`, while it is open `2020-01-01/..`. */
function writeInterval(text: string, language: DocumentLanguage): string | undefined {
  const [from = '', until = '', ...more] = text.split('/');
  const [startDate, endDate] = [parseLocalDate(from), parseLocalDate(until)];
  if (startDate === undefined || more.length > 0) return undefined;
  const period: Period = { startDate, ...(endDate && { endDate }) };
  const isRight = endDate === undefined ? until === '..' : endDate >= startDate;
  return isRight ? formatPeriod(period, language) : undefined;
}

/** On one line: street, number and box, then postal code and municipality. */
function writeAddress(address: Address, { language, municipalityName, word }: FactContext): string {
  const { street, houseNumber, boxNumber, postCode, municipality } = address;
  const box = boxNumber === undefined ? [] : [word('box'), boxNumber];
  const first = [street, ...(houseNumber === undefined ? [] : [houseNumber]), ...box].join(' ');
  return `${first}, ${postCode} ${municipalityName(municipality, language) ?? municipality}`;
}

function writeHolder({ familyName, givenName }: Holder): string {
  return [familyName, givenName].filter((part) => part !== '').join(', ');
}

function writeEmployer(employer: NamedEmployer, format: Format): Written {
  const text = format === 'employer' ? employer.name : numberOf(employer);
  return text === undefined ? 'absent' : { text };
}

/** Tells whether an employer has no other number than the NSSO's. */
export function isNssoOnly({ enterpriseNumber, nssoNumber }: NamedEmployer): boolean {
  return enterpriseNumber === undefined && nssoNumber !== undefined;
}

/** The enterprise number as people write it, else the NSSO number as it is. */
export function numberOf({ enterpriseNumber, nssoNumber }: NamedEmployer): string | undefined {
  return enterpriseNumber === undefined ? nssoNumber : formatEnterprise(enterpriseNumber);
}

/** Writes an enterprise number with its dots; any other text stays as it is. */
export function formatEnterprise(text: string): string {
  const number = parseEnterpriseNumber(text);
  return number === undefined ? text : formatEnterpriseNumber(number);
}
