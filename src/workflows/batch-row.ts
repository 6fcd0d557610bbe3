/** What a sender wrote, sealed and opened: a row as a declaration in the form its file had, and what it is called. */
import type { StoredRow } from '../database/batch-rows.ts';
import type { StoredBatch } from '../database/batches.ts';
import type { Channel } from '../database/declarations.ts';
import { readForm } from '../dimona/form-reader.ts';
import { toDeclaration as fromXml } from '../dimona/xml.ts';
import type { BatchForm } from '../domain/batch.ts';
import type { Declaration } from '../domain/declaration.ts';
import { type CsvRow, toDeclaration as fromCsv } from '../flow/quarantine-csv.ts';
import type { FileKey } from '../keys/vault.ts';
import { openFileKey } from './file-key.ts';
import { mandateOf } from './mandated.ts';
import { type MessageKey, markOf } from './recognise.ts';
import type { Sender } from './report.ts';
import type { Services } from './services.ts';

/** The rows that a chunk job is for. */
export interface Chunk {
  readonly batchId: string;
  readonly from: number;
  readonly to: number;
}

/** A row as it was declared. */
export interface RowDeclaration {
  readonly declaration: Declaration;
  readonly body: Buffer;
  readonly channel: Channel;
  readonly messageKey: MessageKey;
}

/** Opens a row and reads its declaration. A CSV row is known again by its content, a form by its own reference. */
export function readRow(
  key: FileKey,
  { batchId, form, createdAt: receivedAt }: Pick<StoredBatch, 'batchId' | 'form' | 'createdAt'>,
  sealed: Buffer,
): RowDeclaration {
  const body = key.open(sealed, batchId);
  if (form === 'csv') {
    const declaration = fromCsv(readCsvRow(body), receivedAt);
    return { declaration, body, channel: 'csv', messageKey: messageKeyOf(undefined) };
  }
  const { declaration, messageReference } = fromXml(readForm(body.toString('utf8')), receivedAt);
  return { declaration, body, channel: 'xml', messageKey: messageKeyOf(messageReference) };
}

/** A form is known again by its own reference, any other row by its words. */
function messageKeyOf(reference: string | undefined): MessageKey {
  return reference === undefined ? { kind: 'body' } : { kind: 'reference', value: reference };
}

const MARK_BYTES = 16;

/** Marks a row before it is judged, so that it can be held against the others of its file. */
export function rowMarks(
  vault: Services['vault'],
  organization: string,
  { form, body, reference }: { form: BatchForm; body: Buffer; reference: string | undefined },
): { readonly messageMark: Buffer; readonly bodyMark: Buffer } {
  const messageKey = messageKeyOf(form === 'csv' ? undefined : reference);
  const { key, bodyHmac } = markOf({ vault }, { sender: { organization }, body, messageKey });
  return {
    messageMark: vault.staged(key).subarray(0, MARK_BYTES),
    bodyMark: bodyHmac.subarray(0, MARK_BYTES),
  };
}

/** Seals what the sender calls a file; it may speak of a person. It opens for its own batch only. */
export function sealFileName(key: FileKey, batchId: string, fileName: string): Buffer {
  return key.seal(Buffer.from(fileName), fileNameContext(batchId));
}

/** Seals what the sender calls a row; it may speak of a person. It opens for its own row only. */
export function sealReference(key: FileKey, batchId: string, rowNumber: number, reference: string): Buffer {
  return key.seal(Buffer.from(reference), referenceContext(batchId, rowNumber));
}

/** A batch as its organisation sees it. */
export interface BatchRow extends Omit<StoredBatch, 'fileName'> {
  /** Its id once the key of the file was destroyed. */
  readonly fileName: string;
  /** Opens what is under the key of the file; undefined once that was destroyed. */
  readonly key: FileKey | undefined;
  /** Opens what the sender calls a row of this batch; null when it has no name. */
  readonly openReference: (row: Pick<StoredRow, 'rowNumber' | 'reference'>) => string | null;
}

/** Opens a batch for its organisation. Throws `archivedObjectCorrupt` when its name was sealed for another. */
export function openBatch(vault: Services['vault'], batch: StoredBatch): BatchRow {
  const { batchId } = batch;
  const key = openFileKey(vault, batchId, batch);
  const open = (sealed: Buffer, context: string) => key?.open(sealed, context).toString('utf8') ?? null;
  return {
    ...batch,
    key,
    fileName: open(batch.fileName, fileNameContext(batchId)) ?? batchId,
    openReference: ({ rowNumber, reference }) =>
      reference && open(reference, referenceContext(batchId, rowNumber)),
  };
}

function fileNameContext(batchId: string): string {
  return `${batchId}/fileName`;
}

function referenceContext(batchId: string, rowNumber: number): string {
  return `${batchId}/${rowNumber}/reference`;
}

/** Who declares the rows of a batch: whoever sent its file. */
export function senderOf({ organization, submittedBy, submittedByKind, mandateId }: StoredBatch): Sender {
  return {
    organization,
    clientId: submittedBy,
    kind: submittedByKind,
    ...mandateOf(organization, mandateId),
  };
}

/** Reads a kept CSV row by its columns. */
export function readCsvRow(body: Buffer): CsvRow {
  // Staged by this service, authenticated by the vault.
  return JSON.parse(body.toString('utf8')) as CsvRow;
}
