/** When a flow on schedule is due. */
import type { Schedule } from './flow.ts';
import { addDays, brusselsDate, brusselsDateTime, type LocalDate } from './period.ts';

/** Monday, and the first day of a month. */
const WEEKS_FIRST = 1;

/**
 * Gives the last moment up to now at which a schedule was due, as Brussels' wall time `2026-03-02T06:00`; undefined for
 * one that knows no rhythm. It names the run that is due: whoever starts it first has started it.
 */
export function lastDue({ every, at }: Schedule, now: Date): string | undefined {
  if (every === undefined) return undefined;
  const clock = brusselsDateTime(now).slice(11, 16);
  const today = brusselsDate(now);
  let day = clock >= at ? today : addDays(today, -1);
  while (!isDay(every, day)) day = addDays(day, -1);
  return `${day}T${at}`;
}

function isDay(every: NonNullable<Schedule['every']>, day: LocalDate): boolean {
  switch (every) {
    case 'daily':
      return true;
    case 'weekly':
      return new Date(`${day}T00:00:00Z`).getUTCDay() === WEEKS_FIRST;
    case 'monthly':
      return day.endsWith('-01');
  }
}
