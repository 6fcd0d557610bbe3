/** Files that go back to the agency: the template, the report, and the rows to be mended. */
import { type BatchForm, fileFormOf } from '../../domain/batch.ts';
import { csvTemplate } from '../../flow/quarantine-csv.ts';
import { type BatchRow, writeRejects, writeReport } from '../../workflows/batch-consult.ts';
import { agencyAccessOf } from '../callers.ts';
import type { Reply, Route } from '../route.ts';
import { type BatchServices, batchCommon, findBatch, oneBatch } from './batch.ts';

const CSV = 'text/csv; charset=utf-8';

/** `GET /batches/v1/refData/templates/quarantine.csv`, for everybody: it says nothing of anybody. */
export function templateRoute(): Route {
  return {
    ...batchCommon,
    access: { kind: 'public' },
    method: 'get',
    path: '/batches/v1/refData/templates/quarantine.csv',
    operationId: 'getBatchTemplate',
    summary: 'A CSV file to start from',
    body: { kind: 'none' },
    answers: { 200: { description: 'Header and one example row', mediaTypes: ['text/csv'] } },
    handle: () =>
      Promise.resolve({
        status: 200,
        headers: downloadHeaders(CSV, 'quarantine.csv'),
        bytes: Buffer.from(csvTemplate()),
      }),
  };
}

/** `GET …/{batchId}/report`. */
export function reportRoute(services: BatchServices): Route {
  return {
    ...oneBatch,
    method: 'get',
    path: '/batches/v1/batches/{batchId}/report',
    operationId: 'getBatchReport',
    summary: 'Each row with its outcome',
    answers: { 200: { description: 'A CSV file', mediaTypes: ['text/csv'] } },
    handle: async (request) =>
      download(
        'report',
        'csv',
        writeReport(services, agencyAccessOf(request), await findBatch(services, request)),
      ),
  };
}

/** `GET …/{batchId}/rejects`. */
export function rejectsRoute(services: BatchServices): Route {
  return {
    ...oneBatch,
    method: 'get',
    path: '/batches/v1/batches/{batchId}/rejects',
    operationId: 'getBatchRejects',
    summary: 'The rows to be mended',
    description: 'In the form of the file that was sent, ready to be mended and sent again.',
    answers: { 200: { description: 'A CSV or XML file', mediaTypes: ['text/csv', 'application/xml'] } },
    handle: async (request) => {
      const batch: BatchRow = await findBatch(services, request);
      return download(
        'rejects',
        fileFormOf(batch.form),
        writeRejects(services, agencyAccessOf(request), batch),
      );
    },
  };
}

function download(name: string, form: BatchForm, stream: AsyncGenerator<string>): Reply {
  const headers =
    form === 'csv'
      ? downloadHeaders(CSV, `${name}.csv`)
      : downloadHeaders('application/xml; charset=utf-8', `${name}.xml`);
  return { status: 200, headers, stream };
}

function downloadHeaders(mediaType: string, fileName: string): Record<string, string> {
  return { 'Content-Type': mediaType, 'Content-Disposition': `attachment; filename="${fileName}"` };
}
