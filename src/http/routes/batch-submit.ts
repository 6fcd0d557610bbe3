/** How a batch comes in: as a file, refused whole only when it cannot be read. */
import { z } from 'zod';
import { FormFileRefusal } from '../../dimona/refusal.ts';
import type { BatchForm } from '../../domain/batch.ts';
import { LONGEST } from '../../domain/text.ts';
import { type CsvFault, CsvRefusal, csvTemplate } from '../../flow/quarantine-csv.ts';
import { submitBatch } from '../../workflows/batch-submit.ts';
import { agencyAccessOf } from '../callers.ts';
import { lineOfText } from '../input.ts';
import { MANDATE_HEADER, representedOf } from '../mandate-header.ts';
import { badRequest, type InputIssue, inputIssue, Refusal } from '../problems.ts';
import type { Route } from '../route.ts';
import { type BatchServices, batchAddress, batchCommon } from './batch.ts';

/** As much as a file of a batch may have. */
export const LARGEST_FILE_BYTES = 1024 * 1024 * 1024;

/** What is said of a batch beside its file. */
export const SUBMIT_QUERY = z.strictObject({
  dryRun: z
    .enum(['true', 'false'])
    .default('false')
    .meta({ description: 'Check only; posting to `approval` starts it' }),
  canary: z
    .string()
    .regex(/^[1-9]\d{0,6}$/, 'expected a whole number from 1')
    .optional()
    .meta({
      description:
        'So many rows are issued first; the others wait until `resumption` lets the batch go on. As is usual for the agency where it is not given',
    }),
  fileName: lineOfText(LONGEST.label).default('batch').meta({
    type: 'string',
    minLength: 1,
    maxLength: LONGEST.label,
    default: 'batch',
    description:
      'Shown wherever the batch is; nothing else is done with it. Without control or invisible characters',
  }),
});

/** `POST /batches/v1/batches`. */
export function submitRoute(services: BatchServices): Route {
  return {
    ...batchCommon,
    method: 'post',
    path: '/batches/v1/batches',
    operationId: 'submitBatch',
    summary: 'Send a batch',
    description:
      'Quarantine days as CSV (see the template) or Dimona XML. Every row is checked; unless `dryRun`, the batch is run at once. Rows that were declared before issue nothing new. With a mandate, rows for another employer are refused with anomaly 90256-155. The file may come with `Content-Encoding: gzip`; it must not unpack to more than a hundred times what it is.',
    requestHeaders: MANDATE_HEADER,
    query: SUBMIT_QUERY,
    body: {
      kind: 'stream',
      mediaTypes: ['text/csv', 'application/xml', 'text/xml'],
      limit: LARGEST_FILE_BYTES,
      mayBeGzip: true,
      examples: { csv: { summary: 'Quarantine days', value: csvTemplate(), mediaType: 'text/csv' } },
    },
    answers: {
      202: { description: 'The whole file was taken in', headers: { Location: 'How far it is' } },
    },
    handle: async (request) => {
      const { dryRun, fileName, canary } = request.query as z.output<typeof SUBMIT_QUERY>;
      const form: BatchForm = /^text\/csv\b/i.test(request.headers['content-type'] ?? '')
        ? 'csv'
        : 'dimonaXml';
      const canaryRows = canary === undefined ? undefined : Number(canary);
      const file = { form, fileName, runsAtOnce: dryRun === 'false', canaryRows };
      const acting = await representedOf(services, request);
      const access = { ...agencyAccessOf(request), ...(acting && { acting }) };
      const batchId = await submitBatch(services, access, file, request.stream).catch(refuseFile);
      return { status: 202, headers: { Location: batchAddress(services, batchId) } };
    },
  };
}

/** What is wrong with a file as a whole becomes a problem that names the place. */
export function refuseFile(error: unknown): never {
  if (error instanceof FormFileRefusal) {
    const place = `line ${error.line}, column ${error.column}`;
    throw refusal(inputIssue('schemaViolation', 'body', undefined, `${place}: ${error.message}`));
  }
  throw error instanceof CsvRefusal ? refusal(issueOf(error.fault)) : error;
}

function refusal(issue: InputIssue): Refusal {
  return new Refusal(badRequest([issue]));
}

function issueOf(fault: CsvFault): InputIssue {
  switch (fault.kind) {
    case 'columnUnknown':
      return inputIssue('unknownInput', 'body', fault.column, 'this column is not known');
    case 'columnDouble':
      return inputIssue('invalidInput', 'body', fault.column, 'this column stands twice');
    case 'columnMissing':
      return inputIssue('schemaViolation', 'body', fault.column, 'this column is missing');
    case 'notUtf8':
      return inputIssue('schemaViolation', 'body', undefined, 'the file is not in UTF-8');
    case 'noRow':
      return inputIssue('schemaViolation', 'body', undefined, 'the file has no row');
    case 'malformed':
      return inputIssue('schemaViolation', 'body', `line ${fault.line}`, 'cannot be read from here on');
  }
}
