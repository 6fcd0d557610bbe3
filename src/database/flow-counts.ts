/** Counts of a run that tells of nobody in particular. */
import type { Connection } from './database.ts';

export interface FlowCount {
  /** What the persons and periods have in common, in the order of the columns. */
  readonly columns: readonly string[];
  readonly persons: number;
  readonly periods: number;
  readonly totalDays: number;
}

/** Adds to the counts of a file. Each person is counted in one chunk only. */
export async function addCounts(
  connection: Connection,
  runId: string,
  part: string,
  counts: readonly FlowCount[],
): Promise<void> {
  if (counts.length === 0) return;
  await connection.query(
    `insert into flow_count (run_id, part, columns, persons, periods, total_days)
     select $1, $2, c.columns, c.persons, c.periods, c."totalDays"
     from jsonb_to_recordset($3::jsonb) as c (columns text[], persons bigint, periods bigint, "totalDays" bigint)
     on conflict (run_id, part, columns) do update set persons = flow_count.persons + excluded.persons,
       periods = flow_count.periods + excluded.periods, total_days = flow_count.total_days + excluded.total_days`,
    [runId, part, JSON.stringify(counts)],
  );
}

/** Lists the counts of a file. */
export async function listCounts(connection: Connection, runId: string, part: string): Promise<FlowCount[]> {
  return connection.query<FlowCount>(
    `select columns, persons::float8 as persons, periods::float8 as periods, total_days::float8 as "totalDays"
     from flow_count where run_id = $1 and part = $2 order by columns`,
    [runId, part],
  );
}

/** Forgets the counts of a run once its files are written. */
export async function dropCounts(connection: Connection, runId: string): Promise<void> {
  await connection.query('delete from flow_count where run_id = $1', [runId]);
}
