/** What the register keeps of an attestation that is issued: its document, its message, and what the evidence log says. */
import type { AttestationRow, Issuance } from '../database/attestations.ts';
import type { AttachmentRow, NewMessage } from '../database/messages.ts';
import type { AttestationType } from '../domain/attestation-type.ts';
import type { AuditEntry } from '../domain/evidence.ts';
import { expiryOf } from '../domain/message.ts';
import type { MadeDocument } from './document.ts';
import type { Services } from './services.ts';

/** A document that lies in the archive. */
export interface Stored extends MadeDocument {
  /** Of the object, which the document is encrypted in. */
  readonly objectSha256: Buffer;
}

/** What the register keeps of a document that is issued. */
export function issuanceOf({ pdf, objectSha256, pdfSha256, keyId, level }: Stored): Issuance {
  return { pdfSha256, objectSha256, pdfBytes: pdf.length, keyId, level };
}

/** The message that carries an attestation. */
export function messageOf(
  { catalogue }: Pick<Services, 'catalogue'>,
  { row, type }: { readonly row: AttestationRow; readonly type: AttestationType },
  issuedAt: Date,
  originalMessageId: string | undefined,
): NewMessage {
  return {
    messageId: row.messageId,
    personId: row.personId,
    messageTypeId: type.messageType.messageTypeId,
    senderOrganizationId: catalogue.issuer.enterpriseNumber,
    senderApplicationId: type.messageType.senderApplicationId,
    subject: type.texts[row.language].subject,
    language: row.language,
    attestationId: row.attestationId,
    originalMessageId,
    receivedAt: issuedAt,
    expiresAt: expiryOf(issuedAt, type.messageType.validity),
    idempotencyKey: row.attestationId,
    searchable: [row.number],
  };
}

/** The document as its message carries it. */
export function attachmentOf(
  { newId }: Pick<Services, 'newId'>,
  { number }: Pick<AttestationRow, 'number'>,
  { pdf, pdfSha256 }: Pick<Stored, 'pdf' | 'pdfSha256'>,
): AttachmentRow {
  return {
    attachmentId: newId(),
    position: 1,
    isMainContent: true,
    isSigned: true,
    fileName: `${number}.pdf`,
    mediaType: 'application/pdf',
    bytes: pdf.length,
    sha256: pdfSha256,
    objectKey: null,
  };
}

/** What the evidence log says of an attestation that is issued, and of the one whose place it takes. */
export function issuingEntries(
  row: Pick<AttestationRow, 'attestationId' | 'personId'>,
  { pdfSha256: digest }: Pick<Stored, 'pdfSha256'>,
  superseded: string | undefined,
): AuditEntry[] {
  const entry = {
    actor: { kind: 'service' as const, id: 'issue' },
    ground: 'duty' as const,
    personId: row.personId,
  };
  const issued = { action: 'attestation.issue' as const, object: row.attestationId, digest };
  if (superseded === undefined) return [{ ...entry, ...issued }];
  return [
    { ...entry, ...issued },
    { ...entry, action: 'attestation.supersede', object: superseded },
  ];
}
