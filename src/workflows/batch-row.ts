/** One row of a batch as a declaration, in the form its file had. */
import type { BatchRow } from '../database/batches.ts';
import type { Channel } from '../database/declarations.ts';
import { readForm } from '../dimona/form-reader.ts';
import { toDeclaration as fromXml } from '../dimona/xml.ts';
import type { BatchForm } from '../domain/batch.ts';
import type { Declaration } from '../domain/declaration.ts';
import { type CsvRow, toDeclaration as fromCsv } from '../flow/quarantine-csv.ts';
import type { MessageKey } from './recognise.ts';
import type { Sender } from './report.ts';
import type { Services } from './services.ts';

/** The rows that a chunk job is for. */
export interface Chunk {
  readonly batchId: string;
  readonly from: number;
  readonly to: number;
}

export interface RowDeclaration {
  readonly declaration: Declaration;
  readonly body: Buffer;
  readonly channel: Channel;
  readonly messageKey: MessageKey;
}

/** Opens a row and reads its declaration. A CSV row is known again by its content, a form by its own reference. */
export function readRow(
  { vault }: Pick<Services, 'vault'>,
  batchId: string,
  form: BatchForm,
  sealed: Buffer,
  receivedAt: Date,
): RowDeclaration {
  const body = vault.open(sealed, batchId);
  if (form === 'csv') {
    const declaration = fromCsv(readCsvRow(body), receivedAt);
    return { declaration, body, channel: 'csv', messageKey: { kind: 'body' } };
  }
  const { declaration, messageReference } = fromXml(readForm(body.toString('utf8')), receivedAt);
  const messageKey: MessageKey =
    messageReference === undefined ? { kind: 'body' } : { kind: 'reference', value: messageReference };
  return { declaration, body, channel: 'xml', messageKey };
}

/** Who declares the rows of a batch: whoever sent its file. */
export function senderOf({ organization, submittedBy, submittedByKind }: BatchRow): Sender {
  return { organization, clientId: submittedBy, kind: submittedByKind };
}

/** Reads a kept CSV row by its columns. */
export function readCsvRow(body: Buffer): CsvRow {
  // Staged by this service, authenticated by the vault.
  return JSON.parse(body.toString('utf8')) as CsvRow;
}
