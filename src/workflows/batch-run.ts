/** While a batch runs: its rows are reported a few at a time; the attestations they lead to end them. */

import { endRow, listOpenRows, markAccepted, type OpenRow } from '../database/batch-rows.ts';
import { findBatch, type StoredBatch } from '../database/batches.ts';
import type { Connection } from '../database/database.ts';
import { findAnswer } from '../database/declarations.ts';
import { findPerson } from '../database/persons.ts';
import { findStatus } from '../database/statuses.ts';
import type { Status } from '../domain/status.ts';
import { ServiceError } from '../errors.ts';
import type { FileKey } from '../keys/vault.ts';
import { casesOf, queueSettling } from './apply.ts';
import { type Chunk, readRow, senderOf } from './batch-row.ts';
import { demandFileKey } from './file-key.ts';
import { commitLease, type Lease } from './lease.ts';
import { type ReportServices, reportIn } from './report.ts';
import type { Services } from './services.ts';

type RunServices = ReportServices & Pick<Services, 'database'>;

/** Rows of one running job. */
export const RUN_ROWS = 100;
const ROWS_A_TRANSACTION = 25;

/** Reports a chunk and ends the job. A chunk that was begun before goes on with the rows that are left. */
export async function runRows(
  services: RunServices,
  lease: Lease,
  { batchId, from, to }: Chunk,
): Promise<void> {
  const { batch, rows } = await services.database.transaction(async (connection) => ({
    batch: await findBatch(connection, batchId),
    rows: await listOpenRows(connection, batchId, from, to, 'checked'),
  }));
  if (batch === undefined) throw new ServiceError('recordMissing', `batch ${batchId} is not in the register`);
  const key = demandFileKey(services.vault, batchId, batch);
  for (let start = 0; start < rows.length; start += ROWS_A_TRANSACTION) {
    const some = rows.slice(start, start + ROWS_A_TRANSACTION);
    await services.database.transaction(async (connection) => {
      for (const row of some) await runRow(services, connection, { ...batch, key }, row);
    });
  }
  await services.database.transaction((connection) => commitLease(connection, lease));
}

async function runRow(
  services: RunServices,
  connection: Connection,
  batch: StoredBatch & { readonly key: FileKey },
  row: OpenRow,
): Promise<void> {
  const { batchId, key } = batch;
  const { rowNumber } = row;
  // Whom it named was erased.
  if (row.body.length === 0)
    return endRow(connection, batchId, { rowNumber, outcome: 'refused', declarationId: null, anomalies: [] });
  const read = readRow(key, batch, row.body);
  const outcome = await reportIn(services, connection, {
    ...read,
    lane: 'bulk',
    sender: senderOf(batch),
    receivedAt: batch.createdAt,
    ...(batch.hasFileKey && { file: { fileKeyId: batchId, key } }),
  });
  if (!('declarationId' in outcome))
    throw new ServiceError('unexpected', 'a row has no Idempotency-Key, and is never refused whole');
  const { declarationId } = outcome;
  const answer = await findAnswer(connection, declarationId);
  const ended = { rowNumber: row.rowNumber, declarationId, anomalies: answer?.anomalies ?? [] };
  if (outcome.result === 'B') return endRow(connection, batch.batchId, { ...ended, outcome: 'refused' });
  if (outcome.result === 'S') return endRow(connection, batch.batchId, { ...ended, outcome: 'waiting' });
  const fact = answer?.periodId ? await findFact(connection, answer.periodId) : undefined;
  const [caseId] = fact === undefined ? [] : casesOf([...services.catalogue.types.values()], [fact]);
  if (fact === undefined || caseId === undefined) {
    return endRow(connection, batch.batchId, { ...ended, outcome: 'notEntitled' });
  }
  await markAccepted(connection, batch.batchId, { ...ended, caseId });
  // A replayed declaration queued nothing: settling finds that its day is on an attestation already.
  await queueSettling(services, connection, [fact], 'bulk');
}

/** The fact of a period, as its present holder's. */
async function findFact(connection: Connection, periodId: string): Promise<Status | undefined> {
  const fact = await findStatus(connection, 'dimona', periodId);
  const holder = fact && (await findPerson(connection, fact.personId));
  return fact && holder && { ...fact, personId: holder.personId };
}
