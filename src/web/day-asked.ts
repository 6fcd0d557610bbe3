/** The question whether an attestation held on another day: what was asked, and the answer in a sentence. */
import { type LocalDate, parseLocalDate } from '../domain/period.ts';
import type { AttestationStatus, CodeReport } from '../domain/verification.ts';
import type { Visit } from './route.ts';
import type { Texts } from './texts.ts';

export interface DayAsked {
  /** What the form sends along. */
  readonly fields: Readonly<Record<string, string>>;
  /** As a date input takes it. */
  readonly value: string;
  /** Missing: no day was asked about. */
  readonly answer?: string;
  readonly isGood: boolean;
}

const ANSWERS: Readonly<Record<AttestationStatus, string>> = {
  valid: 'day.valid',
  superseded: 'day.superseded',
  revoked: 'day.revoked',
  expired: 'day.expired',
  notYetValid: 'day.notYetValid',
  erased: 'day.unknown',
  unknown: 'day.unknown',
};

/** Gives the day that was asked about, `?on=`; what is none is not asked. */
export function dayOf({ request }: Visit): LocalDate | undefined {
  const { on } = request.query;
  return typeof on === 'string' ? parseLocalDate(on) : undefined;
}

/** Gives question and answer for the page; undefined where there is nothing to ask about. */
export function dayAsked(
  { attestation, onDay }: CodeReport,
  { t, day }: Texts,
  fields: DayAsked['fields'],
): DayAsked | undefined {
  if (attestation === undefined) return undefined;
  if (onDay === undefined) return { fields, value: '', isGood: false };
  const answer = t(ANSWERS[onDay.status], { day: day(onDay.day) });
  return { fields, value: onDay.day, answer, isGood: onDay.status === 'valid' };
}
