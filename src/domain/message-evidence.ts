/**
 * What became of a message, as one file that proves itself, format 1:
 *
 *     {"v":1,"statement":{…},"seal":"<compact JWS>","proofs":[{…},…]}
 *
 * The statement says of a message which receipts there are and what they amount to; it names no person. `seal` is the
 * statement as JWS (RFC 7515) of type `message-evidence`, by the key that seals the evidence log. Each receipt has its proof
 * that it stands in that log, in the order of the statement. Citizen and sender get the same statement and the same proofs.
 */
import { writeRecord } from './leaf.ts';
import { ETSI_EVENTS, type MessageState, RECEIPT_KINDS, type ReceiptKind, stateOf } from './receipt.ts';

export const MESSAGE_EVIDENCE_TYPE = 'message-evidence';

/** A receipt as it is stated; times in UTC with microseconds. */
export interface StatedReceipt {
  readonly eventId: string;
  readonly kind: ReceiptKind;
  /** Of ETSI EN 319 522-1, where it has one. */
  readonly etsiEvent?: string;
  readonly eventTime: string;
  readonly recordedTime: string;
  /** The organisation that states it; missing: the service itself. */
  readonly reportedBy?: string;
}

export interface StatedAttachment {
  readonly sha256: string;
  readonly bytes: number;
  readonly mediaType: string;
  readonly isMainContent: boolean;
}

export interface EvidenceStatement {
  readonly messageId: string;
  readonly messageTypeId: string;
  readonly senderOrganizationId: string;
  readonly senderApplicationId: string;
  /** UTC. */
  readonly receivedAt: string;
  readonly expiresAt: string;
  readonly attachments: readonly StatedAttachment[];
  readonly receipts: readonly StatedReceipt[];
  readonly state: MessageState;
}

/** Names the ETSI event of a kind, where it has one. */
export function etsiEventOf(kind: ReceiptKind): { readonly etsiEvent?: string } {
  const etsiEvent = ETSI_EVENTS[kind];
  return etsiEvent === undefined ? {} : { etsiEvent };
}

/** Writes the record of the leaf of a stated receipt, to which its proof commits. */
export function recordOf({ messageId }: EvidenceStatement, receipt: StatedReceipt): string {
  const { eventId, kind, eventTime, recordedTime, reportedBy } = receipt;
  return writeRecord({ eventId, messageId, kind, eventTime, recordedTime, reportedBy });
}

/** Why a statement cannot be one of ours, whatever seals it; undefined when nothing speaks against it. */
export function contradictionIn({ receipts, state }: EvidenceStatement): string | undefined {
  if (new Set(receipts.map(({ eventId }) => eventId)).size !== receipts.length)
    return 'a receipt stands there twice';
  if (receipts.some(({ kind }) => !RECEIPT_KINDS.includes(kind))) return 'a receipt is of no kind there is';
  if (receipts.some(({ kind, etsiEvent }) => etsiEventOf(kind).etsiEvent !== etsiEvent))
    return 'a receipt names another event than its kind stands for';
  return stateOf(receipts) === state ? undefined : 'the state does not follow from the receipts';
}
