/**
 * Rows of one batch that get in each other's way: found once all of them are checked, in a few statements. Each goes
 * through the rows in order and then to those it found, without a join: what the planner knows of a table is older than its
 * youngest batch, and it would compare each row with each.
 */
import { IS_FAULTY } from './batch-faults.ts';
import { stateIs } from './columns.ts';
import type { Connection } from './database.ts';

/** Adds a code to the anomalies of a row, in the order and number in which declarations are answered. */
const WITH_CODE = `(select array_agg(distinct code order by code) from unnest(r.anomalies || $2::text) code)`;

/** Adds an anomaly to every row that has the reference of an earlier one, in other words. */
export async function noteReuses(connection: Connection, batchId: string, code: string): Promise<void> {
  await connection.query(
    `with marked as (
       select row_number, body_mark, first_value(body_mark) over (partition by message_mark order by row_number) as first
       from batch_row where batch_id = $1 and state = 'checked' and message_mark is not null
     )
     update batch_row r set anomalies = ${WITH_CODE}
     where r.batch_id = $1 and r.row_number = any(array(select row_number from marked where body_mark <> first))`,
    [batchId, code],
  );
}

/**
 * Adds an anomaly to every row for a day that an earlier row takes, unless it is that row once more. A row with one of
 * the codes in `blocking` is refused itself and takes no day.
 */
export async function noteDoubles(
  connection: Connection,
  batchId: string,
  code: string,
  blocking: readonly string[],
): Promise<void> {
  await connection.query(
    `with rivals as (
       select row_number, message_mark, first_value(row_number) over day as taken_by,
         first_value(message_mark) over day as taken_mark, first_value(anomalies && $3::text[]) over day as is_refused
       from batch_row where batch_id = $1 and state = 'checked' and day_hmac is not null
       window day as (partition by day_hmac order by anomalies && $3::text[], row_number)
     )
     update batch_row r set anomalies = ${WITH_CODE}
     where r.batch_id = $1 and r.row_number = any(array(select row_number from rivals
       where not is_refused and row_number > taken_by and message_mark is distinct from taken_mark))`,
    [batchId, code, blocking],
  );
}

/** Counts anew how many rows of a batch will be refused. */
export async function countFaulty(
  connection: Connection,
  batchId: string,
  blocking: readonly string[],
): Promise<void> {
  await connection.query(
    `update batch set faulty_count = (select count(*) from batch_row r
       where r.batch_id = $1 and ${IS_FAULTY} and ${stateIs('r.state', 'checked')} and r.anomalies && $2::text[])
     where batch_id = $1`,
    [batchId, blocking],
  );
}
