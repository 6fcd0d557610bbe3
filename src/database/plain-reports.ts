/**
 * Staged reports of which nothing has to be weighed: the first word on a fact, of somebody with one number, that says nothing
 * against what others report. They go from where they wait to where they count without leaving the database.
 */
import type { LocalDate } from '../domain/period.ts';
import type { StatusCode } from '../domain/status.ts';
import { columnsOf, unweighed } from './columns.ts';
import type { Connection } from './database.ts';

/** A staged report: its row, and the person it is about where somebody is known. */
export interface StagedRow {
  readonly rowNumber: number;
  readonly personId: string | null;
}

/**
 * Lists the next rows of a file that nothing was done with yet, in their order; nothing up to row `after` is looked at. Of a
 * whole delivery all rows stay until its end, so that without it each look would go through all that was done.
 */
export async function listStagedRows(
  connection: Connection,
  fileId: string,
  after: number,
  limit: number,
): Promise<readonly StagedRow[]> {
  return connection.query<StagedRow>(
    `select row_number as "rowNumber", person_id as "personId" from status_report
     where file_id = ${unweighed('$1', 'uuid')} and row_number > $2 and state = 'staged' order by row_number limit $3`,
    [fileId, after, limit],
  );
}

/** Rows that may be plain, and what makes them doubtful. */
export interface PlainRows {
  readonly fileId: string;
  readonly source: string;
  /** First and last row that are looked at: a reference that is there twice between them is not plain. */
  readonly first: number;
  readonly last: number;
  /** For each row in their order the id that its fact would get; none where its person cannot have it. */
  readonly statusPeriodIds: readonly (string | undefined)[];
  /** What begins later is doubtful. */
  readonly startsUntil: LocalDate;
  /** Statuses of different sources that do not go together. */
  readonly contradictions: readonly (readonly [StatusCode, StatusCode])[];
  readonly at: string;
}

/** What was kept of one row. */
export interface KeptRow {
  readonly rowNumber: number;
  readonly personId: string;
  readonly code: StatusCode;
  readonly reference: string;
  readonly validFrom: LocalDate;
  readonly validUntil: LocalDate | null;
  readonly employerId: string | null;
}

// Each question is a scalar one, asked row by row through an index: as joins they would be planned by what the table of
// waiting reports looked like before the file came. Counted rather than limited to one: a plan for the first of many rows
// reads a whole table where there is none.
const CONTRADICTING = `select count(*) from status_period s
  where s.person_id = any(c.named) and s.source <> $4 and s.corrected_at is null
    and s.valid_from <= coalesce(c.valid_until, 'infinity') and c.valid_from <= coalesce(s.valid_until, 'infinity')
    and (s.status = c.status or c.status || '/' || s.status = any($6::text[]))`;

/** Keeps the rows among some that are plain: `judgeReport` would say `kept` of each. */
export async function keepPlainRows(connection: Connection, rows: PlainRows): Promise<readonly KeptRow[]> {
  const pairs = rows.contradictions.flatMap(([one, two]) => [`${one}/${two}`, `${two}/${one}`]);
  return connection.query<KeptRow>(
    `with waiting as materialized (
       select r.*, count(*) over (partition by r.reference) as reports,
         r.person_id || array(select old.person_id from person old where old.replaced_by = r.person_id) as named,
         ($8::uuid[])[row_number() over (order by r.row_number)] as status_period_id
       from status_report r where r.file_id = $1 and r.row_number between $2 and $3 and r.state = 'staged'
     ), plain as materialized (
       select c.* from waiting c
       where c.status_period_id is not null and c.reports = 1 and not c.is_withdrawn and c.valid_from <= $5
         and (select 1 from status_period s
           where s.source = ${unweighed('$4', 'text')} and s.reference = c.reference and s.corrected_at is null) is null
         and (select 1 from status_withdrawal w where w.source = ${unweighed('$4', 'text')} and w.reference = c.reference) is null
         and (${CONTRADICTING}) = 0
     ), kept as (
       insert into status_period (status_period_id, person_id, status, source, reference, valid_from, valid_until,
         employer_id, attributes, changed_at, recorded_at)
       select status_period_id, person_id, status, source, reference, valid_from, valid_until, employer_id, attributes,
         changed_at, $7::timestamptz from plain order by row_number
     )
     select row_number as "rowNumber", person_id as "personId", status as code, reference, valid_from as "validFrom",
       valid_until as "validUntil", employer_id as "employerId" from plain`,
    [
      rows.fileId,
      rows.first,
      rows.last,
      rows.source,
      rows.startsUntil,
      pairs,
      rows.at,
      ...columnsOf(rows.statusPeriodIds, [(one) => one]),
    ],
  );
}
