/** Which persons a flow means, as SQL over many of them at once: the rules of `domain/entitlement-rule.ts`, set by set. */
import type { PlannedRule, RunPlan } from '../domain/flow.ts';
import { beside } from './columns.ts';
import type { Bind } from './grounds.ts';

export interface SelectionSql {
  /** `name as (…)`, each building on `asked` (the persons looked at) and on those before it. */
  readonly sets: readonly string[];
  /** Joined to `asked a`. */
  readonly joins: string;
  /** True of who is meant. */
  readonly isMeant: string;
}

/** Whether those who are asked about are some persons of the register, or as many as there are. */
export type Asked = 'some' | 'all';

/** Who reports under an earlier number reported of the same person. */
const NUMBERS: Readonly<Record<Asked, string>> = {
  some: `numbers as (select person_id as holder_id, person_id from asked
    union all select asked.person_id, o.person_id from asked cross join lateral (
      select person_id from person where replaced_by = asked.person_id offset 0) o)`,
  all: `numbers as (select person_id as holder_id, person_id from asked
    union all select o.replaced_by, o.person_id from person o join asked on asked.person_id = o.replaced_by)`,
};

/**
 * Each person's facts through the index, where some are asked about: as a join it would be planned by what the tables looked
 * like before the register was loaded, and each part would read all of it.
 */
const FACTS_OF: Readonly<Record<Asked, (codes: string) => string>> = {
  some: (
    codes,
  ) => `numbers n cross join lateral (select * from status_period f where f.person_id = n.person_id
    and f.corrected_at is null and ${beside('f.status')} = any(${codes}) offset 0) s`,
  all: (codes) => `numbers n join status_period s on s.person_id = n.person_id
    and s.corrected_at is null and s.status = any(${codes})`,
};

/** Writes the condition under which one of the persons in `asked` is meant. */
export function selectionOf(plan: RunPlan, bind: Bind, asked: Asked): SelectionSql {
  const facts = `facts as materialized (select n.holder_id, s.status, s.source, s.reference, s.valid_from, s.valid_until,
    s.employer_id, s.attributes from ${FACTS_OF[asked](`${bind(plan.codes)}::text[]`)})`;
  const held = plan.rules.map((rule, at) => `held_${at} as (${heldBy(rule, bind)})`);
  const granted = grantedOf(plan, bind);
  const joins = [
    ...plan.rules.map((_, at) => `left join held_${at} on held_${at}.holder_id = a.person_id`),
    ...(granted === undefined ? [] : ['left join granted on granted.holder_id = a.person_id']),
  ].join('\n');
  const isEntitled = () =>
    plan.rules.map((rule, at) => isMet(rule, `held_${at}`, bind)).join(' or ') || 'false';
  return {
    sets: [NUMBERS[asked], facts, ...held, ...(granted === undefined ? [] : [granted])],
    joins,
    isMeant: meantBy(plan, isEntitled, bind),
  };
}

/** Lists for each person the statuses that they had: at all within the days of the rule, or during enough of them. */
function heldBy(rule: PlannedRule, bind: Bind): string {
  const from = bind(rule.at ?? rule.from ?? '-infinity');
  const until = bind(rule.at ?? rule.until ?? 'infinity');
  const counts = `f.valid_from <= ${until}::date and coalesce(f.valid_until, 'infinity') >= ${from}::date${ofSources(rule, bind)}`;
  const isAny = rule.at !== undefined || rule.days <= 1;
  return `select holder_id, array_agg(status) as codes from (
    select f.holder_id, f.status from facts f where ${counts} group by f.holder_id, f.status
    ${isAny ? '' : `having ${daysHeld(from, bind(rule.on))} >= ${bind(rule.days)}::int`}) one group by holder_id`;
}

/** Counts the days from one to another on which a status holds; one that several sources tell holds once. */
function daysHeld(from: string, last: string): string {
  const first = `greatest(f.valid_from, ${from}::date)`;
  const end = `least(coalesce(f.valid_until, 'infinity'), ${last}::date)`;
  return `(select coalesce(sum(upper(r) - lower(r)), 0) from unnest(
    range_agg(daterange(${first}, ${end}, '[]')) filter (where ${first} <= ${end})) r)`;
}

/** Only some sources count for some statuses. */
function ofSources({ sources }: PlannedRule, bind: Bind): string {
  return Object.entries(sources)
    .map(([code, names]) => ` and (f.status <> ${bind(code)} or f.source = any(${bind(names)}::text[]))`)
    .join('');
}

function isMet(rule: PlannedRule, held: string, bind: Bind): string {
  const codes = `coalesce(${held}.codes, '{}')`;
  const conditions = [
    `${codes} @> ${bind(rule.all)}::text[]`,
    ...(rule.any.length > 0 ? [`${codes} && ${bind(rule.any)}::text[]`] : []),
    ...(rule.none.length > 0 ? [`not ${codes} && ${bind(rule.none)}::text[]`] : []),
    ...(rule.places ? [`${livedIn(rule, bind)} = any(${bind(rule.places)}::text[])`] : []),
    ...within(rule.age, () => `extract(year from age(${bind(rule.on)}::date, a.birth_date))`, bind),
    ...within(rule.household, () => HOUSEHOLD_SIZE, bind),
  ];
  return `(${conditions.join(' and ')})`;
}

/** Where a person lived on the day of a rule. */
function livedIn({ on }: PlannedRule, bind: Bind): string {
  return `(select d.nis_code from domicile d where d.person_id = a.person_id and d.valid_from <= ${bind(on)}::date
    order by d.valid_from desc limit 1)`;
}

/** Persons of the household of `a`; null where none is known, which meets no limit. */
export const HOUSEHOLD_SIZE = `(select nullif(count(*), 0) from person h where h.household = a.household
  and h.replaced_by is null and h.erased_at is null)`;

function within(limits: PlannedRule['age'], write: () => string, bind: Bind): string[] {
  if (limits === undefined) return [];
  const value = write();
  const { from = 0, until } = limits;
  return [
    `${value} >= ${bind(from)}::int`,
    ...(until === undefined ? [] : [`${value} <= ${bind(until)}::int`]),
  ];
}

/** Who has what an attestation type gives, by one rule of it or any. */
function grantedOf({ type }: RunPlan, bind: Bind): string | undefined {
  if (type === undefined || type.is === 'entitled') return undefined;
  const ofRule = type.rule === undefined ? '' : ` and t.case_id like '%/rule=' || ${bind(type.rule)}`;
  return `granted as (select distinct n.holder_id from numbers n join attestation t using (person_id)
    where t.type = ${bind(type.id)} and t.state = 'issued'${ofRule})`;
}

function meantBy({ type, attributes }: RunPlan, isEntitled: () => string, bind: Bind): string {
  const named = Object.entries(attributes).map(
    ([name, values]) =>
      `exists (select from facts f where f.holder_id = a.person_id
        and f.attributes ->> ${bind(name)} = any(${bind(values)}::text[]))`,
  );
  // What was granted is not looked at again.
  const ofRules = type?.is === 'granted' ? [] : [`(${isEntitled()})`];
  const ofType = {
    granted: ['granted.holder_id is not null'],
    notGranted: ['granted.holder_id is null'],
    entitled: [],
  };
  return [...ofRules, ...ofType[type?.is ?? 'entitled'], ...named].join(' and ');
}
