/** Decides what a case is entitled to, from the facts as they are now. */
import type { AttestationType } from './attestation-type.ts';
import { type Case, caseIdOf, caseOf } from './case.ts';
import {
  codesOf,
  type Explanation,
  explain,
  isTouched,
  type Subject,
  type UnmetReason,
} from './entitlement-rule.ts';
import { addDays, type LocalDate } from './period.ts';
import type { Status, StatusCode } from './status.ts';

/** One day that the attestation lists. */
export interface EntitledDay {
  readonly date: LocalDate;
  /** The source's reference of the fact: for Dimona the DimonaPeriodId. */
  readonly reference: string;
  readonly jointCommittee?: string;
  /** Name or number of the enterprise a temporary worker was lent to. */
  readonly usingEmployer?: string;
}

/** What a case is entitled to, and what came of each rule that was looked at. */
export type Entitlement = { readonly explanations: readonly Explanation[] } & (
  | {
      readonly isEntitled: true;
      /** Of types that attest days, each once. */
      readonly days: readonly EntitledDay[];
      /** The facts that entitle, in order of time. */
      readonly facts: readonly Status[];
    }
  | { readonly isEntitled: false; readonly reasons: readonly UnmetReason[] }
);

type Rules = Pick<AttestationType, 'id' | 'caseKeys' | 'rules'>;

/** Lists the cases of a type that a fact makes a difference to. */
export function casesOfFact({ id, caseKeys, rules }: Rules, fact: Status): readonly Case[] {
  const touched = rules.filter((rule) => isTouched(rule, fact));
  if (!caseKeys.includes('rule')) return touched.length === 0 ? [] : [caseOf(id, caseKeys, fact)];
  return touched.map((rule) => caseOf(id, caseKeys, fact, rule.id));
}

/** Looks at each rule of a case; whoever meets one is entitled to what its facts attest. */
export function entitle(
  type: Rules & Pick<AttestationType, 'row'>,
  ofCase: Case,
  facts: readonly Status[],
  found: Found,
): Entitlement {
  const caseId = caseIdOf(ofCase);
  const own = facts.filter((fact) => casesOfFact(type, fact).some((one) => caseIdOf(one) === caseId));
  return entitleBy(type, ofCase, own, found);
}

/** What rules look at beside facts. */
export interface Found {
  readonly subject: Subject;
  readonly today: LocalDate;
}

/** As `entitle`, where it is known which facts make a difference to the case. */
export function entitleBy(
  type: Rules & Pick<AttestationType, 'row'>,
  ofCase: Case,
  own: readonly Status[],
  { subject, today }: Found,
): Entitlement {
  const rules = type.rules.filter(({ id }) => ofCase.keys.rule === undefined || ofCase.keys.rule === id);
  const explanations = rules.map((rule) => explain(rule, own, subject, today));
  const met = explanations.filter(({ reasons }) => reasons.length === 0);
  if (met.length === 0) {
    const reasons = [...new Set(explanations.flatMap((one) => one.reasons))];
    return { isEntitled: false, reasons: reasons.length === 0 ? ['noFacts'] : reasons, explanations };
  }
  const entitling = inOrder(met.flatMap((one) => one.facts));
  const days = type.row === 'day' ? onceEach(entitling.flatMap(daysOf)) : [];
  return { isEntitled: true, days, facts: entitling, explanations };
}

/** A case with the facts that make a difference to it. */
export interface CaseOfFacts<Type> {
  readonly caseId: string;
  readonly ofCase: Case;
  readonly type: Type;
  readonly facts: Status[];
}

/** The types that look at each status, by its code: most facts are looked at by one of them. */
export type TypesByCode<Type> = ReadonlyMap<StatusCode, readonly Type[]>;

export function typesByCode<Type extends Rules>(types: readonly Type[]): TypesByCode<Type> {
  const byCode = new Map<StatusCode, Type[]>();
  for (const type of types)
    for (const code of new Set(type.rules.flatMap(codesOf)))
      byCode.set(code, [...(byCode.get(code) ?? []), type]);
  return byCode;
}

/** Finds the cases of one person's facts, each once. */
export function casesOfFacts<Type extends Rules>(
  types: TypesByCode<Type>,
  facts: readonly Status[],
): readonly CaseOfFacts<Type>[] {
  const cases = new Map<string, CaseOfFacts<Type>>();
  for (const fact of facts)
    for (const type of types.get(fact.code) ?? [])
      for (const ofCase of casesOfFact(type, fact)) {
        const caseId = caseIdOf(ofCase);
        const known = cases.get(caseId);
        if (known === undefined) cases.set(caseId, { caseId, ofCase, type, facts: [fact] });
        else known.facts.push(fact);
      }
  return [...cases.values()];
}

/** A fact that several rules count stands once. */
function inOrder(facts: readonly Status[]): readonly Status[] {
  const keyOf = ({ period, code, source, reference }: Status) =>
    [period.startDate, period.endDate ?? '9999', code, source, reference].join('\u0000');
  const once = new Map(facts.map((fact) => [keyOf(fact), fact]));
  return [...once].sort(([one], [other]) => compare(one, other)).map(([, fact]) => fact);
}

function onceEach(days: readonly EntitledDay[]): readonly EntitledDay[] {
  return days
    .toSorted((one, other) => compare(one.date, other.date) || compare(one.reference, other.reference))
    .filter((day, index, sorted) => day.date !== sorted[index - 1]?.date);
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
