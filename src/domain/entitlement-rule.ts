/** Rules of entitlement, as `type.yaml` writes them: which statuses of a person entitle, when, and on which conditions. */
import type { Municipality } from './municipality.ts';
import { addDays, isWithin, type LocalDate, type Period } from './period.ts';
import type { Status, StatusCode } from './status.ts';

/** One version of what entitles. */
export interface EntitlementRule {
  /** Stands in decisions, and in cases that are kept apart by it. */
  readonly id: string;
  /** It looks at the facts of these days; missing: open. */
  readonly from?: LocalDate;
  readonly until?: LocalDate;
  /** Each of these, at least one of those, and none of the last. */
  readonly all: readonly StatusCode[];
  readonly any: readonly StatusCode[];
  readonly none: readonly StatusCode[];
  /** Whose word counts for a status; missing: every source's. */
  readonly sources: Readonly<Record<StatusCode, readonly string[]>>;
  /** A status counts that holds on this day … */
  readonly at?: LocalDate;
  /** … or during so many days, one after the other or not. */
  readonly days: number;
  /** Years on the day `at`. */
  readonly age?: Limits;
  readonly domicile?: { readonly regions: readonly string[]; readonly municipalities: readonly string[] };
  /** Persons who live together. */
  readonly household?: Limits;
}

/** Both included; missing: open. */
export interface Limits {
  readonly from?: number;
  readonly until?: number;
}

/** Why a rule is not met. */
export const UNMET = [
  'noFacts',
  'notYet',
  'statusMissing',
  'statusExcluded',
  'age',
  'domicile',
  'household',
] as const;
export type UnmetReason = (typeof UNMET)[number];

/** What rules look at beside statuses; what is not known meets no condition. */
export interface Subject {
  readonly birthDate: LocalDate | undefined;
  readonly municipalityOn: (date: LocalDate) => Municipality | undefined;
  readonly householdSize: number | undefined;
}

/** What came of looking at a rule. */
export interface Explanation {
  readonly rule: string;
  readonly reasons: readonly UnmetReason[];
  /** The facts that it was decided on: those that entitle, or that exclude. */
  readonly facts: readonly Status[];
}

/** The codes that a rule looks at. */
export function codesOf({ all, any, none }: EntitlementRule): readonly StatusCode[] {
  return [...all, ...any, ...none];
}

/** Tells whether a fact can make a difference to a rule. */
export function isTouched(rule: EntitlementRule, fact: Status): boolean {
  const { all, any, none } = rule;
  const { code } = fact;
  // Asked of every fact of the register for every rule: nothing is made to be thrown away.
  const isLookedAt = any.includes(code) || all.includes(code) || none.includes(code);
  return isLookedAt && isOfSource(rule, fact) && isInWindow(rule, fact);
}

/** Tells whether a rule looks at more of a person than statuses. */
export function looksAtPerson({ age, domicile, household }: EntitlementRule): boolean {
  return age !== undefined || domicile !== undefined || household !== undefined;
}

function isOfSource({ sources }: EntitlementRule, { code, source }: Status): boolean {
  return sources[code]?.includes(source) ?? true;
}

function isInWindow({ from, until }: EntitlementRule, { period }: Status): boolean {
  const { startDate, endDate } = period;
  return (
    (until === undefined || startDate <= until) &&
    (from === undefined || endDate === undefined || endDate >= from)
  );
}

/** Looks whether a rule is met by the facts of a person. */
export function explain(
  rule: EntitlementRule,
  facts: readonly Status[],
  subject: Subject,
  today: LocalDate,
): Explanation {
  const touched = facts.filter((fact) => isTouched(rule, fact));
  if (rule.at !== undefined && rule.at > today) return { rule: rule.id, reasons: ['notYet'], facts: [] };
  const byCode = new Map(
    codesOf(rule).map((code) => [code, touched.filter((fact) => fact.code === code && countsAt(rule, fact))]),
  );
  const of = (code: StatusCode) => byCode.get(code) ?? [];
  const met = new Set(
    [...byCode].flatMap(([code, own]) => (daysOf(rule, own, today) >= rule.days ? [code] : [])),
  );
  const has = (code: StatusCode) => met.has(code);
  const wanted = [...rule.all, ...rule.any];
  const excluded = rule.none.filter(has);
  const isMissing = !rule.all.every(has) || (rule.any.length > 0 && !rule.any.some(has));
  const entitling = wanted.filter(has).flatMap(of);
  const isWithout = wanted.length > 0 && wanted.every((code) => of(code).length === 0);
  const reasons: UnmetReason[] = [
    ...(isMissing ? [isWithout ? ('noFacts' as const) : ('statusMissing' as const)] : []),
    ...(excluded.length > 0 ? ['statusExcluded' as const] : []),
    ...unmetOf(rule, subject),
  ];
  return { rule: rule.id, reasons, facts: excluded.length > 0 ? excluded.flatMap(of) : entitling };
}

function countsAt({ at }: EntitlementRule, { period }: Status): boolean {
  return at === undefined || isWithin(at, period.startDate, period.endDate);
}

/** Counts the days of the rule on which at least one of the facts holds; on a given day one fact is enough. */
function daysOf(rule: EntitlementRule, facts: readonly Status[], today: LocalDate): number {
  if (rule.at !== undefined || rule.days <= 1) return facts.length > 0 ? rule.days : 0;
  const last = rule.until !== undefined && rule.until < today ? rule.until : today;
  const periods = facts
    .map(({ period }) => clip(period, rule.from, last))
    .sort((one, other) => (one.startDate < other.startDate ? -1 : 1));
  let count = 0;
  let next: LocalDate | undefined;
  for (const { startDate, endDate = last } of periods) {
    const from = next !== undefined && next > startDate ? next : startDate;
    if (endDate < from) continue;
    count += Math.round((Date.parse(endDate) - Date.parse(from)) / 86_400_000) + 1;
    next = addDays(endDate, 1);
  }
  return count;
}

function clip({ startDate, endDate }: Period, from: LocalDate | undefined, last: LocalDate): Period {
  return {
    startDate: from !== undefined && from > startDate ? from : startDate,
    endDate: endDate !== undefined && endDate < last ? endDate : last,
  };
}

function unmetOf(rule: EntitlementRule, subject: Subject): UnmetReason[] {
  const { at, age, domicile, household } = rule;
  const reasons: UnmetReason[] = [];
  const years = at && subject.birthDate ? ageOn(subject.birthDate, at) : undefined;
  if (age !== undefined && !isAmong(years, age)) reasons.push('age');
  const place = at && subject.municipalityOn(at);
  if (domicile !== undefined && !(place && livesIn(place, domicile))) reasons.push('domicile');
  if (household !== undefined && !isAmong(subject.householdSize, household)) reasons.push('household');
  return reasons;
}

function livesIn(
  { nisCode, region }: Municipality,
  { regions, municipalities }: NonNullable<EntitlementRule['domicile']>,
): boolean {
  return municipalities.includes(nisCode) || regions.includes(region);
}

function isAmong(value: number | undefined, { from = 0, until = Number.POSITIVE_INFINITY }: Limits): boolean {
  return value !== undefined && value >= from && value <= until;
}

/** Counts whole years; who was born on 29 February is a year older on 1 March. */
export function ageOn(birthDate: LocalDate, date: LocalDate): number {
  const years = Number(date.slice(0, 4)) - Number(birthDate.slice(0, 4));
  return date.slice(5) < birthDate.slice(5) ? years - 1 : years;
}

/** Gives the day on which time alone may change what a rule comes to: to be looked at again then. */
export function looksAgainOn(
  rule: EntitlementRule,
  facts: readonly Status[],
  today: LocalDate,
): LocalDate | undefined {
  if (rule.at !== undefined) return rule.at > today ? rule.at : undefined;
  const isGoing = ({ period }: Status) => period.endDate === undefined || period.endDate > today;
  const mayGrow = rule.days > 1 && (rule.until === undefined || rule.until > today);
  return mayGrow && facts.some((fact) => isTouched(rule, fact) && isGoing(fact))
    ? addDays(today, 1)
    : undefined;
}
