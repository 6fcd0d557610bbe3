/** Declarations, periods and register views of the domain for tests: one worker quarantined on 1 September 2020. */
import type { Declaration, DimonaPeriod } from '../../src/domain/declaration.ts';
import type { DeclarationRule } from '../../src/domain/declaration-rule.ts';
import { brusselsDate, type LocalDate } from '../../src/domain/period.ts';
import type { KnownEmployer, KnownPerson, RegisterView } from '../../src/domain/register-checks.ts';

/** Takes a text for a day. */
export const day = (text: string) => text as LocalDate;

/** The rules of worker type QUA (NSSO instructions, August 2020). */
export const QUA_RULES: readonly DeclarationRule[] = [
  {
    workerType: 'QUA',
    startingDate: { from: day('2020-08-21'), until: day('2022-12-31') },
    isOneDay: true,
    isWithoutHours: true,
    jointCommittees: ['144', '145', '322'],
    usingEmployerCommittees: ['144', '145'],
    neverLateBefore: day('2020-08-28'),
  },
];

/** An IN of a QUA day without any anomaly, made and received on the morning of that day. */
export function declared(changes: Partial<Declaration> = {}): Declaration {
  const declaredAt = changes.declaredAt ?? new Date('2020-09-01T06:00:00Z');
  return {
    action: 'in',
    declaredAt,
    declaredOn: brusselsDate(declaredAt),
    receivedOn: brusselsDate(declaredAt),
    employer: { enterpriseNumber: '0206731645' },
    worker: { ssin: '81050003552' },
    startDate: '2020-09-01',
    endDate: '2020-09-01',
    features: { jointCommittee: '144', workerType: 'QUA' },
    formAnomalies: [],
    ...changes,
  };
}

/** An IN of another QUA day, made on that day. */
export function on(startDate: string, changes: Partial<Declaration> = {}): Declaration {
  return declared({
    startDate,
    endDate: startDate,
    declaredAt: new Date(`${startDate}T06:00:00Z`),
    ...changes,
  });
}

/** An OUT, UPDATE or CANCEL of the period of `period()`, which says nothing but that. */
export function changing(
  action: 'out' | 'update' | 'cancel',
  changes: Partial<Declaration> = {},
): Declaration {
  const made = declared({ declaredAt: new Date('2020-09-01T07:00:00Z'), ...changes });
  const blank = without(made, 'employer', 'worker', 'startDate', 'endDate', 'features');
  return { ...blank, action, periodId: '600027876089', ...changes };
}

/** Takes properties away. */
export function without<T extends object, K extends keyof T>(whole: T, ...keys: readonly K[]): Omit<T, K> {
  const rest = { ...whole };
  for (const key of keys) delete rest[key];
  return rest;
}

/** The worker, as the register knows them. */
export const PERSON: KnownPerson = {
  personId: 'person-1',
  familyName: 'Peeters',
  givenName: 'An Maria',
  birthDate: day('1981-05-01'),
};

/** The employer, as the register knows it. */
export const EMPLOYER: KnownEmployer = { employerId: 'employer-1', isContradictory: false };

/** The period that `declared()` opened. */
export function period(changes: Partial<DimonaPeriod> = {}): DimonaPeriod {
  return {
    periodId: '600027876089',
    personId: 'person-1',
    employerId: 'employer-1',
    workerType: 'QUA',
    jointCommittee: '144',
    startDate: day('2020-09-01'),
    endDate: day('2020-09-01'),
    isCancelled: false,
    changedAt: new Date('2020-09-01T06:00:00Z'),
    ...changes,
  };
}

/** A register that knows worker and employer, and lets the sender change what it names. */
export function register(changes: Partial<RegisterView> = {}): RegisterView {
  return { person: PERSON, employer: EMPLOYER, otherPeriods: [], mayChange: true, ...changes };
}
