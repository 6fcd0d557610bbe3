/** The sealed heads of the evidence log, their time-stamps, and the months its entries are kept in. */
import type { Connection } from './database.ts';

/** A head as it was sealed. */
export interface HeadRow {
  readonly headNumber: number;
  readonly size: number;
  readonly root: Buffer;
  readonly jws: string;
  readonly madeAt: Date;
}

const HEAD = `head_number::float8 as "headNumber", size::float8 as size, root, jws, made_at as "madeAt"`;

/** Adds a head; false when one of that number is there already. */
export async function insertHead(connection: Connection, head: HeadRow): Promise<boolean> {
  const rows = await connection.query(
    `insert into log_head (head_number, size, root, jws, made_at) values ($1, $2, $3, $4, $5)
     on conflict do nothing returning head_number`,
    [head.headNumber, head.size, head.root, head.jws, head.madeAt],
  );
  return rows.length > 0;
}

/** Finds the last head. */
export async function findLastHead(connection: Connection): Promise<HeadRow | undefined> {
  const [row] = await connection.query<HeadRow>(
    `select ${HEAD} from log_head order by head_number desc limit 1`,
  );
  return row;
}

/** Lists heads after a number, in their order. */
export async function listHeadsAfter(
  connection: Connection,
  after: number,
  limit: number,
): Promise<HeadRow[]> {
  return connection.query<HeadRow>(
    `select ${HEAD} from log_head where head_number > $1 order by head_number limit $2`,
    [after, limit],
  );
}

/** Lists heads with their time-stamps, the last made first, from before a number on. */
export async function listHeads(
  connection: Connection,
  page: { readonly size: number; readonly before: number | undefined },
): Promise<(HeadRow & { readonly timeStamp: Buffer | null })[]> {
  return connection.query(
    `select ${HEAD}, token as "timeStamp" from log_head left join log_head_time_stamp using (head_number)
     where $1::bigint is null or head_number < $1 order by head_number desc limit $2`,
    [page.before ?? null, page.size],
  );
}

/** Finds the first head that covers a leaf. */
export async function findHeadOver(connection: Connection, leafIndex: number): Promise<HeadRow | undefined> {
  const [row] = await connection.query<HeadRow>(
    `select ${HEAD} from log_head where size > $1 order by size limit 1`,
    [leafIndex],
  );
  return row;
}

/** Lists the heads that still want a time-stamp, the oldest first. */
export async function listUnstamped(connection: Connection, limit: number): Promise<HeadRow[]> {
  return connection.query<HeadRow>(
    `select ${HEAD} from log_head h where not exists
       (select from log_head_time_stamp s where s.head_number = h.head_number) order by head_number limit $1`,
    [limit],
  );
}

/** Keeps the time-stamp of a head; the first one counts. */
export async function insertTimeStamp(
  connection: Connection,
  headNumber: number,
  token: Buffer,
): Promise<void> {
  await connection.query(
    'insert into log_head_time_stamp (head_number, token) values ($1, $2) on conflict do nothing',
    [headNumber, token],
  );
}

/** Notes that the heads up to a number are in the locked bucket, with all their leaves. */
export async function markExported(connection: Connection, headNumber: number): Promise<void> {
  await connection.query('update log_state set exported_head = greatest(exported_head, $1)', [headNumber]);
}

/** Makes the partitions of audit entries from this month on; gives how many were made. */
export async function makeAuditMonths(connection: Connection, months: number): Promise<number> {
  const [row] = await connection.query<{ made: number }>(
    `select count(*) filter (where make_audit_month(month::date))::int as made from generate_series(
       date_trunc('month', clock_timestamp() at time zone 'UTC'),
       date_trunc('month', clock_timestamp() at time zone 'UTC') + make_interval(months => $1), interval '1 month') as month`,
    [months],
  );
  return row?.made ?? 0;
}

/** A month of audit entries, in a partition of its own. */
export interface AuditMonth {
  /** `audit_entry_2026_03`. */
  readonly partition: string;
  readonly year: number;
  readonly month: number;
  /** As the statistics of the database estimate it; -1 where they never looked. */
  readonly entries: number;
  readonly bytes: number;
}

/** Lists the months of audit entries, the oldest first. */
export async function listAuditMonths(connection: Connection): Promise<AuditMonth[]> {
  return connection.query<AuditMonth>(
    `select c.relname as partition, substr(c.relname, 13, 4)::int as year, substr(c.relname, 18, 2)::int as month,
       c.reltuples::float8 as entries, pg_total_relation_size(c.oid)::float8 as bytes
     from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'audit_entry'::regclass and c.relname ~ '^audit_entry_[0-9]{4}_[0-9]{2}$' order by c.relname`,
  );
}
