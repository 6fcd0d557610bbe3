/** The days a flow looks at: said by their name, and known once it runs. */
import { addDays, daysInMonth, type LocalDate } from './period.ts';

/** Days from the first to the last, both included. */
export interface DayRange {
  readonly from: LocalDate;
  readonly until: LocalDate;
}

export const NAMED_PERIODS = [
  'today',
  'yesterday',
  'thisMonth',
  'previousMonth',
  'previousQuarter',
  'thisYear',
  'previousYear',
] as const;
export type NamedPeriod = (typeof NAMED_PERIODS)[number];
export type PeriodWish = NamedPeriod | DayRange;

/** Gives the days that are meant on a day. */
export function daysOf(wish: PeriodWish, today: LocalDate): DayRange {
  if (typeof wish !== 'string') return wish;
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7))];
  switch (wish) {
    case 'today':
      return { from: today, until: today };
    case 'yesterday': {
      const day = addDays(today, -1);
      return { from: day, until: day };
    }
    case 'thisMonth':
      return months(year, month, 1);
    case 'previousMonth':
      return months(year, month - 1, 1);
    case 'previousQuarter':
      return months(year, Math.floor((month - 1) / 3) * 3 - 2, 3);
    case 'thisYear':
      return months(year, 1, 12);
    case 'previousYear':
      return months(year - 1, 1, 12);
  }
}

/** So many months from one on; 0 and less are of the year before. */
function months(year: number, month: number, count: number): DayRange {
  const first = month < 1 ? { year: year - 1, month: month + 12 } : { year, month };
  const last = first.month + count - 1;
  return {
    from: writeDay(first.year, first.month, 1),
    until: writeDay(first.year, last, daysInMonth(first.year, last)),
  };
}

function writeDay(year: number, month: number, day: number): LocalDate {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}` as LocalDate;
}
