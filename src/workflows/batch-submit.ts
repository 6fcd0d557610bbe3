/** An agency sends a batch: its rows are staged as they arrive, then checked chunk by chunk. */
import { insertAuditEntry } from '../database/audit.ts';
import { COPY_ROWS, stagedLine } from '../database/batch-rows.ts';
import {
  completeBatch,
  deleteAbandonedBatches,
  deleteBatch,
  insertBatch,
  type StoredBatch,
} from '../database/batches.ts';
import type { Connection } from '../database/database.ts';
import { queueChunks } from '../database/jobs.ts';
import { readForms } from '../dimona/form-reader.ts';
import { toDeclaration } from '../dimona/xml.ts';
import type { BatchForm } from '../domain/batch.ts';
import { usualCanary } from '../domain/batch-guard.ts';
import type { Declaration } from '../domain/declaration.ts';
import type { Actor, AuditEntry } from '../domain/evidence.ts';
import { type CsvRow, toDeclaration as fromCsv, isShown, readCsv } from '../flow/quarantine-csv.ts';
import type { FileKey } from '../keys/vault.ts';
import { CHECK_ROWS } from './batch-check.ts';
import { rowMarks, sealFileName, sealReference } from './batch-row.ts';
import { createFileKey, subjectMarkOf } from './file-key.ts';
import type { Services } from './services.ts';

/** The agency, and who acts for it. */
export interface AgencyAccess {
  readonly actor: Actor;
  readonly organization: string;
  /** The mandate by which it acts for an employer, and that one's enterprise number. */
  readonly acting?: { readonly mandateId: string; readonly represented: string };
  readonly traceId?: string;
}

export interface BatchFile {
  readonly form: BatchForm;
  /** As the sender named it; shown, never used as a path. */
  readonly fileName: string;
  /** Whether it runs as soon as it is checked; otherwise it waits to be started. */
  readonly runsAtOnce: boolean;
  /** So many rows are issued before the others; as is usual for the agency where it does not say. */
  readonly canaryRows?: number | undefined;
}

const ROWS_A_COPY = 1000;
const LARGEST_FORM_BYTES = 64 * 1024;
const ABANDONED_MINUTES = 24 * 60;

/**
 * Stages a batch and gives its id; `onComplete` is part of the transaction that takes it in. No connection is held while the sender is waited for.
 * Throws `CsvRefusal` or `FormFileRefusal` when the file is not what it should be; then nothing of it is kept.
 */
export async function submitBatch(
  services: Pick<Services, 'database' | 'vault' | 'newId' | 'clock' | 'settings'>,
  access: AgencyAccess,
  file: BatchFile,
  chunks: AsyncIterable<Buffer>,
  onComplete: (connection: Connection, batchId: string) => Promise<void> = () => Promise.resolve(),
): Promise<string> {
  const { database } = services;
  const batchId = services.newId();
  const key = await database.transaction(async (connection) => {
    await deleteAbandonedBatches(connection, ABANDONED_MINUTES);
    const { organization, actor } = access;
    const mandateId = access.acting?.mandateId ?? null;
    const submitted = { submittedBy: actor.id, submittedByKind: actor.kind, mandateId };
    const fileKey = await createFileKey(services, connection, batchId);
    const fileName = sealFileName(fileKey, batchId, file.fileName);
    const canaryRows = file.canaryRows ?? usualCanary(services.settings.batchGuards, organization) ?? null;
    await insertBatch(connection, { batchId, organization, ...submitted, ...file, fileName, canaryRows });
    return fileKey;
  });
  try {
    const rows = await stageRows(
      services,
      key,
      { batchId, organization: access.organization, form: file.form },
      chunks,
    );
    await database.transaction(async (connection) => {
      await completeBatch(connection, batchId, rows);
      await onComplete(connection, batchId);
      await queueChunks(connection, 'checkRows', batchId, rows, CHECK_ROWS);
      await insertAuditEntry(connection, {
        actor: access.actor,
        action: 'batch.submit',
        ...groundOf(access),
        object: batchId,
        ...(access.traceId !== undefined && { traceId: access.traceId }),
      });
    });
    return batchId;
  } catch (error) {
    await database.transaction((connection) => deleteBatch(connection, batchId));
    throw error;
  }
}

/** The ground of what is done with a batch: the agency declares, or does so by a mandate. */
export function groundOf({
  acting,
}: Pick<AgencyAccess, 'acting'>): Pick<AuditEntry, 'ground' | 'groundId' | 'represented'> {
  if (acting === undefined) return { ground: 'declarant' };
  return { ground: 'mandate', groundId: acting.mandateId, represented: acting.represented };
}

async function stageRows(
  services: Pick<Services, 'database' | 'vault' | 'clock'>,
  key: FileKey,
  { batchId, organization, form }: Pick<StoredBatch, 'batchId' | 'organization'> & Pick<BatchFile, 'form'>,
  chunks: AsyncIterable<Buffer>,
): Promise<number> {
  const { database, vault } = services;
  let lines: string[] = [];
  let rowNumber = 0;
  const flush = async () => {
    const block = lines;
    lines = [];
    if (block.length > 0) await database.copyIn(COPY_ROWS, block);
  };
  for await (const { body, reference, ...hashes } of readRows(services, form, chunks)) {
    rowNumber += 1;
    const sealed = {
      body: key.seal(body, batchId),
      // One that cannot be shown is told as an anomaly of its row.
      reference:
        reference !== undefined && isShown(reference)
          ? sealReference(key, batchId, rowNumber, reference)
          : undefined,
    };
    const marks = rowMarks(vault, organization, { form, body, reference });
    lines.push(stagedLine({ batchId, rowNumber, ...sealed, ...hashes, ...marks }));
    if (lines.length === ROWS_A_COPY) await flush();
  }
  await flush();
  return rowNumber;
}

interface ReadRow {
  readonly body: Buffer;
  readonly reference: string | undefined;
  readonly dayHmac: Buffer | undefined;
  readonly subjectMark: Buffer | undefined;
}

async function* readRows(
  { vault, clock }: Pick<Services, 'vault' | 'clock'>,
  form: BatchForm,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<ReadRow> {
  const receivedAt = clock();
  const hashesOf = (declaration: Declaration) => ({
    dayHmac: dayHmac(declaration),
    subjectMark: subjectMarkOf(vault, declaration),
  });
  const dayHmac = (declaration: Declaration) => {
    const { worker, employer, startDate, action } = declaration;
    const number = employer?.enterpriseNumber ?? employer?.nssoNumber ?? employer?.provisionalNssoNumber;
    if (action !== 'in' || !worker?.ssin || !number || !startDate) return undefined;
    return vault.staged(`day/${worker.ssin}/${number}/${startDate}`);
  };
  if (form === 'csv') {
    for await (const row of readCsv(chunks)) {
      const declaration = fromCsv(row, receivedAt);
      yield { body: bodyOf(row), reference: row.reference, ...hashesOf(declaration) };
    }
    return;
  }
  for await (const { raw, ...rest } of readForms(chunks, { maxFormBytes: LARGEST_FORM_BYTES })) {
    const { declaration, messageReference } = toDeclaration({ raw, ...rest }, receivedAt);
    yield { body: Buffer.from(raw), reference: messageReference, ...hashesOf(declaration) };
  }
}

/** A CSV row as it is kept: by its columns, in one order, so that the same row has the same body in any file. */
function bodyOf(row: CsvRow): Buffer {
  return Buffer.from(
    JSON.stringify(Object.fromEntries(Object.entries(row).sort(([one], [other]) => (one < other ? -1 : 1)))),
  );
}
