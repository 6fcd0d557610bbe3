/** Calendar days as Brussels counts them: `LocalDate` texts, periods of days, and the day of an instant. */

/** A day of the Gregorian calendar, `yyyy-MM-dd`; sorts as text. */
export type LocalDate = string & { readonly __localDate: never };

/** A calendar month, `yyyy-MM`. */
export type LocalMonth = string & { readonly __localMonth: never };

/** Days from `startDate` to `endDate`, both included; without `endDate` the period is open. */
export interface Period {
  readonly startDate: LocalDate;
  readonly endDate?: LocalDate;
}

/** The value by which a Dimona update reopens a period (NSSO zone 00911). */
export const END_OF_TIME = '9999-12-31' as LocalDate;

/** Reads `yyyy-MM-dd`; undefined when the text has another form or names no day that exists. */
export function parseLocalDate(text: string): LocalDate | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  // PostgreSQL and ISO 8601's own Gregorian calendar differ on a year 0; nobody needs it.
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  return text as LocalDate;
}

/** Counts the days of a month, 1 to 12. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) {
    const isLeapYear = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
    return isLeapYear ? 29 : 28;
  }
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Moves a day by a whole number of days. */
export function addDays(date: LocalDate, days: number): LocalDate {
  const moved = new Date(`${date}T00:00:00Z`);
  moved.setUTCDate(moved.getUTCDate() + days);
  return moved.toISOString().slice(0, 10) as LocalDate;
}

/** Gives the month a day lies in. */
export function monthOf(date: LocalDate): LocalMonth {
  return date.slice(0, 7) as LocalMonth;
}

/** Tells whether a day lies within limits, both included; a missing limit is open. */
export function isWithin(
  date: LocalDate,
  from: LocalDate | undefined,
  until: LocalDate | undefined,
): boolean {
  return (from === undefined || date >= from) && (until === undefined || date <= until);
}

/** Tells whether two periods share a day. */
export function overlaps(one: Period, other: Period): boolean {
  return one.startDate <= (other.endDate ?? END_OF_TIME) && other.startDate <= (one.endDate ?? END_OF_TIME);
}

const brusselsDay = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Brussels', dateStyle: 'short' });

/** Gives the day that the clocks of Brussels show at an instant. */
export function brusselsDate(instant: Date): LocalDate {
  return brusselsDay.format(instant).padStart(10, '0') as LocalDate;
}

const brusselsParts = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Brussels',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
  timeZoneName: 'longOffset',
});

/** Writes an instant as Brussels wall time with its offset, `yyyy-MM-ddTHH:mm:ss+HH:mm` (ISO 8601). */
export function brusselsDateTime(instant: Date): string {
  const time = instant.getTime();
  return time >= WHOLE_HOURS_FROM && time < WHOLE_HOURS_UNTIL ? writeByHour(time) : writeByParts(instant);
}

/** Since 1893 the offset is whole hours and changes when an hour begins; years of more than four digits are written by parts. */
const WHOLE_HOURS_FROM = Date.UTC(1893, 0);
const WHOLE_HOURS_UNTIL = Date.UTC(9999, 0);
const HOUR = 3_600_000;
/** Hour since 1970 → offset in milliseconds and as it is written. Asking for it costs more than all the rest. */
const offsets = new Map<number, { readonly size: number; readonly written: string }>();
const MOST_OFFSETS = 1000;

function writeByHour(time: number): string {
  const hour = Math.floor(time / HOUR);
  let offset = offsets.get(hour);
  if (offset === undefined) {
    const size = offsetAt(hour * HOUR);
    offset = { size, written: `+0${size / HOUR}:00` };
    if (offsets.size >= MOST_OFFSETS) offsets.clear();
    offsets.set(hour, offset);
  }
  return new Date(time + offset.size).toISOString().slice(0, 19) + offset.written;
}

function writeByParts(instant: Date): string {
  const part = Object.fromEntries(
    brusselsParts.formatToParts(instant).map(({ type, value }) => [type, value]),
  );
  const offset = part.timeZoneName === 'GMT' ? '+00:00' : (part.timeZoneName ?? '').replace('GMT', '');
  return `${part.year?.padStart(4, '0')}-${part.month}-${part.day}T${part.hour}:${part.minute}:${part.second}${offset}`;
}

/**
 * Gives the instant at which the clocks of Brussels show a day and an hour, `HH:mm:ss.SSS`.
 * Of an hour that they show twice the first counts; an hour that they skip is moved forward with them.
 */
export function brusselsInstant(date: LocalDate, time: string): Date {
  const wall = Date.parse(`${date}T${time}Z`);
  const day = 24 * 3_600_000;
  const [before, after] = [offsetAt(wall - day), offsetAt(wall + day)];
  const isAfter = offsetAt(wall - before) !== before && offsetAt(wall - after) === after;
  return new Date(wall - (isAfter ? after : before));
}

/** The offset of Brussels from UTC at an instant, in milliseconds; before 1892 its local mean time, `+00:17:30`. */
function offsetAt(instant: number): number {
  const zone = brusselsZone.formatToParts(instant).find(({ type }) => type === 'timeZoneName');
  const [, sign, ...parts] = /([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(zone?.value ?? '') ?? [];
  const [hours, minutes, seconds] = parts.map((part) => Number(part ?? 0));
  const size = ((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000;
  return sign === '-' ? -size : size;
}

const brusselsZone = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Brussels',
  timeZoneName: 'longOffset',
});
