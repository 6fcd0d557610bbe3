/** Decides what a case is entitled to, from the facts as they are now. */
import type { AttestationType } from './attestation-type.ts';
import type { Case } from './case.ts';
import { caseIdOf, caseOf } from './case.ts';
import { addDays, type LocalDate } from './period.ts';
import type { Status } from './status.ts';

/** One day that the attestation lists. */
export interface EntitledDay {
  readonly date: LocalDate;
  /** The source's reference of the fact: for Dimona the DimonaPeriodId. */
  readonly reference: string;
  readonly jointCommittee?: string;
  /** Name or number of the enterprise a temporary worker was lent to. */
  readonly usingEmployer?: string;
}

export type Entitlement =
  | { readonly isEntitled: true; readonly days: readonly EntitledDay[] }
  | { readonly isEntitled: false; readonly reasons: readonly IneligibilityReason[] };

/** Why a case is entitled to nothing. */
export type IneligibilityReason = 'noFacts';

/** Lists the days of a case that its facts entitle to, each once, in order of date. */
export function entitle(type: AttestationType, ofCase: Case, facts: readonly Status[]): Entitlement {
  const caseId = caseIdOf(ofCase);
  const days = facts
    .filter((fact) => fact.code === type.status && caseIdOf(caseOf(type.id, type.caseKeys, fact)) === caseId)
    .flatMap((fact) => daysOf(fact))
    .sort((one, other) => compare(one.date, other.date) || compare(one.reference, other.reference));
  const once = days.filter((day, index) => day.date !== days[index - 1]?.date);
  return once.length > 0 ? { isEntitled: true, days: once } : { isEntitled: false, reasons: ['noFacts'] };
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function daysOf(fact: Status): EntitledDay[] {
  const days: EntitledDay[] = [];
  const last = fact.period.endDate ?? fact.period.startDate;
  const { jointCommittee, usingEmployer } = fact.attributes;
  for (let date = fact.period.startDate; date <= last; date = addDays(date, 1)) {
    days.push({
      date,
      reference: fact.reference,
      ...(jointCommittee !== undefined && { jointCommittee }),
      ...(usingEmployer !== undefined && { usingEmployer }),
    });
  }
  return days;
}
