/**
 * The social security identification number (SSIN; INSZ, NISS): national register and BIS numbers.
 * Rules of the Belgif problem validator's `SsinValidator`, born of the National Register's instructions.
 */
import { daysInMonth, type LocalDate, parseLocalDate } from './period.ts';

/** Eleven digits that passed `parseSsin`. */
export type Ssin = string & { readonly __ssin: never };

/** What an SSIN says of its holder's birth: a full day, or only the century when day or month is unknown. */
export interface SsinBirth {
  readonly year: number;
  readonly date?: LocalDate;
}

/**
 * Reads an SSIN of eleven digits; undefined when structure or check digits are wrong.
 * Day or month 00 mean unknown; month +20 or +40 marks a BIS number; a birth date may not lie after `today`.
 */
export function parseSsin(text: string, today: LocalDate): Ssin | undefined {
  if (!/^\d{11}$/.test(text)) return undefined;
  const monthPart = Number(text.slice(2, 4));
  const counter = text.slice(6, 9);
  if (monthPart > 52 || monthPart % 20 > 12) return undefined;
  if (monthPart <= 12 && (counter === '000' || counter === '999')) return undefined;
  const day = Number(text.slice(4, 6));
  const month = monthPart % 20;
  // 29 February passes here; whether the year had one is known only with the century.
  if (day !== 0 && month > 0 && day > daysInMonth(2000, month)) return undefined;
  const century = centuryOf(text);
  if (century === undefined) return undefined;
  if (day === 0 || month === 0)
    return century + Number(text.slice(0, 2)) > Number(today.slice(0, 4)) ? undefined : (text as Ssin);
  const birthDate = parseLocalDate(`${century + Number(text.slice(0, 2))}-${pad(month)}-${pad(day)}`);
  return birthDate === undefined || birthDate > today ? undefined : (text as Ssin);
}

/** Gives the year of birth and, where day and month are known, the date. */
export function birthOf(ssin: Ssin): SsinBirth {
  const year = (centuryOf(ssin) ?? 1900) + Number(ssin.slice(0, 2));
  const date = parseLocalDate(`${year}-${pad(Number(ssin.slice(2, 4)) % 20)}-${ssin.slice(4, 6)}`);
  return date === undefined ? { year } : { year, date };
}

/** What an SSIN tells of its holder's sex: its serial number is odd of men and even of women. */
export type Sex = 'female' | 'male';

/** Gives the sex that an SSIN tells; undefined for a BIS number of month +20, given while it was not known. */
export function sexOf(ssin: string): Sex | undefined {
  const month = Number(ssin.slice(2, 4));
  if (month >= 20 && month < 40) return undefined;
  return Number(ssin.slice(6, 9)) % 2 === 0 ? 'female' : 'male';
}

/** Writes an SSIN as people know it, `yy.mm.dd-nnn.cc`. */
export function formatSsin(ssin: Ssin): string {
  return `${ssin.slice(0, 2)}.${ssin.slice(2, 4)}.${ssin.slice(4, 6)}-${ssin.slice(6, 9)}.${ssin.slice(9)}`;
}

/** Writes an SSIN with counter and check digits hidden. */
export function maskSsin(ssin: Ssin): string {
  return `${ssin.slice(0, 2)}.${ssin.slice(2, 4)}.${ssin.slice(4, 6)}-***.**`;
}

/** Finds the century whose checksum agrees, 1900 before 2000. */
function centuryOf(text: string): 1900 | 2000 | undefined {
  const base = Number(text.slice(0, 9));
  const check = Number(text.slice(9));
  if (97 - (base % 97) === check) return 1900;
  return 97 - ((2_000_000_000 + base) % 97) === check ? 2000 : undefined;
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
