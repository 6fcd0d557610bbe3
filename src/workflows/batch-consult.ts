/** An agency follows its batches: how far they are, what each row became, and which rows it has to mend. */
import { insertAuditEntry } from '../database/audit.ts';
import { countUnreported, listReportRows, type StoredRow } from '../database/batch-rows.ts';
import { findOwnBatch, listOwnBatches } from '../database/batches.ts';
import type { Connection } from '../database/database.ts';
import { classOf, isAnomalyCode } from '../domain/anomaly.ts';
import { type BatchForm, type BatchOrder, fileFormOf, type RowOutcome } from '../domain/batch.ts';
import type { AuditEntry } from '../domain/evidence.ts';
import { CSV_COLUMNS, type CsvColumn, writeCsv } from '../flow/quarantine-csv.ts';
import { runBatch } from './batch-check.ts';
import { awaitsSecond, isOwnSubmission } from './batch-guard.ts';
import { type BatchRow, openBatch, readCsvRow } from './batch-row.ts';
import { type AgencyAccess, groundOf } from './batch-submit.ts';
import type { Services } from './services.ts';

export type { BatchRow };

/** A row with what became of it. */
export type ReportRow = Omit<StoredRow, 'reference'> & { readonly reference: string | null };

type ConsultServices = Pick<Services, 'database' | 'vault'>;

/** Finds a batch of the agency's own; undefined for anybody else's. */
export async function consultBatch(
  { database, vault }: ConsultServices,
  access: AgencyAccess,
  batchId: string,
): Promise<BatchRow | undefined> {
  const batch = await database.transaction((connection) =>
    findOwnBatch(connection, access.organization, batchId),
  );
  return batch && openBatch(vault, batch);
}

/** Tells how many rows of a running batch were declared; what follows from them comes later. */
export async function countDeclared(
  { database }: Pick<Services, 'database'>,
  { batchId, progress }: BatchRow,
): Promise<number> {
  return database.transaction(
    async (connection) => progress.rows - (await countUnreported(connection, batchId)),
  );
}

/** Lists the agency's last batches, newest first. */
export async function listBatches(
  { database, vault }: ConsultServices,
  access: AgencyAccess,
  limit: number,
): Promise<readonly BatchRow[]> {
  const batches = await database.transaction((connection) =>
    listOwnBatches(connection, access.organization, limit),
  );
  return batches.map((batch) => openBatch(vault, batch));
}

/** Starts a checked batch of the agency's own. False when it is not to be started, not any more, or by somebody else. */
export async function approveBatch(
  { database, settings }: Pick<Services, 'database' | 'settings'>,
  access: AgencyAccess,
  batchId: string,
): Promise<boolean> {
  return database.transaction(async (connection) => {
    const batch = await findOwnBatch(connection, access.organization, batchId);
    // Nobody can read it any more once its key was destroyed.
    const isReadable = batch !== undefined && !(batch.hasFileKey && batch.wrappedFileKey === null);
    if (!isReadable || (awaitsSecond({ settings }, batch) && isOwnSubmission(access, batch))) return false;
    if (!(await runBatch(connection, batch))) return false;
    await insertAuditEntry(connection, entryOf(access, 'batch.start', batch));
    return true;
  });
}

/** What evidence keeps of an agency that does something with a batch of its own, by the mandate by which it was sent. */
export function entryOf(
  { actor, traceId, acting }: AgencyAccess,
  action: 'batch.start' | 'batch.consult' | `batch.${BatchOrder}`,
  { batchId, mandateId }: Pick<BatchRow, 'batchId' | 'mandateId'>,
): AuditEntry {
  const ground = groundOf(acting?.mandateId === mandateId && acting !== undefined ? { acting } : {});
  return { actor, action, ...ground, object: batchId, ...(traceId !== undefined && { traceId }) };
}

const ROWS_AT_ONCE = 500;

/** Which rows of a batch are listed. */
export interface RowFilter {
  readonly outcome?: RowOutcome | undefined;
  readonly onlyFaulty?: boolean;
}

type RowPage = RowFilter & { readonly after: number; readonly limit: number };

/** Gives rows of a batch in their order, a page after a row number. Find the batch with `consultBatch` first. */
export async function listRows(
  { database }: Pick<Services, 'database'>,
  access: AgencyAccess,
  batch: BatchRow,
  page: RowPage,
): Promise<readonly ReportRow[]> {
  return database.transaction(async (connection) => {
    await insertAuditEntry(connection, entryOf(access, 'batch.consult', batch));
    return readPage(connection, access, batch, page);
  });
}

async function readPage(
  connection: Connection,
  { organization }: AgencyAccess,
  batch: BatchRow,
  page: RowPage,
): Promise<readonly ReportRow[]> {
  const rows = await listReportRows(connection, { kind: 'declarant', organization }, batch.batchId, page);
  return rows.map((row) => ({ ...row, reference: batch.openReference(row) }));
}

/** Reads the rows of a whole file, some at a time; evidence keeps that as one reading, before the first row is given. */
async function* allRows(
  services: ConsultServices,
  access: AgencyAccess,
  batch: BatchRow,
  filter: RowFilter,
): AsyncGenerator<ReportRow> {
  const { database } = services;
  let page = { ...filter, after: 0, limit: ROWS_AT_ONCE };
  let rows = await listRows(services, access, batch, page);
  for (;;) {
    yield* rows;
    if (rows.length < ROWS_AT_ONCE) return;
    page = { ...page, after: rows.at(-1)?.rowNumber ?? page.after };
    rows = await database.transaction((connection) => readPage(connection, access, batch, page));
  }
}

/** Writes the report: each row with its outcome, its anomaly codes and the number of its attestation. */
export async function* writeReport(
  services: ConsultServices,
  access: AgencyAccess,
  batch: BatchRow,
): AsyncGenerator<string> {
  yield `\ufeff${writeCsv(['row', 'reference', 'outcome', 'anomalies', 'declarationId', 'attestation', 'recall'], [])}`;
  for await (const row of allRows(services, access, batch, {})) {
    const { rowNumber, reference, outcome, anomalies, declarationId, attestationNumber, recall } = row;
    const cells = [reference, outcome, (anomalies ?? []).join(' '), declarationId, attestationNumber, recall];
    yield writeCsv([String(rowNumber), ...cells.map((cell) => cell ?? '')], []);
  }
}

/** Writes the rows that were or would be refused, in the form the sender's file had, ready to be mended and sent again. */
export async function* writeRejects(
  services: ConsultServices,
  access: AgencyAccess,
  batch: BatchRow,
): AsyncGenerator<string> {
  yield OPENINGS[fileFormOf(batch.form)];
  for await (const row of allRows(services, access, batch, { onlyFaulty: true })) {
    if (isRejected(row)) yield* writeReject(batch, row);
  }
  yield CLOSINGS[fileFormOf(batch.form)];
}

/** Refused when it ran, or with a blocking anomaly found by checking. */
function isRejected({ state, outcome, anomalies }: ReportRow): boolean {
  if (state === 'ended') return outcome === 'refused';
  return (anomalies ?? []).some((code) => isAnomalyCode(code) && classOf(code) === 'B');
}

const COLUMNS = Object.keys(CSV_COLUMNS) as CsvColumn[];

const OPENINGS: Readonly<Record<BatchForm, string>> = {
  csv: `\ufeff${writeCsv(COLUMNS, [])}`,
  dimonaXml: `<?xml version="1.0" encoding="UTF-8"?>
<Dimona xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="Dimona_20223.xsd">
`,
};

const CLOSINGS: Readonly<Record<BatchForm, string>> = { csv: '', dimonaXml: '</Dimona>\n' };

/** What was erased, or whose key was destroyed, is not written. */
function* writeReject({ key, batchId, form }: BatchRow, row: ReportRow): Generator<string> {
  const body = row.body.length === 0 ? undefined : key?.open(row.body, batchId);
  if (body === undefined) return;
  if (form === 'dimonaXml') {
    yield `${body.toString('utf8')}\n`;
    return;
  }
  const cells = readCsvRow(body);
  yield writeCsv(
    COLUMNS.map((column) => cells[column] ?? ''),
    [],
  );
}
