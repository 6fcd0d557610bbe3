/** Dimona periods as they stand now. */
import type { DimonaPeriod, UsingEmployer } from '../domain/declaration.ts';
import type { LocalDate } from '../domain/period.ts';
import { columnsOf } from './columns.ts';
import type { Connection } from './database.ts';

interface PeriodRow {
  readonly periodId: string;
  readonly personId: string | null;
  readonly employerId: string;
  readonly declaredBy: string;
  readonly workerType: string;
  readonly jointCommittee: string | null;
  readonly usingEmployer: UsingEmployer | null;
  readonly startDate: LocalDate;
  readonly endDate: LocalDate | null;
  readonly startHour: string | null;
  readonly endHour: string | null;
  readonly isCancelled: boolean;
  readonly changedAt: Date;
}

/** A period, and the organisation that declared it. */
export type DeclaredPeriod = DimonaPeriod & { readonly declaredBy: string };

const PERIOD = `select period_id as "periodId", person_id as "personId", employer_id as "employerId",
  declared_by as "declaredBy", worker_type as "workerType", joint_committee as "jointCommittee",
  using_employer as "usingEmployer", start_date as "startDate", end_date as "endDate", start_hour as "startHour",
  end_hour as "endHour", is_cancelled as "isCancelled", changed_at as "changedAt" from dimona_period`;

/** Finds a period by its id. */
export async function findPeriod(
  connection: Connection,
  periodId: string,
): Promise<DeclaredPeriod | undefined> {
  const [row] = await connection.query<PeriodRow>(`${PERIOD} where period_id = $1`, [periodId]);
  return row && fromRow(row);
}

/** As `findPeriod`, for many; those that are there. */
export async function listPeriods(
  connection: Connection,
  periodIds: readonly string[],
): Promise<DeclaredPeriod[]> {
  const rows = await connection.query<PeriodRow>(`${PERIOD} where period_id = any($1)`, [periodIds]);
  return rows.map(fromRow);
}

/** Cancels periods; nothing else of them changes. */
export async function cancelPeriods(
  connection: Connection,
  periodIds: readonly string[],
  changedAt: Date,
): Promise<void> {
  await connection.query(
    'update dimona_period set is_cancelled = true, changed_at = $2 where period_id = any($1)',
    [periodIds, changedAt],
  );
}

/** Lists the live periods of a person, under any of their ids, with an employer. */
export async function listLivePeriods(
  connection: Connection,
  personIds: readonly string[],
  employerId: string,
): Promise<DeclaredPeriod[]> {
  const rows = await connection.query<PeriodRow>(
    `${PERIOD} where person_id = any($1) and employer_id = $2 and not is_cancelled`,
    [personIds, employerId],
  );
  return rows.map(fromRow);
}

/** Lists the live periods that persons, under any of their ids, have with employers. */
export async function listLivePeriodsOf(
  connection: Connection,
  personIds: readonly string[],
  employerIds: readonly string[],
): Promise<DeclaredPeriod[]> {
  const rows = await connection.query<PeriodRow>(
    `${PERIOD} where person_id = any($1) and employer_id = any($2) and not is_cancelled`,
    [personIds, employerIds],
  );
  return rows.map(fromRow);
}

/** Draws the next period number: ten digits. */
export async function nextPeriodNumber(connection: Connection): Promise<bigint> {
  const [row] = await connection.query<{ number: string }>(
    `select nextval('dimona_period_number') as number`,
  );
  return BigInt(row?.number ?? 0);
}

/** Draws so many period numbers. */
export async function nextPeriodNumbers(connection: Connection, count: number): Promise<bigint[]> {
  const rows = await connection.query<{ number: string }>(
    `select nextval('dimona_period_number') as number from generate_series(1, $1)`,
    [count],
  );
  return rows.map(({ number }) => BigInt(number));
}

/** Opens a period, or brings it to where an accepted declaration moved it. */
export async function savePeriod(connection: Connection, period: DeclaredPeriod): Promise<void> {
  await connection.query(
    `insert into dimona_period (period_id, person_id, employer_id, declared_by, worker_type, joint_committee,
       using_employer, start_date, end_date, start_hour, end_hour, is_cancelled, changed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     on conflict (period_id) do update set start_date = excluded.start_date, end_date = excluded.end_date,
       start_hour = excluded.start_hour, end_hour = excluded.end_hour, is_cancelled = excluded.is_cancelled,
       changed_at = excluded.changed_at`,
    [
      period.periodId,
      period.personId ?? null,
      period.employerId,
      period.declaredBy,
      period.workerType,
      period.jointCommittee ?? null,
      period.usingEmployer === undefined ? null : JSON.stringify(period.usingEmployer),
      period.startDate,
      period.endDate ?? null,
      period.startHour ?? null,
      period.endHour ?? null,
      period.isCancelled,
      period.changedAt,
    ],
  );
}

/** Opens periods. */
export async function insertPeriods(
  connection: Connection,
  periods: readonly DeclaredPeriod[],
): Promise<void> {
  await connection.query(
    `insert into dimona_period (period_id, person_id, employer_id, declared_by, worker_type, joint_committee,
       using_employer, start_date, end_date, start_hour, end_hour, is_cancelled, changed_at)
     select * from unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::jsonb[],
       $8::date[], $9::date[], $10::text[], $11::text[], $12::boolean[], $13::timestamptz[])`,
    columnsOf(periods, [
      (period) => period.periodId,
      (period) => period.personId,
      (period) => period.employerId,
      (period) => period.declaredBy,
      (period) => period.workerType,
      (period) => period.jointCommittee,
      (period) => period.usingEmployer && JSON.stringify(period.usingEmployer),
      (period) => period.startDate,
      (period) => period.endDate,
      (period) => period.startHour,
      (period) => period.endHour,
      (period) => period.isCancelled,
      (period) => period.changedAt,
    ]),
  );
}

function fromRow(row: PeriodRow): DeclaredPeriod {
  return {
    periodId: row.periodId,
    employerId: row.employerId,
    declaredBy: row.declaredBy,
    workerType: row.workerType,
    startDate: row.startDate,
    isCancelled: row.isCancelled,
    changedAt: row.changedAt,
    ...(row.personId !== null && { personId: row.personId }),
    ...(row.jointCommittee !== null && { jointCommittee: row.jointCommittee }),
    ...(row.usingEmployer !== null && { usingEmployer: row.usingEmployer }),
    ...(row.endDate !== null && { endDate: row.endDate }),
    ...(row.startHour !== null && { startHour: row.startHour }),
    ...(row.endHour !== null && { endHour: row.endHour }),
  };
}
