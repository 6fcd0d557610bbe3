/** A batch of one quarantined day a person, sent as an agency sends it. */
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { writeCsv } from '../../src/flow/quarantine-csv.ts';
import type { AgencyAccess } from '../../src/workflows/batch-submit.ts';
import type { TestService } from '../support/service.ts';
import { ssinOf } from './people.ts';

/** Who sends it. */
export const AGENCY: AgencyAccess = {
  actor: { kind: 'client', id: 'issuer', organization: '1912345694' },
  organization: '1912345694',
};
const HEADER = ['reference', 'ssin', 'date', 'enterpriseNumber', 'jointCommittee'];
const LINES = 1000;

/** Sends the file of a batch that runs at once, of the persons from 0 on; gives its id. */
export async function sendBatch(service: TestService, rows: number): Promise<string> {
  const token = await service.clientToken('issuer', 'batches:submit', true);
  const answer = await fetch(new URL('/batches/v1/batches', service.url), {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
    body: Readable.from(linesOf(rows)),
    duplex: 'half',
  });
  if (answer.status !== 202)
    throw new Error(`a batch was answered with ${answer.status}: ${await answer.text()}`);
  return basename(new URL(answer.headers.get('location') ?? '').pathname);
}

/** Writes the file, some lines at a time. */
async function* linesOf(rows: number): AsyncGenerator<Buffer> {
  for (let from = 0; from < rows; from += LINES) {
    const lines = Array.from({ length: Math.min(LINES, rows - from) }, (_, index) => [
      `ROW-${from + index}`,
      ssinOf(from + index),
      '2021-03-01',
      '1900012343',
      '145',
    ]);
    const text = writeCsv(HEADER, lines);
    yield Buffer.from(from === 0 ? text : text.slice(text.indexOf('\n') + 1));
  }
}
