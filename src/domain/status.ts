/** A fact of the register: a harmonised social status that a person has during a period, as a source reported it. */
import type { Period } from './period.ts';

/** A code as the `type.yaml` of an attestation type names it. The codes are our own, not the Crossroads Bank's. */
export type StatusCode = string;

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
