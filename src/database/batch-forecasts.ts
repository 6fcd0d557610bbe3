/** What batches would come to: counted from the cases that their checked rows would touch, and kept. */
import { joinForecasts, type RecipientGroup, type StoredForecast } from '../domain/batch-forecast.ts';
import { stateIs } from './columns.ts';
import type { Connection } from './database.ts';

/** So many rows are counted by one statement, which takes some 25 seconds: less than half of what a statement may take. */
const ROWS_A_PART = 1_000_000;

/**
 * Counts what a checked batch of so many rows would come to; a row with one of the codes in `blocking` comes to nothing. A
 * large one is counted in parts, which no person stands in two of.
 */
export async function keepForecast(
  connection: Connection,
  { batchId, rows }: { readonly batchId: string; readonly rows: number },
  blocking: readonly string[],
  rowsAPart = ROWS_A_PART,
): Promise<void> {
  const count = Math.max(1, Math.ceil(rows / rowsAPart));
  const parts: StoredForecast[] = [];
  for (let part = 0; part < count; part += 1)
    parts.push(await countPart(connection, batchId, blocking, { part, of: count }));
  const { attestations, recipients } = joinForecasts(parts);
  await connection.query(
    'insert into batch_forecast (batch_id, attestations, recipients) values ($1, $2, $3) on conflict (batch_id) do nothing',
    [batchId, JSON.stringify(attestations), JSON.stringify(recipients)],
  );
}

async function countPart(
  connection: Connection,
  batchId: string,
  blocking: readonly string[],
  { part, of }: { readonly part: number; readonly of: number },
): Promise<StoredForecast> {
  const [counted] = await connection.query<{
    attestations: StoredForecast['attestations'];
    recipients: StoredForecast['recipients'];
  }>(
    `with touched as materialized (
       select distinct c.case_id from batch_row r cross join lateral unnest(r.foreseen_cases) as c (case_id)
       where r.batch_id = $1 and ${stateIs('r.state', 'checked')} and not r.anomalies && $2::text[]
         and ($3 = 1 or abs(hashtext(split_part(c.case_id, '/', 2)) % $3) = $4)
     ), types as (
       select split_part(case_id, '/', 1) as type, count(*)::int as attestations from touched group by 1
     ), persons as materialized (
       select distinct split_part(case_id, '/', 2)::uuid as person_id from touched
     ), groups as (
       select p.language, d.nis_code, p.has_ebox, count(*)::int as persons
       from persons join person p using (person_id) left join lateral (
         select nis_code from domicile where person_id = p.person_id
           and valid_from <= (clock_timestamp() at time zone 'Europe/Brussels')::date
         order by valid_from desc limit 1) d on true
       group by 1, 2, 3
     )
     select coalesce((select jsonb_object_agg(type, attestations) from types), '{}') as attestations,
       coalesce((select jsonb_agg(jsonb_build_object('language', language, 'nisCode', nis_code, 'hasEbox', has_ebox,
                                                     'persons', persons)) from groups), '[]') as recipients`,
    [batchId, blocking, of, part],
  );
  return counted ?? { attestations: {}, recipients: [] };
}

/** Finds what a batch would have come to when it was checked; undefined where nobody asked for it then. */
export async function findForecast(
  connection: Connection,
  batchId: string,
): Promise<StoredForecast | undefined> {
  const [row] = await connection.query<{
    attestations: Record<string, number>;
    recipients: RecipientGroup[];
  }>('select attestations, recipients from batch_forecast where batch_id = $1', [batchId]);
  return row;
}

/** Counts the persons whom a checked batch would reach and an earlier one did not. */
export async function countUnseen(
  connection: Connection,
  batchId: string,
  earlierId: string,
): Promise<number> {
  const [row] = await connection.query<{ unseen: number }>(
    `select count(*)::int as unseen from (
       select split_part(c.case_id, '/', 2) from batch_row r cross join lateral unnest(r.foreseen_cases) as c (case_id)
       where r.batch_id = $1
       except select split_part(case_id, '/', 2) from batch_row where batch_id = $2 and case_id is not null) as persons`,
    [batchId, earlierId],
  );
  return row?.unseen ?? 0;
}

/** How fast the last batches of some size went, whosesoever: rows a second; undefined while there were none. */
export async function rateOfLast(connection: Connection): Promise<number | undefined> {
  const [row] = await connection.query<{ rate: number | null }>(
    `select sum(row_count) / sum(extract(epoch from done_at - started_at))::float as rate from (
       select row_count, started_at, done_at from batch
       where state = 'done' and done_at > started_at and row_count >= 100 order by created_at desc limit 5) as last`,
  );
  return row?.rate ?? undefined;
}
