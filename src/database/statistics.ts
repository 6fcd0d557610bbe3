/** Counts for tables of statistics: how many persons or employers there are of each combination, never who. */
import type { DeliberationGround } from '../domain/ground.ts';
import { AGE_CLASSES, SIZES } from '../domain/statistics.ts';
import type { StatusCode } from '../domain/status.ts';
import type { Connection } from './database.ts';
import { bindTo, joinDeliberation } from './grounds.ts';

/** What is counted: months by their first days, both included. */
export interface CountedPeriod {
  readonly status: StatusCode;
  readonly from: string;
  readonly until: string;
}

/** What persons are counted by, beside the month. */
export type PersonColumn = 'nisCode' | 'sex' | 'ageClass' | 'jointCommittee';

/** One combination; the number of a class counts from 1, nothing is null. */
export interface CountRow {
  readonly month: string;
  readonly nisCode?: string | null;
  readonly sex?: 'female' | 'male' | null;
  readonly ageClass?: number | null;
  readonly jointCommittee?: string | null;
  readonly size?: number | null;
  readonly count: number;
}

const MONTHS = `months as (
  select first::date as first, (first + interval '1 month - 1 day')::date as last
  from generate_series($2::date, $3::date, interval '1 month') as first
)`;

const COLUMNS: Readonly<Record<PersonColumn, string>> = {
  nisCode: 'lives.nis_code',
  sex: 'p.sex',
  ageClass: `width_bucket(extract(year from age(had.last, p.birth_date))::int, array[${AGE_CLASSES.join()}])`,
  jointCommittee: 'had.committee',
};

/** Who had the status at some time of a month, once each; with joint committees, once for each. */
const had = (isByCommittee: boolean) => `had as (
  select distinct months.first, months.last, coalesce(own.replaced_by, own.person_id) as person_id
    ${isByCommittee ? `, s.attributes->>'jointCommittee' as committee` : ''}
  from months join status_period s on s.valid_from <= months.last and coalesce(s.valid_until, 'infinity') >= months.first
    join person own on own.person_id = s.person_id
  where s.status = $1 and s.corrected_at is null
)`;

const HOME = `left join lateral (
  select d.nis_code from domicile d where d.person_id = p.person_id and d.valid_from <= had.last
  order by d.valid_from desc limit 1
) lives on true`;

/** Counts persons by the columns asked for, month by month. */
export async function countPersons(
  connection: Connection,
  ground: DeliberationGround,
  { status, from, until }: CountedPeriod,
  by: readonly PersonColumn[],
): Promise<CountRow[]> {
  const values: unknown[] = [status, from, until];
  const covering = joinDeliberation(ground, { person: 'p.person_id', status: '$1::text' }, bindTo(values));
  const columns = by.map((name) => `${COLUMNS[name]} as "${name}"`);
  return connection.query<CountRow>(
    `with ${MONTHS}, ${had(by.includes('jointCommittee'))}
     select ${["to_char(had.first, 'YYYY-MM') as month", ...columns].join(', ')}, count(*)::int as count
     from had join person p on p.person_id = had.person_id ${by.includes('nisCode') ? HOME : ''} ${covering.join}
     where p.erased_at is null and ${covering.condition}
     group by ${['1', ...by.map((_, at) => String(at + 2))].join(', ')}`,
    values,
  );
}

/** Counts employers of whom workers had the status, by joint committee and by how many these were, month by month. */
export async function countEmployers(
  connection: Connection,
  ground: DeliberationGround,
  { status, from, until }: CountedPeriod,
): Promise<CountRow[]> {
  const values: unknown[] = [status, from, until];
  const covering = joinDeliberation(ground, { person: 'p.person_id', status: '$1::text' }, bindTo(values));
  return connection.query<CountRow>(
    `with ${MONTHS}, used as (
       select months.first, s.employer_id, s.attributes->>'jointCommittee' as committee, count(distinct p.person_id)::int as workers
       from months join status_period s on s.valid_from <= months.last and coalesce(s.valid_until, 'infinity') >= months.first
         join person own on own.person_id = s.person_id join person p on p.person_id = coalesce(own.replaced_by, own.person_id)
         ${covering.join}
       where s.status = $1 and s.corrected_at is null and s.employer_id is not null and p.erased_at is null
         and ${covering.condition}
       group by 1, 2, 3
     )
     select to_char(first, 'YYYY-MM') as month, committee as "jointCommittee",
       width_bucket(workers, array[${SIZES.join()}]) as size, count(*)::int as count
     from used group by 1, 2, 3`,
    values,
  );
}

/** Counts what was done, month by month, as evidence has it; of nobody in particular. */
export async function countUses(
  connection: Connection,
  actions: readonly string[],
  { from, until }: Pick<CountedPeriod, 'from' | 'until'>,
): Promise<readonly { readonly month: string; readonly use: string; readonly count: number }[]> {
  return connection.query(
    `select to_char(recorded_at at time zone 'Europe/Brussels', 'YYYY-MM') as month, action as use, count(*)::int as count
     from audit_entry where action = any($1)
       and recorded_at >= $2::date at time zone 'Europe/Brussels'
       and recorded_at < ($3::date + interval '1 month') at time zone 'Europe/Brussels'
     group by 1, 2`,
    [actions, from, until],
  );
}

/** Somebody for an extract; the id becomes a pseudonym before it leaves the service. */
export interface ExtractRow {
  readonly personId: string;
  readonly sex: 'female' | 'male' | null;
  readonly ageClass: number | null;
  readonly nisCode: string | null;
  /** In how many of the months they had each status. */
  readonly months: Readonly<Record<StatusCode, number>>;
}

/** Lists whom a ground covers of those who had one of the statuses in some month; age and domicile are of the last day. */
export async function listForExtract(
  connection: Connection,
  ground: DeliberationGround,
  statuses: readonly StatusCode[],
  { from, until }: Pick<CountedPeriod, 'from' | 'until'>,
  limit: number,
): Promise<ExtractRow[]> {
  const values: unknown[] = [statuses, from, until, limit];
  const covering = joinDeliberation(ground, { person: 'p.person_id', status: 'had.status' }, bindTo(values));
  return connection.query<ExtractRow>(
    `with ${MONTHS}, had as (
       select coalesce(own.replaced_by, own.person_id) as person_id, s.status, count(distinct months.first)::int as months,
         (select max(last) from months) as last
       from months join status_period s on s.valid_from <= months.last and coalesce(s.valid_until, 'infinity') >= months.first
         join person own on own.person_id = s.person_id
       where s.status = any($1) and s.corrected_at is null
       group by 1, 2
     ), each as (
       select p.person_id, p.sex, had.last, p.birth_date, jsonb_object_agg(had.status, had.months) as months
       from had join person p on p.person_id = had.person_id ${covering.join}
       where p.erased_at is null and ${covering.condition} group by p.person_id, had.last
     )
     select p.person_id as "personId", p.sex, lives.nis_code as "nisCode", p.months,
       width_bucket(extract(year from age(had.last, p.birth_date))::int, array[${AGE_CLASSES.join()}]) as "ageClass"
     from each p cross join lateral (select p.last) as had (last) ${HOME} limit $4`,
    values,
  );
}
