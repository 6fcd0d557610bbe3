/** Days as whole numbers since 1 January 1970, which cost less than texts where millions are drawn. */
import type { LocalDate } from '../domain/period.ts';

const DAY_MS = 86_400_000;

export function dayOf(text: string): number {
  return Math.round(Date.parse(text) / DAY_MS);
}

const written = new Map<number, LocalDate>();

/** Writes a day; each of the few centuries there are is kept once. */
export function writeDay(day: number): LocalDate {
  const known = written.get(day);
  if (known !== undefined) return known;
  const text = new Date(day * DAY_MS).toISOString().slice(0, 10) as LocalDate;
  written.set(day, text);
  return text;
}

/** The first day of the month that lies so many months after that of a day. */
export function monthStart(day: number, months: number): number {
  const date = new Date(day * DAY_MS);
  return Math.round(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1) / DAY_MS);
}

/** The Monday of the week of a day. */
export function mondayOf(day: number): number {
  // 5 January 1970 was a Monday.
  return day - ((((day - 4) % 7) + 7) % 7);
}

/** The day on which somebody born on a day is so many years old; a day later where there is no 29 February. */
export function birthdayOf(born: number, years: number): number {
  const date = new Date(born * DAY_MS);
  return Math.round(Date.UTC(date.getUTCFullYear() + years, date.getUTCMonth(), date.getUTCDate()) / DAY_MS);
}
