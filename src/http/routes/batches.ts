/** Batches: an agency sends a file of declarations, has it checked and run, and follows each row to its outcome. */
import { z } from 'zod';
import { FormFileRefusal } from '../../dimona/refusal.ts';
import { type BatchForm, ROW_OUTCOMES, type RowOutcome } from '../../domain/batch.ts';
import { brusselsDateTime } from '../../domain/period.ts';
import { CsvRefusal, csvTemplate } from '../../flow/quarantine-csv.ts';
import {
  approveBatch,
  type BatchRow,
  consultBatch,
  listRows,
  type ReportRow,
  writeRejects,
  writeReport,
} from '../../workflows/batch-consult.ts';
import { submitBatch } from '../../workflows/batch-submit.ts';
import type { Services } from '../../workflows/services.ts';
import { agencyAccessOf } from '../callers.ts';
import { badRequest, type InputIssue, inputIssue, notInThisState, Refusal, resourceNotFound } from '../problems.ts';
import type { Reply, Request, Route } from '../route.ts';

type BatchServices = Pick<Services, 'database' | 'vault' | 'newId' | 'clock' | 'settings'>;

const LARGEST_FILE_BYTES = 1024 * 1024 * 1024;
const PAGE = 500;

const count = (description: string) => z.int().meta({ description });
const dateTime = z.string().meta({ format: 'date-time' });

const batchSchema = z
  .object({
    self: z.string(),
    batchId: z.string(),
    fileName: z.string(),
    state: z.enum(['checking', 'checked', 'running', 'done']),
    status: z
      .object({ state: z.enum(['processing', 'done']), pollAfter: dateTime.optional(), completed: dateTime.optional() })
      .meta({ description: 'Belgif `LongRunningTaskStatus`' }),
    rows: count('Rows of the file'),
    checked: count('Rows checked so far'),
    faulty: count('Rows that checking found faulty; running refuses them'),
    ended: count('Rows with an outcome'),
    outcomes: z.object(Object.fromEntries(ROW_OUTCOMES.map((outcome) => [outcome, z.int()]))),
    createdAt: dateTime,
  })
  .meta({ id: 'Batch' });

const rowsSchema = z
  .object({
    items: z.array(
      z.object({
        row: z.int(),
        reference: z.string().optional(),
        state: z.enum(['staged', 'checked', 'accepted', 'ended']),
        outcome: z.enum(ROW_OUTCOMES).optional(),
        anomalies: z.array(z.string()).meta({ description: 'NSSO codes' }),
        declarationId: z.string().optional(),
        attestation: z.string().optional().meta({ description: 'The number of the attestation' }),
      }),
    ),
    next: z.string().optional(),
  })
  .meta({ id: 'BatchRows' });

const rowsQuery = z.strictObject({
  outcome: z.enum(ROW_OUTCOMES).optional(),
  afterRow: z.string().regex(/^\d{1,9}$/, 'expected a row number').default('0'),
});

const common = { tag: 'Batches', errors: 'belgif' } as const;
const submitting = { kind: 'scope', scope: 'batches:submit', caller: 'client' } as const;
const consulting = {
  ...common,
  access: submitting,
  body: { kind: 'none' },
  params: z.strictObject({ batchId: z.uuid() }),
} as const;

/** The routes of batches. */
export function batchRoutes(services: BatchServices): Route[] {
  return [
    submitRoute(services),
    templateRoute(),
    batchRoute(services),
    rowsRoute(services),
    approvalRoute(services),
    fileRoute(services, 'report', 'Each row with its outcome', () => 'text/csv; charset=utf-8', writeReport),
    fileRoute(services, 'rejects', 'The refused rows in the form of the sender’s file', rejectType, writeRejects),
  ];
}

function submitRoute(services: BatchServices): Route {
  return {
    ...common,
    method: 'post',
    path: '/batches/v1/batches',
    operationId: 'submitBatch',
    summary: 'Send a batch: quarantine days as CSV, or Dimona XML; it is checked and, unless `dryRun`, run at once',
    access: submitting,
    query: z.strictObject({
      dryRun: z.enum(['true', 'false']).default('false').meta({ description: 'Check only; `approval` starts it' }),
      fileName: z.string().min(1).max(255).default('batch'),
    }),
    body: { kind: 'stream', mediaTypes: ['text/csv', 'application/xml', 'text/xml'], limit: LARGEST_FILE_BYTES },
    answers: { 202: { description: 'The whole file was taken in', headers: { Location: 'How far it is' } } },
    handle: async (request) => {
      const { dryRun, fileName } = request.query as { readonly dryRun: string; readonly fileName: string };
      const form: BatchForm = request.headers['content-type']?.startsWith('text/csv') ? 'csv' : 'dimonaXml';
      const file = { form, fileName, runsAtOnce: dryRun === 'false' };
      const batchId = await submitBatch(services, agencyAccessOf(request), file, request.stream).catch(refuseFile);
      return { status: 202, headers: { Location: addressOf(services, batchId) } };
    },
  };
}

/** What is wrong with a file as a whole becomes a problem that names the place. */
function refuseFile(error: unknown): never {
  const issue = issueOf(error);
  throw issue === undefined ? error : new Refusal(badRequest([issue]));
}

function issueOf(error: unknown): InputIssue | undefined {
  if (error instanceof FormFileRefusal) {
    const place = `line ${error.line}, column ${error.column}`;
    return inputIssue('schemaViolation', 'body', place, `${error.reason} at ${place}: ${error.message}`);
  }
  if (!(error instanceof CsvRefusal)) return undefined;
  const { fault } = error;
  switch (fault.kind) {
    case 'columnUnknown':
      return inputIssue('unknownInput', 'body', fault.column, 'this column is not known');
    case 'columnDouble':
      return inputIssue('invalidInput', 'body', fault.column, 'this column stands twice');
    case 'columnMissing':
      return inputIssue('schemaViolation', 'body', fault.column, 'this column is missing');
    case 'notUtf8':
      return inputIssue('schemaViolation', 'body', undefined, 'the file is not in UTF-8');
    case 'malformed':
      return inputIssue('schemaViolation', 'body', `line ${fault.line}`, 'the file cannot be read from here on');
  }
}

function templateRoute(): Route {
  return {
    ...common,
    method: 'get',
    path: '/batches/v1/refData/templates/quarantine.csv',
    operationId: 'getBatchTemplate',
    summary: 'A CSV file to start from',
    access: { kind: 'public' },
    body: { kind: 'none' },
    answers: { 200: { description: 'Header and one example row', mediaType: 'text/csv' } },
    handle: () =>
      Promise.resolve({
        status: 200,
        headers: downloadHeaders('text/csv; charset=utf-8', 'quarantine.csv'),
        bytes: Buffer.from(csvTemplate()),
      }),
  };
}

async function find(services: BatchServices, request: Request): Promise<BatchRow> {
  const batch = await consultBatch(services, agencyAccessOf(request), request.params.batchId ?? '');
  if (batch === undefined) throw new Refusal(resourceNotFound('batchId'));
  return batch;
}

function batchRoute(services: BatchServices): Route {
  return {
    ...consulting,
    method: 'get',
    path: '/batches/v1/batches/{batchId}',
    operationId: 'getBatch',
    summary: 'How far a batch is',
    answers: { 200: { description: 'The batch', schema: batchSchema } },
    handle: async (request) => ({ status: 200, body: toBatch(services, await find(services, request)) }),
  };
}

function toBatch(services: BatchServices, batch: BatchRow): z.input<typeof batchSchema> {
  const isOpen = batch.state !== 'done' && batch.state !== 'checked';
  const completed = batch.doneAt ?? batch.checkedAt;
  return {
    self: addressOf(services, batch.batchId),
    batchId: batch.batchId,
    fileName: batch.fileName,
    // A batch that is still being received is not found.
    state: batch.state === 'receiving' ? 'checking' : batch.state,
    status: isOpen
      ? { state: 'processing', pollAfter: brusselsDateTime(new Date(services.clock().getTime() + 2000)) }
      : { state: 'done', ...(completed && { completed: brusselsDateTime(completed) }) },
    rows: batch.progress.rows,
    checked: batch.checked,
    faulty: batch.progress.faulty,
    ended: batch.progress.ended,
    outcomes: batch.progress.outcomes,
    createdAt: brusselsDateTime(batch.createdAt),
  };
}

function rowsRoute(services: BatchServices): Route {
  return {
    ...consulting,
    method: 'get',
    path: '/batches/v1/batches/{batchId}/rows',
    operationId: 'getBatchRows',
    summary: 'The rows of a batch, or those with one outcome',
    query: rowsQuery,
    answers: { 200: { description: 'A page of rows', schema: rowsSchema } },
    handle: async (request) => {
      const batch = await find(services, request);
      const { outcome, afterRow } = request.query as z.output<typeof rowsQuery>;
      const rows = await listRows(services, batch, { outcome, after: Number(afterRow), limit: PAGE });
      const last = rows.at(-1);
      const filter = outcome === undefined ? '' : `outcome=${outcome satisfies RowOutcome}&`;
      const next = `${addressOf(services, batch.batchId)}/rows?${filter}afterRow=${last?.rowNumber}`;
      return { status: 200, body: { items: rows.map(toRow), ...(rows.length === PAGE && { next }) } };
    },
  };
}

function toRow(row: ReportRow): z.input<typeof rowsSchema>['items'][number] {
  return {
    row: row.rowNumber,
    state: row.state,
    anomalies: [...(row.anomalies ?? [])],
    ...(row.reference !== null && { reference: row.reference }),
    ...(row.outcome !== null && { outcome: row.outcome }),
    ...(row.declarationId !== null && { declarationId: row.declarationId }),
    ...(row.attestationNumber !== null && { attestation: row.attestationNumber }),
  };
}

function approvalRoute(services: BatchServices): Route {
  return {
    ...consulting,
    method: 'post',
    path: '/batches/v1/batches/{batchId}/approval',
    operationId: 'approveBatch',
    summary: 'Start a batch that was only checked',
    access: { kind: 'scope', scope: 'batches:approve', caller: 'client' },
    answers: { 202: { description: 'It runs', headers: { Location: 'How far it is' } } },
    handle: async (request) => {
      const batch = await find(services, request);
      if (!(await approveBatch(services, agencyAccessOf(request), batch.batchId))) {
        throw new Refusal(notInThisState(`The batch is ${batch.state}; only a checked one can be started`));
      }
      return { status: 202, headers: { Location: addressOf(services, batch.batchId) } };
    },
  };
}

function fileRoute(
  services: BatchServices,
  name: 'report' | 'rejects',
  summary: string,
  mediaTypeOf: (form: BatchForm) => string,
  write: (services: BatchServices, batch: BatchRow) => AsyncGenerator<string>,
): Route {
  return {
    ...consulting,
    method: 'get',
    path: `/batches/v1/batches/{batchId}/${name}`,
    operationId: name === 'report' ? 'getBatchReport' : 'getBatchRejects',
    summary,
    answers: { 200: { description: 'The file', mediaType: 'text/csv' } },
    handle: async (request): Promise<Reply> => {
      const batch = await find(services, request);
      const extension = name === 'rejects' && batch.form === 'dimonaXml' ? 'xml' : 'csv';
      const headers = downloadHeaders(mediaTypeOf(batch.form), `${name}.${extension}`);
      return { status: 200, headers, stream: write(services, batch) };
    },
  };
}

function rejectType(form: BatchForm): string {
  return form === 'csv' ? 'text/csv; charset=utf-8' : 'application/xml; charset=utf-8';
}

function downloadHeaders(mediaType: string, fileName: string): Record<string, string> {
  return { 'Content-Type': mediaType, 'Content-Disposition': `attachment; filename="${fileName}"` };
}

function addressOf({ settings }: BatchServices, batchId: string): string {
  return `${settings.publicUrl}/batches/v1/batches/${batchId}`;
}
