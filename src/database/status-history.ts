/** Facts as they are kept many at once: what is known under references, and what follows it; nothing is edited. */
import type { LocalDate } from '../domain/period.ts';
import type { Status } from '../domain/status.ts';
import type { KnownReport } from '../domain/status-report.ts';
import { unweighed } from './columns.ts';
import type { Connection } from './database.ts';

/** Whose facts those of a person are; nobody's once they are erased. */
export interface HolderRow {
  readonly personId: string;
  readonly holderId: string;
  readonly isErased: boolean;
}

/**
 * Finds under which number persons are now, and keeps them so until the transaction ends: who is merged or erased at
 * this moment is waited for, and whoever comes later waits.
 */
export async function lockHolders(
  connection: Connection,
  personIds: readonly string[],
): Promise<readonly HolderRow[]> {
  const rows = await connection.query<HolderRow>(
    `select person_id as "personId", coalesce(replaced_by, person_id) as "holderId", erased_at is not null as "isErased"
     from person where person_id = any($1) order by person_id for share`,
    [personIds],
  );
  const found = new Set(rows.map(({ personId }) => personId));
  const holders = [...new Set(rows.map(({ holderId }) => holderId))].filter((id) => !found.has(id));
  return holders.length === 0 ? rows : [...rows, ...(await lockHolders(connection, holders))];
}

const FACT = `coalesce(own.replaced_by, own.person_id) as "personId", s.status as code, s.source, s.reference,
  s.valid_from as "validFrom", s.valid_until as "validUntil", s.employer_id as "employerId", s.attributes`;

interface FactRow {
  readonly personId: string;
  readonly code: string;
  readonly source: string;
  readonly reference: string;
  readonly validFrom: LocalDate;
  readonly validUntil: LocalDate | null;
  readonly employerId: string | null;
  readonly attributes: Record<string, string>;
}

// Each by itself, through the index of both.
const PRESENT = `(select distinct reference from unnest($2::text[]) as reference) said cross join lateral (
  select * from status_period f where f.source = ${unweighed('$1', 'text')} and f.reference = said.reference and f.corrected_at is null offset 0) s`;
const WITHDRAWN = `(select distinct reference from unnest($2::text[]) as reference) said cross join lateral (
  select source, reference, changed_at from status_withdrawal f where f.source = ${unweighed('$1', 'text')} and f.reference = said.reference offset 0) w`;

/** Lists what is known under references of a source, each once: the fact, or when it was withdrawn. */
export async function listKnownReports(
  connection: Connection,
  source: string,
  references: readonly string[],
): Promise<ReadonlyMap<string, KnownReport>> {
  const facts = await connection.query<FactRow & { changedAt: Date | null }>(
    `select ${FACT}, s.changed_at as "changedAt" from ${PRESENT} join person own using (person_id)`,
    [source, references],
  );
  const withdrawn = await connection.query<{ reference: string; changedAt: Date }>(
    `select w.reference, w.changed_at as "changedAt" from ${WITHDRAWN}`,
    [source, references],
  );
  return new Map<string, KnownReport>([
    ...withdrawn.map(
      ({ reference, changedAt }) =>
        [reference, { changedAt: changedAt.getTime(), status: undefined }] as const,
    ),
    ...facts.map(
      (row) => [row.reference, { changedAt: row.changedAt?.getTime() ?? 0, status: toFact(row) }] as const,
    ),
  ]);
}

/** Lists the facts of persons as they are known now, under whatever number they were reported. */
export async function listPresentFacts(
  connection: Connection,
  holderIds: readonly string[],
): Promise<readonly Status[]> {
  const rows = await connection.query<FactRow>(
    `select ${FACT} from person own join status_period s using (person_id)
     where (own.person_id = any($1) or own.replaced_by = any($1)) and s.corrected_at is null`,
    [holderIds],
  );
  return rows.map(toFact);
}

/** The moment from which on something is known: one for everything that is kept together, as text to the microsecond. */
export async function momentOf(connection: Connection): Promise<string> {
  const [row] = await connection.query<{ at: string }>('select clock_timestamp()::text as at');
  return row?.at ?? '-infinity';
}

/** Closes facts of a source: from this moment on they are no longer known. */
export async function closeFacts(
  connection: Connection,
  source: string,
  references: readonly string[],
  at: string,
): Promise<void> {
  await connection.query(
    `update status_period p set corrected_at = greatest(p.recorded_at, $3::timestamptz) from ${PRESENT}
     where p.status_period_id = s.status_period_id and p.corrected_at is null`,
    [source, references, at],
  );
}

/** A fact to keep, and when its source decided it. */
export interface NewFact {
  readonly statusPeriodId: string;
  readonly status: Status;
  readonly changedAt: Date;
}

/** Adds facts that are known from this moment on; what was withdrawn under their references counts no more. */
export async function insertFacts(
  connection: Connection,
  facts: readonly NewFact[],
  at: string,
): Promise<void> {
  if (facts.length === 0) return;
  const column = <T>(pick: (fact: NewFact) => T) => facts.map(pick);
  await connection.query(
    `insert into status_period (status_period_id, person_id, status, source, reference, valid_from, valid_until,
       employer_id, attributes, changed_at, recorded_at)
     select *, $11::timestamptz from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::date[], $7::date[],
       $8::uuid[], $9::jsonb[], $10::timestamptz[])`,
    [
      column(({ statusPeriodId }) => statusPeriodId),
      column(({ status }) => status.personId),
      column(({ status }) => status.code),
      column(({ status }) => status.source),
      column(({ status }) => status.reference),
      column(({ status }) => status.period.startDate),
      column(({ status }) => status.period.endDate ?? null),
      column(({ status }) => status.employerId ?? null),
      column(({ status }) => JSON.stringify(status.attributes)),
      column(({ changedAt }) => changedAt),
      at,
    ],
  );
  await connection.query(
    `delete from status_withdrawal w using unnest($1::text[], $2::text[]) as kept (source, reference)
     where w.source = kept.source and w.reference = kept.reference`,
    [column(({ status }) => status.source), column(({ status }) => status.reference)],
  );
}

/** A fact that its source withdrew. */
export interface Withdrawal {
  readonly reference: string;
  readonly changedAt: Date;
  readonly personId: string;
}

/** Remembers that facts were withdrawn. */
export async function saveWithdrawals(
  connection: Connection,
  source: string,
  withdrawals: readonly Withdrawal[],
): Promise<void> {
  if (withdrawals.length === 0) return;
  await connection.query(
    `insert into status_withdrawal (source, reference, changed_at, person_id)
     select $1, * from unnest($2::text[], $3::timestamptz[], $4::uuid[])
     on conflict (source, reference) do update set changed_at = excluded.changed_at, person_id = excluded.person_id`,
    [
      source,
      withdrawals.map(({ reference }) => reference),
      withdrawals.map(({ changedAt }) => changedAt),
      withdrawals.map(({ personId }) => personId),
    ],
  );
}

/** Moves on when a source last said what is known of facts, or that they were withdrawn. */
export async function confirmFacts(
  connection: Connection,
  source: string,
  confirmed: readonly { readonly reference: string; readonly changedAt: Date }[],
): Promise<void> {
  if (confirmed.length === 0) return;
  const values = [
    source,
    confirmed.map(({ reference }) => reference),
    confirmed.map(({ changedAt }) => changedAt),
  ];
  const given = 'unnest($2::text[], $3::timestamptz[]) as given (reference, changed_at)';
  await connection.query(
    `update status_period p set changed_at = given.changed_at from ${given} join (select s.* from ${PRESENT}) s using (reference)
     where p.status_period_id = s.status_period_id and p.corrected_at is null`,
    values,
  );
  await connection.query(
    `update status_withdrawal p set changed_at = given.changed_at from ${given} join (select w.* from ${WITHDRAWN}) w using (reference)
     where p.source = w.source and p.reference = w.reference`,
    values,
  );
}

/** Lists some facts of a status that a whole delivery did not name, and that were decided before it. */
export async function listAbsent(
  connection: Connection,
  delivery: {
    readonly fileId: string;
    readonly source: string;
    readonly code: string;
    readonly changedAt: Date;
  },
  limit: number,
): Promise<readonly Status[]> {
  const rows = await connection.query<FactRow>(
    `select ${FACT} from status_period s join person own using (person_id)
     where s.source = $2 and s.status = $3 and s.corrected_at is null and s.changed_at < $4
       and not exists (select from status_report r where r.file_id = $1 and r.reference = s.reference)
     order by s.status_period_id limit $5`,
    [delivery.fileId, delivery.source, delivery.code, delivery.changedAt, limit],
  );
  return rows.map(toFact);
}

function toFact(row: FactRow): Status {
  const { validFrom, validUntil, employerId, ...rest } = row;
  return {
    personId: rest.personId,
    code: rest.code,
    source: rest.source,
    reference: rest.reference,
    attributes: rest.attributes,
    period: { startDate: validFrom, ...(validUntil !== null && { endDate: validUntil }) },
    ...(employerId !== null && { employerId }),
  };
}
