/** Dated rules that an attestation type lays on the declarations behind it: data of `type.yaml`, not code. */
import { isWithin, type LocalDate } from './period.ts';

/** What holds for one worker type whose period starts within a window; several windows may follow each other. */
export interface DeclarationRule {
  readonly workerType: string;
  /** The first and last starting date, both included; a missing limit is open. */
  readonly startingDate: { readonly from?: LocalDate; readonly until?: LocalDate };
  /** The last day on which such a declaration may be entered; missing: no limit. */
  readonly declaredUntil?: LocalDate;
  /** Whether ending date must be given and equal starting date. */
  readonly isOneDay: boolean;
  /** Whether hours, planned hours and planned days are forbidden. */
  readonly isWithoutHours: boolean;
  readonly jointCommittees: readonly string[];
  /** For temporary workers: the joint committees of the using employer. */
  readonly usingEmployerCommittees: readonly string[];
  /** Starting dates before this day are never late: the declaration did not exist yet. */
  readonly neverLateBefore?: LocalDate;
}

/** What the rules say of a worker type at a starting date. */
export type RuleMatch =
  | { readonly kind: 'ruled'; readonly rule: DeclarationRule }
  /** The worker type is ruled, but not at this date or not any more on the day of entry. */
  | { readonly kind: 'forbidden' }
  /** No attestation type says anything of this worker type. */
  | { readonly kind: 'unruled' };

/** Finds the rule for a worker type, a starting date and the day of entry. */
export function matchRule(
  rules: readonly DeclarationRule[],
  workerType: string,
  startDate: LocalDate,
  receivedOn: LocalDate,
): RuleMatch {
  const ofType = rules.filter((rule) => rule.workerType === workerType);
  if (ofType.length === 0) return { kind: 'unruled' };
  const rule = ofType.find(
    (one) =>
      isWithin(startDate, one.startingDate.from, one.startingDate.until) &&
      isWithin(receivedOn, undefined, one.declaredUntil),
  );
  return rule === undefined ? { kind: 'forbidden' } : { kind: 'ruled', rule };
}
