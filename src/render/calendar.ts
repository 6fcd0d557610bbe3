/**
 * Writes days, months and instants in the language of the document.
 * The names stand here and are not asked of the runtime: the same facts must print the same bytes on every machine.
 */
import type { DocumentLanguage } from '../domain/language.ts';
import {
  brusselsDate,
  brusselsDateTime,
  type LocalDate,
  type LocalMonth,
  type Period,
} from '../domain/period.ts';

const WEEKDAYS: Readonly<Record<DocumentLanguage, readonly string[]>> = {
  nl: ['zondag', 'maandag', 'dinsdag', 'woensdag', 'donderdag', 'vrijdag', 'zaterdag'],
  fr: ['dimanche', 'lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi'],
  de: ['Sonntag', 'Montag', 'Dienstag', 'Mittwoch', 'Donnerstag', 'Freitag', 'Samstag'],
};

const MONTHS: Readonly<Record<DocumentLanguage, readonly string[]>> = {
  nl: 'januari februari maart april mei juni juli augustus september oktober november december'.split(' '),
  fr: 'janvier février mars avril mai juin juillet août septembre octobre novembre décembre'.split(' '),
  de: 'Januar Februar März April Mai Juni Juli August September Oktober November Dezember'.split(' '),
};

/** Writes a day: `24 augustus 2020`, `1er septembre 2020`, `24. August 2020`. */
export function formatDate(date: LocalDate, language: DocumentLanguage): string {
  const day = Number(date.slice(8));
  const month = MONTHS[language][Number(date.slice(5, 7)) - 1] ?? '';
  return `${formatDayOfMonth(day, language)} ${month} ${date.slice(0, 4)}`;
}

/** Writes a day with its weekday: `maandag 24 augustus 2020`, `Montag, 24. August 2020`. */
export function formatWeekday(date: LocalDate, language: DocumentLanguage): string {
  const weekday = WEEKDAYS[language][new Date(`${date}T00:00:00Z`).getUTCDay()] ?? '';
  return `${weekday}${language === 'de' ? ',' : ''} ${formatDate(date, language)}`;
}

/** Writes a day in figures: `24/08/2020`, `24.08.2020`. */
export function formatShortDate(date: LocalDate, language: DocumentLanguage): string {
  const sign = language === 'de' ? '.' : '/';
  return [date.slice(8), date.slice(5, 7), date.slice(0, 4)].join(sign);
}

/** Writes a period: `van 1 januari 2020 tot en met 31 maart 2020`; of one day, or still open, as one says it. */
export function formatPeriod({ startDate, endDate }: Period, language: DocumentLanguage): string {
  const [on, since, from, until] = PERIOD_WORDS[language];
  const start = formatDate(startDate, language);
  if (endDate === undefined) return `${since} ${start}`;
  return endDate === startDate
    ? `${on} ${start}`
    : `${from} ${start} ${until} ${formatDate(endDate, language)}`;
}

/** On a day; from a day on; from a day, until a day that is included. */
const PERIOD_WORDS: Readonly<Record<DocumentLanguage, readonly [string, string, string, string]>> = {
  nl: ['op', 'vanaf', 'van', 'tot en met'],
  fr: ['le', 'à partir du', 'du', 'au'],
  de: ['am', 'ab dem', 'vom', 'bis einschließlich'],
};

/** Writes a month: `augustus 2020`. */
export function formatMonth(month: LocalMonth, language: DocumentLanguage): string {
  return `${MONTHS[language][Number(month.slice(5)) - 1] ?? ''} ${month.slice(0, 4)}`;
}

/** Writes an instant as the clocks of Brussels show it: `21 november 2026, 16:04 (UTC+01:00)`. */
export function formatInstant(instant: Date, language: DocumentLanguage): string {
  // Documents come many a minute, and no more than the minute is written.
  const minute = Math.floor(instant.getTime() / 60_000);
  if (minute !== lastMinute.minute) {
    const text = brusselsDateTime(instant);
    const time = `${text.slice(11, 16)} (UTC${text.slice(19)})`;
    lastMinute = { minute, date: brusselsDate(instant), time };
  }
  return `${formatDate(lastMinute.date, language)}, ${lastMinute.time}`;
}

let lastMinute = { minute: Number.NaN, date: '' as LocalDate, time: '' };

function formatDayOfMonth(day: number, language: DocumentLanguage): string {
  if (language === 'de') return `${day}.`;
  return language === 'fr' && day === 1 ? '1er' : String(day);
}
