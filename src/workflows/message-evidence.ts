/** Citizen and sender get the same evidence of a message: what became of it, sealed, each receipt proved by the log. */
import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import { listReceiptsById, type ReceiptRow } from '../database/evidence-log.ts';
import type { MessageRow } from '../database/messages.ts';
import { attachmentsOf, findCoveredMessage, receiptsOf } from '../database/receipts.ts';
import { leafName, writeLeaf, writeRecord } from '../domain/leaf.ts';
import {
  type EvidenceStatement,
  etsiEventOf,
  MESSAGE_EVIDENCE_TYPE,
  type StatedReceipt,
} from '../domain/message-evidence.ts';
import { type ReceiptKind, stateOf } from '../domain/receipt.ts';
import { receiptRecord } from './evidence-record.ts';
import { type LeafProof, proveLeaf } from './prove.ts';
import { type Reader, recordReading } from './read.ts';
import type { Services } from './services.ts';
import type { SenderAccess } from './track.ts';

/** The file as it is handed out. */
export interface MessageEvidence {
  readonly v: 1;
  readonly statement: EvidenceStatement;
  readonly seal: string;
  readonly proofs: readonly ReceiptProof[];
}

/** One proof, as `GET /evidence/v1/leaves/{leafId}/inclusionProof` gives them. */
export interface ReceiptProof {
  readonly leafId: string;
  readonly leafIndex: number;
  readonly leaf: string;
  readonly salt: string;
  readonly record: string;
  readonly hashes: readonly string[];
  readonly head: { readonly number: number; readonly jws: string };
}

/** Who asks: the citizen, whoever acts for them, or the sender. */
export type EvidenceAccess = Reader | SenderAccess;

/** A proved message in the words of whoever prints it. */
export interface ProvedMessage {
  readonly evidence: MessageEvidence;
  readonly message: MessageRow;
}

/**
 * Gives the evidence of a message; undefined for one that is not the caller's, as for one that is not there. Only what the log
 * has under a sealed head is in it: `notYet` until that is so of the first receipt.
 */
export async function proveMessage(
  { database, evidenceKey }: Pick<Services, 'database' | 'evidenceKey'>,
  access: EvidenceAccess,
  messageId: string,
): Promise<ProvedMessage | 'notYet' | undefined> {
  const found = await database.transaction(async (connection) => {
    const message = await findCoveredMessage(connection, access.ground, messageId);
    if (message === undefined) return undefined;
    await record(connection, access, message);
    return { message, ...(await collect(connection, message)) };
  });
  if (found === undefined) return undefined;
  const { message, statement, proofs } = found;
  if (statement === undefined) return 'notYet';
  const seal = await evidenceKey.seal(MESSAGE_EVIDENCE_TYPE, JSON.stringify(statement));
  return { message, evidence: { v: 1, statement, seal, proofs } };
}

async function collect(
  connection: Connection,
  message: MessageRow,
): Promise<{ readonly statement: EvidenceStatement | undefined; readonly proofs: readonly ReceiptProof[] }> {
  const ids = (await receiptsOf(connection, message.messageId)).map(({ eventId }) => eventId);
  const rows = new Map((await listReceiptsById(connection, ids)).map((row) => [row.eventId, row] as const));
  const proofs: ReceiptProof[] = [];
  const receipts: StatedReceipt[] = [];
  // A message has a handful of receipts, and a proof a few hashes.
  for (const id of ids) {
    const row = rows.get(id);
    const proof = row && (await proveLeaf(connection, 'receipt', id));
    if (row === undefined || proof === undefined) continue;
    receipts.push(stated(row));
    proofs.push(toProof(proof, row));
  }
  const state = stateOf(receipts);
  if (state === undefined) return { statement: undefined, proofs };
  const attachments = await attachmentsOf(connection, message.messageId);
  const statement = {
    messageId: message.messageId,
    messageTypeId: message.messageTypeId,
    senderOrganizationId: message.senderOrganizationId,
    senderApplicationId: message.senderApplicationId,
    receivedAt: message.receivedAt.toISOString(),
    expiresAt: message.expiresAt.toISOString(),
    attachments: attachments.map(({ sha256, bytes, mediaType, isMainContent }) => ({
      sha256: sha256.toString('hex'),
      bytes,
      mediaType,
      isMainContent,
    })),
    receipts,
    state,
  };
  return { statement, proofs };
}

function stated({ eventId, receiptKind, eventTime, recordedTime, reportedBy }: ReceiptRow): StatedReceipt {
  // The table holds no other kinds.
  const kind = receiptKind as ReceiptKind;
  return {
    eventId,
    kind,
    ...etsiEventOf(kind),
    eventTime,
    recordedTime,
    ...(reportedBy !== null && { reportedBy }),
  };
}

function toProof({ leaf, path, head }: LeafProof, row: ReceiptRow): ReceiptProof {
  const named = { ...leaf, id: leaf.recordId };
  return {
    leafId: leafName(named),
    leafIndex: leaf.leafIndex,
    leaf: writeLeaf(named),
    salt: leaf.salt.toString('base64url'),
    record: writeRecord(receiptRecord(row)),
    hashes: path.map((one) => one.toString('base64url')),
    head: { number: head.headNumber, jws: head.jws },
  };
}

function record(
  connection: Connection,
  access: EvidenceAccess,
  { messageId, personId }: MessageRow,
): Promise<void> {
  if ('subjectId' in access) return recordReading(connection, access, 'message.evidence', messageId);
  const { actor, ground, traceId } = access;
  return insertAuditEntry(connection, {
    actor,
    action: 'message.evidence',
    ground: ground.kind,
    personId,
    object: messageId,
    ...(traceId !== undefined && { traceId }),
  });
}
