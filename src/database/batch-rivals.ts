/** Rows of one batch that get in each other's way: found once all of them are checked, in a few statements. */
import type { Connection } from './database.ts';

/** Adds a code to the anomalies of a row, in the order and number in which declarations are answered. */
const WITH_CODE = `(select array_agg(distinct code order by code) from unnest(r.anomalies || $2::text) code)`;

/** Adds an anomaly to every row that has the reference of an earlier one, in other words. */
export async function noteReuses(connection: Connection, batchId: string, code: string): Promise<void> {
  await connection.query(
    `with first as (
       select distinct on (message_mark) message_mark, body_mark, row_number from batch_row
       where batch_id = $1 and state = 'checked' and message_mark is not null order by message_mark, row_number
     )
     update batch_row r set anomalies = ${WITH_CODE}
     from first where r.batch_id = $1 and r.state = 'checked' and r.message_mark = first.message_mark
       and r.row_number > first.row_number and r.body_mark <> first.body_mark`,
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
    `with taken as (
       select distinct on (day_hmac) day_hmac, message_mark, row_number from batch_row
       where batch_id = $1 and state = 'checked' and day_hmac is not null and not anomalies && $3::text[]
       order by day_hmac, row_number
     )
     update batch_row r set anomalies = ${WITH_CODE}
     from taken where r.batch_id = $1 and r.state = 'checked' and r.day_hmac = taken.day_hmac
       and r.row_number > taken.row_number and r.message_mark is distinct from taken.message_mark`,
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
       where r.batch_id = $1 and r.state = 'checked' and r.anomalies && $2::text[])
     where batch_id = $1`,
    [batchId, blocking],
  );
}
