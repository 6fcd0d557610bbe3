/** Which persons a flow means, as SQL over many of them at once: the rules of `domain/entitlement-rule.ts`. */
import type { PlannedRule, RunPlan } from '../domain/flow.ts';
import { beside } from './columns.ts';
import type { Bind } from './grounds.ts';

export interface SelectionSql {
  /** Further columns of `asked`, each after a comma; its persons are `person p`. */
  readonly columns: string;
  /** `name as (…)`, each after a comma, building on `asked` (the persons looked at) and on those before it. */
  readonly sets: string;
  /** Joined to `asked a`. */
  readonly joins: string;
  /** True of who is meant. */
  readonly isMeant: string;
}

/** Whether those who are asked about are some persons of the register, or as many as there are. */
export type Asked = 'some' | 'all';

/**
 * The facts of a person in `asked a`, as `f`. Of some persons they are read through the index and stand in a column: a set
 * that is joined would be gone through as a whole for each person, as nobody can plan for how much it holds.
 */
export const FACTS: Readonly<Record<Asked, string>> = {
  some: 'unnest(a.facts) f where true',
  all: 'facts f where f.holder_id = a.person_id',
};

/** Who reports under an earlier number reported of the same person. */
const NUMBERS = `, numbers as (select person_id as holder_id, person_id from asked
    union all select o.replaced_by, o.person_id from person o join asked on asked.person_id = o.replaced_by)`;

/** The numbers of one person in `asked a`. */
const NUMBERS_OF_ONE = `any(array(select a.person_id union all
    select o.person_id from person o where o.replaced_by = a.person_id))`;

/** Writes the condition under which one of the persons in `asked` is meant. */
export function selectionOf(plan: RunPlan, bind: Bind, asked: Asked): SelectionSql {
  const codes = `${bind(plan.codes)}::text[]`;
  const held = plan.rules.map((rule, at) => joinHeld(rule, `held_${at}`, asked, bind));
  const granted = grantedOf(plan, asked, bind);
  const isEntitled = () =>
    plan.rules.map((rule, at) => isMet(rule, `held_${at}`, bind)).join(' or ') || 'false';
  return {
    columns: asked === 'all' ? '' : `, ${factsOf(codes)} as facts`,
    sets: asked === 'all' ? [NUMBERS, factsOfAll(codes), granted.set].join('') : '',
    joins: [...held, granted.join].join('\n'),
    isMeant: meantBy(plan, asked, granted.condition, isEntitled, bind),
  };
}

/** Reads the facts of one person of many: under their own number, and under those that it replaced. */
function factsOf(codes: string): string {
  const ofNumber = (
    person: string,
  ) => `(select array_agg(s) from status_period s where s.person_id = ${person}.person_id
    and s.corrected_at is null and ${beside('s.status')} = any(${codes}))`;
  return `${ofNumber('p')} || (select array_agg(f) from person o
    cross join lateral unnest(${ofNumber('o')}) f where o.replaced_by = p.person_id)`;
}

function factsOfAll(codes: string): string {
  return `, facts as materialized (select n.holder_id, s.status, s.source, s.reference, s.valid_from, s.valid_until,
    s.employer_id, s.attributes from numbers n join status_period s on s.person_id = n.person_id
    and s.corrected_at is null and s.status = any(${codes}))`;
}

/** Joins for each person the statuses that they had: at all within the days of the rule, or during enough of them. */
function joinHeld(rule: PlannedRule, name: string, asked: Asked, bind: Bind): string {
  const from = bind(rule.at ?? rule.from ?? '-infinity');
  const until = bind(rule.at ?? rule.until ?? 'infinity');
  const counts = `f.valid_from <= ${until}::date and coalesce(f.valid_until, 'infinity') >= ${from}::date${ofSources(rule, bind)}`;
  const isAny = rule.at !== undefined || rule.days <= 1;
  const having = isAny ? '' : `having ${daysHeld(from, bind(rule.on))} >= ${bind(rule.days)}::int`;
  return asked === 'some'
    ? `left join lateral (select array_agg(status) as codes from (
        select f.status from ${FACTS.some} and ${counts} group by f.status ${having}) one) ${name} on true`
    : `left join (select holder_id, array_agg(status) as codes from (
        select f.holder_id, f.status from facts f where ${counts} group by f.holder_id, f.status ${having}) one
        group by holder_id) ${name} on ${name}.holder_id = a.person_id`;
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

interface GrantedSql {
  readonly set: string;
  readonly join: string;
  /** Undefined where it does not matter what was granted. */
  readonly condition: string | undefined;
}

/** Who has what an attestation type gives, by one rule of it or any. */
function grantedOf({ type }: RunPlan, asked: Asked, bind: Bind): GrantedSql {
  if (type === undefined || type.is === 'entitled') return { set: '', join: '', condition: undefined };
  const ofRule = type.rule === undefined ? '' : ` and t.case_id like '%/rule=' || ${bind(type.rule)}`;
  const ofType = `t.type = ${bind(type.id)} and t.state = 'issued'${ofRule}`;
  const not = type.is === 'granted' ? '' : 'not ';
  if (asked === 'some') {
    const isGranted = `exists (select from attestation t where t.person_id = ${NUMBERS_OF_ONE} and ${ofType})`;
    return { set: '', join: '', condition: `${not}${isGranted}` };
  }
  return {
    set: `, granted as (select distinct n.holder_id from numbers n join attestation t using (person_id) where ${ofType})`,
    join: 'left join granted on granted.holder_id = a.person_id',
    condition: `granted.holder_id is ${type.is === 'granted' ? 'not ' : ''}null`,
  };
}

function meantBy(
  { type, attributes }: RunPlan,
  asked: Asked,
  isGranted: string | undefined,
  isEntitled: () => string,
  bind: Bind,
): string {
  const named = Object.entries(attributes).map(
    ([name, values]) =>
      `exists (select from ${FACTS[asked]} and f.attributes ->> ${bind(name)} = any(${bind(values)}::text[]))`,
  );
  // What was granted is not looked at again.
  const ofRules = type?.is === 'granted' ? [] : [`(${isEntitled()})`];
  return [...ofRules, ...(isGranted === undefined ? [] : [isGranted]), ...named].join(' and ');
}
