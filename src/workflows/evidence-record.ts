/** What a leaf commits to: a row of the register as a record of texts. Changing a name here is a new leaf format. */
import type { AuditRow } from '../database/audit.ts';
import type { ReceiptRow, Unsealed } from '../database/evidence-log.ts';
import type { Leaf, LeafRecord } from '../domain/leaf.ts';

/** A leaf before it is salted. */
export interface Opened extends Pick<Leaf, 'kind' | 'id'> {
  readonly record: LeafRecord;
}

/** Gives the leaves of a record: of an entry that issues an attestation, a second one for the document itself. */
export function leavesOf(unsealed: Unsealed): readonly Opened[] {
  if (unsealed.kind === 'receipt')
    return [{ kind: 'receipt', id: unsealed.eventId, record: receiptRecord(unsealed) }];
  const entry: Opened = { kind: 'audit', id: unsealed.auditEntryId, record: auditRecord(unsealed) };
  const { action, object, digest } = unsealed;
  if (action !== 'attestation.issue' || object === null || digest === null) return [entry];
  return [entry, { kind: 'issued', id: object, record: issuedRecord(object, digest) }];
}

/** An audit entry as a record. */
export function auditRecord(row: AuditRow): LeafRecord {
  return {
    at: row.recordedAt,
    actorKind: row.actorKind,
    actorId: row.actorId,
    onBehalfOf: row.actorOrganization ?? undefined,
    tokenHash: row.tokenHash ?? undefined,
    action: row.action,
    ground: row.ground,
    groundId: row.groundId ?? undefined,
    purpose: row.purpose,
    personId: row.personId ?? undefined,
    object: row.object ?? undefined,
    digest: row.digest ?? undefined,
    traceId: row.traceId ?? undefined,
    represented: row.represented ?? undefined,
  };
}

/** A receipt as a record. */
export function receiptRecord({
  eventId,
  messageId,
  receiptKind,
  eventTime,
  recordedTime,
  reportedBy,
}: ReceiptRow): LeafRecord {
  return {
    eventId,
    messageId,
    kind: receiptKind,
    eventTime,
    recordedTime,
    reportedBy: reportedBy ?? undefined,
  };
}

/** An issued document as a record; the SHA-256 in hexadecimal. */
export function issuedRecord(attestationId: string, pdfSha256: string): LeafRecord {
  return { attestationId, pdfSha256 };
}
