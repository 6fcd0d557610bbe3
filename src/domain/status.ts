/** A fact of the register: a harmonised social status that a person has during a period, as a source reported it. */
import type { Period } from './period.ts';

/** Our own documented codes; they are not the Crossroads Bank's. */
export const STATUS_CODES = ['quarantine'] as const;
export type StatusCode = (typeof STATUS_CODES)[number];

/** One fact as the register knows it now. */
export interface Status {
  readonly personId: string;
  readonly code: StatusCode;
  /** The authentic source that reported it. */
  readonly source: 'dimona';
  readonly period: Period;
  readonly employerId?: string;
  /** The source's own reference: for Dimona the DimonaPeriodId. */
  readonly reference: string;
  readonly attributes: Readonly<Record<string, string>>;
}
