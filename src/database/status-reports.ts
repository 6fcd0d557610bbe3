/** Reports of statuses that wait: staged until their file is there, held until a person decides on them. */
import type { LocalDate } from '../domain/period.ts';
import { numberIn, numberIs } from './columns.ts';
import type { Connection } from './database.ts';

/** A report as it waits. */
export interface ReportRow {
  readonly fileId: string;
  /** Its line or record in the file, from 1. */
  readonly rowNumber: number;
  readonly personId: string | null;
  /** Of a person whom the register did not know: the number under the file's key, and the mark of it. */
  readonly sealedSsin: Buffer | null;
  readonly subjectMark: Buffer | null;
  readonly source: string;
  readonly code: string;
  readonly reference: string;
  readonly changedAt: Date;
  readonly validFrom: LocalDate;
  readonly validUntil: LocalDate | null;
  readonly employerId: string | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly isWithdrawn: boolean;
}

const COLUMNS = `file_id, row_number, person_id, sealed_ssin, subject_mark, source, status, reference, changed_at, valid_from,
  valid_until, employer_id, attributes, is_withdrawn`;

/** How staged reports are copied into the register. */
export const COPY_REPORTS = `copy status_report (${COLUMNS}) from stdin`;

/** Writes a report in COPY's text format. */
export function reportLine(row: ReportRow): string {
  const cells = [
    row.fileId,
    String(row.rowNumber),
    row.personId,
    bytesCell(row.sealedSsin),
    bytesCell(row.subjectMark),
    row.source,
    row.code,
    row.reference,
    row.changedAt.toISOString(),
    row.validFrom,
    row.validUntil,
    row.employerId,
    JSON.stringify(row.attributes),
    row.isWithdrawn ? 't' : 'f',
  ];
  return `${cells.map((cell) => (cell === null ? '\\N' : escape(cell))).join('\t')}\n`;
}

function bytesCell(value: Buffer | null): string | null {
  return value === null ? null : `\\x${value.toString('hex')}`;
}

const SPECIAL = /[\\\t\n\r]/;

/** A backslash begins an escape, and tabs and line ends separate (PostgreSQL, COPY, text format). */
function escape(cell: string): string {
  if (!SPECIAL.test(cell)) return cell;
  return cell
    .replaceAll('\\', '\\\\')
    .replaceAll('\t', '\\t')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
}

const REPORT = `select file_id as "fileId", row_number as "rowNumber", person_id as "personId", sealed_ssin as "sealedSsin",
  subject_mark as "subjectMark", source, status as code, reference, changed_at as "changedAt", valid_from as "validFrom",
  valid_until as "validUntil", employer_id as "employerId", attributes, is_withdrawn as "isWithdrawn" from status_report`;

/** Lists the reports of a file from one row to another that nothing was done with yet, in their order. */
export async function listStagedReports(
  connection: Connection,
  fileId: string,
  first: number,
  last: number,
): Promise<readonly ReportRow[]> {
  return connection.query<ReportRow>(
    `${REPORT} where file_id = $1 and row_number between $2 and $3 and state = 'staged' order by row_number`,
    [fileId, first, last],
  );
}

/** Finds a report that is held, kept from others until the transaction ends. */
export async function findHeldReport(
  connection: Connection,
  fileId: string,
  rowNumber: number,
): Promise<ReportRow | undefined> {
  const [row] = await connection.query<ReportRow>(
    `${REPORT} where file_id = $1 and row_number = $2 and state = 'held' for update`,
    [fileId, rowNumber],
  );
  return row;
}

/**
 * Says which reports are done, and which are held and why; what is held keeps waiting. What is done is forgotten at once,
 * unless the delivery is whole: then it tells at the end what is not in it.
 */
export async function markReports(
  connection: Connection,
  fileId: string,
  applied: readonly number[],
  held: readonly { readonly rowNumber: number; readonly doubts: readonly string[] }[],
  isWhole: boolean,
): Promise<void> {
  const done = isWhole
    ? `update status_report set state = 'applied', sealed_ssin = null, subject_mark = null`
    : 'delete from status_report';
  await connection.query(`${done} where file_id = $1 and ${numberIn('row_number', '$2')}`, [fileId, applied]);
  if (held.length === 0) return;
  await connection.query(
    `update status_report r set state = 'held', doubts = string_to_array(h.doubts, ' ')
     from unnest($2::int[], $3::text[]) as h (row_number, doubts) where r.file_id = $1 and ${numberIs('r.row_number', 'h.row_number', '$2')}`,
    [fileId, held.map(({ rowNumber }) => rowNumber), held.map(({ doubts }) => doubts.join(' '))],
  );
}

/** Forgets the reports of a file that are done: all but those that are held or were decided on. */
export async function dropReports(connection: Connection, fileId: string): Promise<void> {
  await connection.query(`delete from status_report where file_id = $1 and state in ('staged', 'applied')`, [
    fileId,
  ]);
}

/** What an official decided on a report that was held. */
export interface ReportDecision {
  readonly fileId: string;
  readonly rowNumber: number;
  readonly state: 'released' | 'dropped';
  readonly decidedBy: string;
  readonly reason: string;
}

/** Says what was decided; the number of the person is forgotten with it. */
export async function decideReport(connection: Connection, decision: ReportDecision): Promise<void> {
  await connection.query(
    `update status_report set state = $3, decided_by = $4, reason = $5, decided_at = clock_timestamp(), sealed_ssin = null,
       subject_mark = null where file_id = $1 and row_number = $2`,
    [decision.fileId, decision.rowNumber, decision.state, decision.decidedBy, decision.reason],
  );
}

/** A report that is held, as officials see it: by the source's own reference, without a person. */
export interface HeldReport {
  readonly fileId: string;
  readonly rowNumber: number;
  readonly source: string;
  readonly code: string;
  readonly reference: string;
  readonly changedAt: Date;
  readonly validFrom: LocalDate;
  readonly validUntil: LocalDate | null;
  readonly isWithdrawn: boolean;
  readonly doubts: readonly string[];
}

/** Lists reports that are held, the file that came first before the others; for the institution, which decides. */
export async function listHeldReports(connection: Connection, limit: number): Promise<readonly HeldReport[]> {
  return connection.query<HeldReport>(
    `select r.file_id as "fileId", r.row_number as "rowNumber", r.source, r.status as code, r.reference,
       r.changed_at as "changedAt", r.valid_from as "validFrom", r.valid_until as "validUntil",
       r.is_withdrawn as "isWithdrawn", r.doubts
     from status_report r where r.state = 'held' order by r.file_id, r.row_number limit $1`,
    [limit],
  );
}

/** Counts what a whole delivery names, and what is known of its status. */
export async function countDelivery(
  connection: Connection,
  delivery: { readonly fileId: string; readonly source: string; readonly code: string },
): Promise<{ readonly present: number; readonly delivered: number }> {
  const [row] = await connection.query<{ present: number; delivered: number }>(
    `select (select count(*)::int from status_period s
         where s.status = $3 and s.source = $2 and s.corrected_at is null) as present,
       (select count(distinct reference)::int from status_report where file_id = $1 and not is_withdrawn) as delivered`,
    [delivery.fileId, delivery.source, delivery.code],
  );
  return row ?? { present: 0, delivered: 0 };
}

/** Keeps reports that came by themselves, and not with a file. */
export async function insertReports(connection: Connection, rows: readonly ReportRow[]): Promise<void> {
  const column = <T>(pick: (row: ReportRow) => T) => rows.map(pick);
  await connection.query(
    `insert into status_report (${COLUMNS}) select * from unnest($1::uuid[], $2::int[], $3::uuid[], $4::bytea[], $5::bytea[],
       $6::text[], $7::text[], $8::text[], $9::timestamptz[], $10::date[], $11::date[], $12::uuid[], $13::jsonb[], $14::boolean[])`,
    [
      column((row) => row.fileId),
      column((row) => row.rowNumber),
      column((row) => row.personId),
      column((row) => row.sealedSsin),
      column((row) => row.subjectMark),
      column((row) => row.source),
      column((row) => row.code),
      column((row) => row.reference),
      column((row) => row.changedAt),
      column((row) => row.validFrom),
      column((row) => row.validUntil),
      column((row) => row.employerId),
      column((row) => JSON.stringify(row.attributes)),
      column((row) => row.isWithdrawn),
    ],
  );
}

/** A delivery that is held as a whole. */
export interface HeldDelivery {
  readonly fileId: string;
  readonly source: string;
  readonly wholeOf: string;
  readonly changedAt: Date;
  readonly doubts: readonly string[];
}

/** Lists deliveries that are held, the one that came first before the others. */
export async function listHeldDeliveries(
  connection: Connection,
  limit: number,
): Promise<readonly HeldDelivery[]> {
  return connection.query<HeldDelivery>(
    `select file_id as "fileId", source, whole_of as "wholeOf", changed_at as "changedAt", doubts
     from register_file where state = 'held' order by received_at limit $1`,
    [limit],
  );
}
