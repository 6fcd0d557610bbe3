/** Facts of the register, bitemporal: a correction closes the old row and inserts another. */

import type { Ground } from '../domain/ground.ts';
import type { LocalDate } from '../domain/period.ts';
import type { Status, StatusCode } from '../domain/status.ts';
import { beside, columnsOf, unweighed } from './columns.ts';
import type { Connection } from './database.ts';
import { bindTo, coveredBy } from './grounds.ts';

/** Closes the fact that a source reported under a reference; gives it as it was, undefined when there was none. */
export async function correctStatus(
  connection: Connection,
  source: string,
  reference: string,
): Promise<Status | undefined> {
  const [row] = await connection.query<StatusRow>(
    `update status_period set corrected_at = clock_timestamp()
     where source = ${unweighed('$1', 'text')} and reference = $2 and corrected_at is null returning ${COLUMNS}`,
    [source, reference],
  );
  return row && fromRow(row);
}

/** As `correctStatus`, for many references. */
export async function correctStatuses(
  connection: Connection,
  source: string,
  references: readonly string[],
): Promise<Status[]> {
  const rows = await connection.query<StatusRow>(
    `update status_period set corrected_at = clock_timestamp() where corrected_at is null and status_period_id in (
       select s.status_period_id from unnest($2::text[]) as said (reference) cross join lateral (
         select status_period_id from status_period f
         where f.source = ${unweighed('$1', 'text')} and f.reference = said.reference and f.corrected_at is null offset 0) s) returning ${COLUMNS}`,
    [source, references],
  );
  return rows.map(fromRow);
}

/** Adds a fact that holds from now on, as far as we know. */
export async function insertStatus(
  connection: Connection,
  statusPeriodId: string,
  status: Status,
): Promise<void> {
  await connection.query(
    `insert into status_period (status_period_id, person_id, status, source, reference, valid_from, valid_until,
       employer_id, attributes) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      statusPeriodId,
      status.personId,
      status.code,
      status.source,
      status.reference,
      status.period.startDate,
      status.period.endDate ?? null,
      status.employerId ?? null,
      JSON.stringify(status.attributes),
    ],
  );
}

/** Adds facts that hold from now on, as far as we know. */
export async function insertStatuses(
  connection: Connection,
  statuses: readonly (Status & { readonly statusPeriodId: string })[],
): Promise<void> {
  await connection.query(
    `insert into status_period (status_period_id, person_id, status, source, reference, valid_from, valid_until,
       employer_id, attributes)
     select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::date[], $7::date[], $8::uuid[],
       $9::jsonb[])`,
    columnsOf(statuses, [
      (status) => status.statusPeriodId,
      (status) => status.personId,
      (status) => status.code,
      (status) => status.source,
      (status) => status.reference,
      (status) => status.period.startDate,
      (status) => status.period.endDate,
      (status) => status.employerId,
      (status) => JSON.stringify(status.attributes),
    ]),
  );
}

/** Finds the fact that a source reported under a reference, as we know it now. */
export async function findStatus(
  connection: Connection,
  source: string,
  reference: string,
): Promise<Status | undefined> {
  const [row] = await connection.query<StatusRow>(
    `select ${COLUMNS} from status_period where source = ${unweighed('$1', 'text')} and reference = $2 and corrected_at is null`,
    [source, reference],
  );
  return row && fromRow(row);
}

/** Lists the facts of persons, under any of their ids, as we know them now. */
export async function listStatuses(
  connection: Connection,
  personIds: readonly string[],
  codes: readonly StatusCode[],
): Promise<Status[]> {
  const rows = await connection.query<StatusRow>(
    `select ${COLUMNS} from status_period where person_id = any($1) and ${beside('status')} = any($2) and corrected_at is null`,
    [personIds, codes],
  );
  return rows.map(fromRow);
}

/** Lists every current fact of a person, whatever its status. */
export async function listAllStatuses(
  connection: Connection,
  personIds: readonly string[],
): Promise<Status[]> {
  const rows = await connection.query<StatusRow>(
    `select ${COLUMNS} from status_period where person_id = any($1) and corrected_at is null`,
    [personIds],
  );
  return rows.map(fromRow);
}

/** Whether one of the persons asked about had a status. */
export interface AskedStatus {
  /** Which of those asked, from 0. */
  readonly position: number;
  readonly personId: string;
  readonly hasStatus: boolean;
  /** The day it was asked for. */
  readonly date: LocalDate;
}

/**
 * Tells of each person asked about whether they have a status on a day, today unless another is given, as we know
 * it now or knew it at a moment.
 * Who is not in the register or not covered by the ground is left out: the one looks like the other.
 */
export async function askStatus(
  connection: Connection,
  ground: Ground,
  ssinHmacs: readonly Buffer[],
  code: StatusCode,
  { date, knownAt }: { readonly date: LocalDate | undefined; readonly knownAt: Date | undefined },
): Promise<AskedStatus[]> {
  const values: unknown[] = [ssinHmacs, code, date ?? null, knownAt ?? null];
  const isCovered = coveredBy(ground, { person: 'p.person_id', status: '$2::text' }, bindTo(values));
  return connection.query<AskedStatus>(
    `select asked.position::int - 1 as position, p.person_id as "personId", day.date, exists (
         select from status_period s join person own on own.person_id = s.person_id
         where (own.person_id = p.person_id or own.replaced_by = p.person_id) and ${beside('s.status')} = $2::text
           and case when $4::timestamptz is null then s.corrected_at is null
             else s.recorded_at <= $4 and coalesce(s.corrected_at, 'infinity') > $4 end
           and s.valid_from <= day.date and coalesce(s.valid_until, 'infinity') >= day.date
       ) as "hasStatus"
     from unnest($1::bytea[]) with ordinality as asked (ssin_hmac, position)
       join person_look_up l on l.ssin_hmac = asked.ssin_hmac join person named on named.person_id = l.person_id
       join person p on p.person_id = coalesce(named.replaced_by, named.person_id)
       cross join (select coalesce($3::date, brussels_today()) as date) day
     where ${isCovered} order by position`,
    values,
  );
}

const COLUMNS = `person_id as "personId", status as code, source, reference, valid_from as "validFrom",
  valid_until as "validUntil", employer_id as "employerId", attributes`;

interface StatusRow {
  readonly personId: string;
  readonly code: StatusCode;
  readonly source: Status['source'];
  readonly reference: string;
  readonly validFrom: LocalDate;
  readonly validUntil: LocalDate | null;
  readonly employerId: string | null;
  readonly attributes: Record<string, string>;
}

function fromRow(row: StatusRow): Status {
  return {
    personId: row.personId,
    code: row.code,
    source: row.source,
    reference: row.reference,
    period: { startDate: row.validFrom, ...(row.validUntil !== null && { endDate: row.validUntil }) },
    attributes: row.attributes,
    ...(row.employerId !== null && { employerId: row.employerId }),
  };
}
