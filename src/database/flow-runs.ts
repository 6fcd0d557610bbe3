/** Runs of flows, each with a number of its own, and how far they are. */
import type { RunPlan } from '../domain/flow.ts';
import type { Connection } from './database.ts';

export type RunCause = 'asked' | 'schedule' | 'change';
export type RunState = 'running' | 'closing' | 'done' | 'stopped';

export interface FlowRun {
  readonly runId: string;
  readonly orderId: string;
  readonly flow: string;
  readonly organization: string;
  readonly runNumber: number;
  readonly cause: RunCause;
  readonly askedBy: string;
  readonly state: RunState;
  readonly plan: RunPlan;
  readonly deliberationId: string;
  readonly deliberationVersion: number;
  readonly rowCount: number;
  readonly personCount: number;
  readonly startedAt: Date;
  readonly doneAt: Date | null;
}

const RUN = `run_id as "runId", order_id as "orderId", flow, organization, run_number as "runNumber", cause,
  asked_by as "askedBy", state, plan, deliberation_id as "deliberationId", deliberation_version as "deliberationVersion",
  row_count::float8 as "rowCount", person_count::float8 as "personCount", started_at as "startedAt", done_at as "doneAt"`;

export type NewRun = Pick<
  FlowRun,
  | 'runId'
  | 'orderId'
  | 'flow'
  | 'organization'
  | 'cause'
  | 'askedBy'
  | 'plan'
  | 'deliberationId'
  | 'deliberationVersion'
> & { readonly dueAt?: string | undefined };

/** Begins a run under the next number; `open` or `due` where one is under way or was begun for that moment already. */
export async function insertRun(
  connection: Connection,
  run: NewRun,
): Promise<{ readonly kind: 'begun'; readonly runNumber: number } | { readonly kind: 'open' | 'due' }> {
  const [there] = await connection.query<{ isDue: boolean }>(
    `select coalesce(due_at = $3, false) as "isDue" from flow_run where flow = $1 and organization = $2
       and (state in ('running', 'closing') or due_at = $3) limit 1`,
    [run.flow, run.organization, run.dueAt ?? null],
  );
  if (there !== undefined) return { kind: there.isDue ? 'due' : 'open' };
  const [row] = await connection.query<{ runNumber: number }>(
    `insert into flow_run (run_id, order_id, flow, organization, cause, due_at, asked_by, plan, deliberation_id,
       deliberation_version, state, run_number)
     select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'running',
       coalesce(max(r.run_number), 0) + 1 from flow_run r where r.flow = $3 and r.organization = $4
     returning run_number as "runNumber"`,
    [
      run.runId,
      run.orderId,
      run.flow,
      run.organization,
      run.cause,
      run.dueAt ?? null,
      run.askedBy,
      JSON.stringify(run.plan),
      run.deliberationId,
      run.deliberationVersion,
    ],
  );
  return { kind: 'begun', runNumber: row?.runNumber ?? 1 };
}

/** Finds a run. `organization`: only one of that receiver. */
export async function findRun(
  connection: Connection,
  runId: string,
  organization?: string,
): Promise<FlowRun | undefined> {
  const [row] = await connection.query<FlowRun>(
    `select ${RUN} from flow_run where run_id = $1 and ($2::text is null or organization = $2)`,
    [runId, organization ?? null],
  );
  return row;
}

/** Lists runs of a flow for a receiver, the newest first; of all of them where none is named. */
export async function listRuns(
  connection: Connection,
  asked: { readonly flow?: string; readonly organization?: string },
  page: { readonly size: number; readonly before: string | undefined },
): Promise<FlowRun[]> {
  return connection.query<FlowRun>(
    `select ${RUN} from flow_run where ($1::text is null or flow = $1) and ($2::text is null or organization = $2)
       and ($3::uuid is null or run_id < $3) order by run_id desc limit $4`,
    [asked.flow ?? null, asked.organization ?? null, page.before ?? null, page.size],
  );
}

/** Lists the last run of each flow for each receiver. */
export async function listLastRuns(connection: Connection): Promise<FlowRun[]> {
  return connection.query<FlowRun>(
    `select distinct on (flow, organization) ${RUN} from flow_run order by flow, organization, run_number desc`,
  );
}

/** Tells whether a receiver got a run of a flow to its end. */
export async function hasDoneRun(
  connection: Connection,
  flow: string,
  organization: string,
): Promise<boolean> {
  const rows = await connection.query(
    `select 1 from flow_run where flow = $1 and organization = $2 and state = 'done' limit 1`,
    [flow, organization],
  );
  return rows.length > 0;
}

/** Moves a run on; false when it was in another state. */
export async function moveRun(
  connection: Connection,
  runId: string,
  from: RunState,
  to: RunState,
): Promise<boolean> {
  const rows = await connection.query(
    `update flow_run set state = $3, done_at = case when $3 in ('done', 'stopped') then clock_timestamp() end
     where run_id = $1 and state = $2 returning 1`,
    [runId, from, to],
  );
  return rows.length > 0;
}

/** Adds to what a run counted. Persons of a flow that is split are in one of its files each. */
export async function addToRun(
  connection: Connection,
  runId: string,
  { rows, persons }: { readonly rows: number; readonly persons: number },
): Promise<void> {
  await connection.query(
    'update flow_run set row_count = row_count + $2, person_count = person_count + $3 where run_id = $1',
    [runId, rows, persons],
  );
}
