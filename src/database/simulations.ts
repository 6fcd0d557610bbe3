/** How many persons a type or a flow means, by where they live; and what that was the last time. Never who. */
import type { RunPlan } from '../domain/flow.ts';
import type { DeliberationGround } from '../domain/ground.ts';
import type { PersonCounts } from '../domain/simulation.ts';
import type { Connection } from './database.ts';
import { groundColumns, periodJoin } from './flow-reads.ts';
import { selectionOf } from './flow-selection.ts';
import { type Bind, bindTo, joinDeliberation } from './grounds.ts';

/** Counts whom a deliberation covers; `isFlow`: one for the flow, otherwise for the attestation type that the plan is of. */
export async function countMeant(
  connection: Connection,
  ground: DeliberationGround,
  plan: RunPlan,
  isFlow: boolean,
): Promise<PersonCounts> {
  return count(connection, plan, (bind) => {
    const columns = isFlow
      ? groundColumns(plan, bind)
      : { person: 'a.person_id', attestationType: `${bind(plan.flow)}::text` };
    return joinDeliberation(ground, columns, bind);
  });
}

/** Counts everybody. */
export async function countAllMeant(connection: Connection, plan: RunPlan): Promise<PersonCounts> {
  return count(connection, plan, () => ({ join: '', condition: 'true' }));
}

async function count(
  connection: Connection,
  plan: RunPlan,
  covering: (bind: Bind) => ReturnType<typeof joinDeliberation>,
): Promise<PersonCounts> {
  const values: unknown[] = [];
  const bind = bindTo(values);
  const { columns, sets, joins, isMeant } = selectionOf(plan, bind, 'all');
  const ofPeriods = plan.row === 'person' ? '' : periodJoin(plan, 'all', bind);
  const { join, condition } = covering(bind);
  const rows = await connection.query<{ nisCode: string; persons: number }>(
    `with asked as materialized (
       select p.person_id, p.birth_date, p.household ${columns} from person p
       where p.replaced_by is null and p.erased_at is null and p.person_id in (${candidates(plan, bind)}))${sets},
     meant as (select distinct a.person_id from asked a ${joins} ${ofPeriods} ${join} where ${isMeant} and ${condition})
     select coalesce(lives.nis_code, '') as "nisCode", count(*)::int as persons
     from meant left join lateral (select d.nis_code from domicile d where d.person_id = meant.person_id
       and d.valid_from <= brussels_today() order by d.valid_from desc limit 1) lives on true
     group by 1`,
    values,
  );
  return Object.fromEntries(rows.map(({ nisCode, persons }) => [nisCode, persons]));
}

/** Nobody else can be meant: whoever has one of the statuses at all, or a document of the type. */
function candidates({ type, codes }: RunPlan, bind: Bind): string {
  const [table, isOne] =
    type?.is === 'granted'
      ? ['attestation', `one.type = ${bind(type.id)} and one.state = 'issued'`]
      : ['status_period', `one.corrected_at is null and one.status = any(${bind(codes)}::text[])`];
  return `select coalesce(own.replaced_by, own.person_id) from ${table} one join person own on own.person_id = one.person_id
    where ${isOne}`;
}

/** What is asked, by whom. */
export interface SimulationKey {
  readonly organization: string;
  /** SHA-256. */
  readonly wish: Buffer;
}

export interface LastSimulation {
  readonly madeAt: Date;
  readonly persons: PersonCounts;
}

/** Finds what the same came to the last time. */
export async function findLastSimulation(
  connection: Connection,
  { organization, wish }: SimulationKey,
): Promise<LastSimulation | undefined> {
  const [row] = await connection.query<LastSimulation>(
    `select made_at as "madeAt", persons from simulation where organization = $1 and wish = $2`,
    [organization, wish],
  );
  return row;
}

/** Keeps what it came to now, in place of the last time. */
export async function keepSimulation(
  connection: Connection,
  { organization, wish }: SimulationKey,
  subject: string,
  persons: PersonCounts,
): Promise<void> {
  await connection.query(
    `insert into simulation (organization, wish, subject, persons) values ($1, $2, $3, $4)
     on conflict (organization, wish) do update set made_at = clock_timestamp(), persons = excluded.persons`,
    [organization, wish, subject, JSON.stringify(persons)],
  );
}
