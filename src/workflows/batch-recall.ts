/**
 * A batch is recalled: what its rows declared is taken back, each by the rules of a CANCEL; their cases are settled as
 * ever, so that what was not issued is held back, and what was is revoked or replaced; and whose attestation was revoked
 * is told so.
 */
import { postponeChunk } from '../database/batch-control.ts';
import {
  endRecall,
  forgetWaiting,
  isEnded,
  keepRecalls,
  listRecallable,
  listUntold,
  type RecallableRow,
} from '../database/batch-recall.ts';
import { findBatch, type StoredBatch } from '../database/batches.ts';
import type { Connection } from '../database/database.ts';
import { insertMessages, insertPublished } from '../database/messages.ts';
import { insertPublishedEvents } from '../database/outbox.ts';
import { insertContents } from '../database/publications.ts';
import type { RecallResult } from '../domain/batch.ts';
import { expiryOf } from '../domain/message.ts';
import { recallText } from '../domain/recall-words.ts';
import { ServiceError } from '../errors.ts';
import { failpoint } from '../failpoint.ts';
import type { Chunk } from './batch-row.ts';
import { commitLease, holdLease, type Lease, shelveLease } from './lease.ts';
import { sealContent } from './message-content.ts';
import { reportIn } from './report.ts';
import type { Services } from './services.ts';
import { cancelOf, type StandingRow, type TakeBackServices, takeBackRows } from './take-back.ts';

type RecallServices = TakeBackServices & Pick<Services, 'database'>;

/** Rows of one recalling job. */
export const RECALL_ROWS = 200;
/** Cases that are still to be settled are looked at again so soon. */
const AGAIN_SECONDS = 1;

/** Recalls a chunk and ends the job; while something of it is still to be settled, the job is due again a moment later. */
export async function recallRows(services: RecallServices, lease: Lease, chunk: Chunk): Promise<void> {
  const { database } = services;
  const { batchId, from, to } = chunk;
  const batch = await database.transaction((connection) => findBatch(connection, batchId));
  if (batch === undefined) throw new ServiceError('recordMissing', `batch ${batchId} is not in the register`);
  const apart = await database.transaction(async (connection) => {
    await holdLease(connection, lease);
    const rows = await listRecallable(connection, batchId, from, to);
    return takeBackRows(services, connection, batch, rows.filter(isStanding));
  });
  await failpoint('recall.chunk');
  for (const row of apart)
    await database.transaction(async (connection) => {
      await holdLease(connection, lease);
      await takeBack(services, connection, batch, row);
    });
  await database.transaction(async (connection) => {
    // Asked first: what ends afterwards is not among what is listed.
    const isWhole = await isEnded(connection, batchId, from, to);
    const found = await listRecallable(connection, batchId, from, to);
    const isOver = (await conclude(services, connection, batchId, found)) && isWhole;
    if (!isOver) return shelveLease(lease, () => postponeChunk(connection, lease, AGAIN_SECONDS));
    await commitLease(connection, lease);
    await endRecall(connection, batchId);
  });
}

function isStanding(row: RecallableRow): row is StandingRow {
  return row.periodId !== null && row.isCancelled === false;
}

/** Declares the CANCEL of what a row declared. What cannot be taken back, because it is refused, is kept. */
async function takeBack(
  services: RecallServices,
  connection: Connection,
  batch: StoredBatch,
  row: StandingRow,
): Promise<void> {
  const outcome = await reportIn(services, connection, cancelOf(services, batch, row));
  if ('result' in outcome && outcome.result !== 'B') return;
  await keepRecalls(connection, batch.batchId, [{ rowNumber: row.rowNumber, result: 'kept' }]);
}

/** Keeps the result of every row whose case is settled, and tells whose attestation was revoked; false while some is not. */
async function conclude(
  services: RecallServices,
  connection: Connection,
  batchId: string,
  rows: readonly RecallableRow[],
): Promise<boolean> {
  const settled = rows.filter(({ isPending }) => !isPending);
  const waiting = settled.filter(({ periodId }) => periodId === null);
  await forgetWaiting(
    connection,
    waiting.map(({ declarationId }) => declarationId),
  );
  const results = settled.map((row) => ({ ...row, result: resultOf(row) }));
  await keepRecalls(connection, batchId, results);
  const revoked = results.filter(({ result }) => result === 'revoked').map(({ lastId }) => lastId ?? '');
  await tellRevoked(services, connection, revoked);
  return settled.length === rows.length;
}

function resultOf({ attestationId, wasHeldBack, lastId, lastState }: RecallableRow): RecallResult {
  if (lastState === 'revoked') return 'revoked';
  if (lastState === 'issued') return lastId === attestationId ? 'kept' : 'replaced';
  return wasHeldBack ? 'withdrawn' : 'removed';
}

const KEY_PREFIX = 'recall/';

/** Publishes a message to each person whose attestation was revoked, beside the one that brought it. */
async function tellRevoked(
  services: RecallServices,
  connection: Connection,
  attestationIds: readonly string[],
): Promise<void> {
  if (attestationIds.length === 0) return;
  const { catalogue, vault, newId } = services;
  const untold = await listUntold(connection, [...new Set(attestationIds)], KEY_PREFIX);
  const receivedAt = services.clock();
  const told = untold.flatMap((one) => {
    const type = catalogue.types.get(one.type);
    if (type === undefined) return [];
    const messageId = newId();
    const { subject, body } = recallText(one.number, one.language);
    const key = vault.openCitizenKey(one.citizenKeyId, one.wrappedKey);
    const content = sealContent(key, messageId, { body });
    const message = {
      messageId,
      personId: one.personId,
      messageTypeId: type.messageType.messageTypeId,
      senderOrganizationId: catalogue.issuer.enterpriseNumber,
      senderApplicationId: type.messageType.senderApplicationId,
      subject,
      language: one.language,
      attestationId: null,
      originalMessageId: one.messageId,
      receivedAt,
      expiresAt: expiryOf(receivedAt, type.messageType.validity),
      idempotencyKey: `${KEY_PREFIX}${one.attestationId}`,
      searchable: [one.number],
      isBodyMain: true,
    };
    return [{ message, content: { messageId, citizenKeyId: one.citizenKeyId, content } }];
  });
  await insertMessages(
    connection,
    told.map(({ message }) => message),
  );
  await insertContents(
    connection,
    told.map(({ content }) => content),
  );
  const messageIds = told.map(({ message }) => message.messageId);
  await insertPublished(
    connection,
    messageIds.map((messageId) => ({ eventId: newId(), messageId, eventTime: receivedAt })),
  );
  await insertPublishedEvents(connection, messageIds);
}
