/** Step 5, read: persons open what is in their eBox; the first reading of the main content is a receipt. */
import { openObject } from '../archive/envelope.ts';
import { findDocument } from '../database/attestation-reads.ts';
import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import { findInboxMessage as findMessage, listAttachments, listContents } from '../database/inbox.ts';
import { type AttachmentRow, insertReceipt, type MessageRow } from '../database/messages.ts';
import type { Actor, AuditAction } from '../domain/evidence.ts';
import type { Ground, MandateGround } from '../domain/ground.ts';
import type { DocumentLanguage } from '../domain/language.ts';
import { ServiceError } from '../errors.ts';
import { failpoint } from '../failpoint.ts';
import { openContents } from './message-content.ts';
import type { Services } from './services.ts';

/** Who reads, and why they may. */
export interface Reader {
  readonly actor: Actor;
  readonly ground: (Ground & { readonly kind: 'ownData' }) | MandateGround;
  /** Whose data it is: the reader's own, or of whom they act for. */
  readonly subjectId: string;
  readonly traceId?: string;
}

/** The text of a message, in its language. */
export interface MessageBody {
  readonly language: DocumentLanguage;
  readonly text: string;
}

/**
 * Hands over the body of a message; undefined for one that has none, as for one that is not the reader's. When it is the
 * main content, the message becomes read before this returns.
 */
export async function readBody(
  services: Pick<Services, 'database' | 'vault' | 'newId' | 'clock'>,
  reader: Reader,
  messageId: string,
): Promise<MessageBody | undefined> {
  const body = await services.database.transaction(async (connection) => {
    const row = await findMessage(connection, reader.ground, messageId);
    const content = await openContents(services, connection, reader.ground, [messageId]);
    const text = content.get(messageId)?.body;
    if (row === undefined || text === undefined) return undefined;
    await recordReading(connection, reader, 'message.read', messageId);
    if (row.isBodyMain) await insertReading(services, connection, messageId);
    return { language: row.language, text };
  });
  await failpoint('read.committed');
  return body;
}

function insertReading(
  { newId, clock }: Pick<Services, 'newId' | 'clock'>,
  connection: Connection,
  messageId: string,
): Promise<boolean> {
  return insertReceipt(connection, { eventId: newId(), messageId, kind: 'read', eventTime: clock() });
}

/** Which bytes of which attachment are asked for. */
export interface ContentRequest {
  readonly messageId: string;
  readonly attachmentId: string;
  /** The first byte asked for; 0 for the whole. */
  readonly firstByte: number;
  /** Only if it is a document that we made; what others sent is then as good as not there. */
  readonly isOurs?: true;
}

/** The whole attachment, or the news that it ends before the first byte asked for. */
export type Content =
  | {
      readonly kind: 'content';
      readonly fileName: string;
      readonly mediaType: string;
      readonly bytes: Buffer;
    }
  | { readonly kind: 'beyondEnd'; readonly length: number };

/**
 * Hands over an attachment; undefined for one of a message that is not the reader's, as for one that is not there.
 * When it is the main content and asked for from its first byte, the message becomes read: once, and committed before
 * this returns, so before the first byte leaves.
 * Throws `archiveUnavailable`; then nothing was handed over and nothing became read.
 */
export async function readContent(
  services: Pick<Services, 'database' | 'vault' | 'archive' | 'newId' | 'clock'>,
  reader: Reader,
  asked: ContentRequest,
): Promise<Content | undefined> {
  const found = await services.database.transaction((connection) =>
    locateContent(services, connection, reader, asked),
  );
  if (found === undefined) return undefined;
  const { attachment, documentId, citizenKey } = found;
  if (asked.firstByte >= attachment.bytes) return { kind: 'beyondEnd', length: attachment.bytes };
  const bytes = openObject(await services.archive.fetch(found.objectKey), documentId, citizenKey);
  const isStillCovered = await services.database.transaction(async (connection) => {
    // A mandate may have been revoked while the archive was asked.
    if ((await findMessage(connection, reader.ground, asked.messageId)) === undefined) return false;
    await recordReading(connection, reader, 'message.read', asked.messageId, attachment.sha256);
    if (asked.firstByte > 0 || !attachment.isMainContent) return true;
    await insertReading(services, connection, asked.messageId);
    return true;
  });
  if (!isStillCovered) return undefined;
  await failpoint('read.committed');
  return { kind: 'content', fileName: attachment.fileName, mediaType: attachment.mediaType, bytes };
}

async function locateContent(
  { vault }: Pick<Services, 'vault'>,
  connection: Connection,
  { ground }: Reader,
  { messageId, attachmentId, isOurs }: ContentRequest,
) {
  const message = await findMessage(connection, ground, messageId);
  const attachments = message ? await listAttachments(connection, ground, [messageId]) : [];
  const attachment = attachments.find((one) => one.attachmentId === attachmentId);
  if (message === undefined || attachment === undefined) return undefined;
  if (isOurs === true && attachment.objectKey !== null) return undefined;
  const stored = await findStored(connection, ground, message, attachment);
  if (stored === undefined) return undefined;
  const { documentId, objectKey, citizenKeyId, wrappedKey } = stored;
  if (wrappedKey === null)
    throw new ServiceError('recordMissing', `the content of message ${messageId} was erased`);
  return { attachment, documentId, objectKey, citizenKey: vault.openCitizenKey(citizenKeyId, wrappedKey) };
}

/** Where an attachment lies and what opens it: a file of its own, or the document of the attestation. */
async function findStored(
  connection: Connection,
  ground: Reader['ground'],
  { messageId, attestationId }: MessageRow,
  { attachmentId, objectKey }: AttachmentRow,
) {
  if (objectKey !== null) {
    const [content] = await listContents(connection, ground, [messageId]);
    return content && { ...content, documentId: attachmentId, objectKey };
  }
  const document = attestationId === null ? undefined : await findDocument(connection, ground, attestationId);
  return document && { ...document, documentId: document.attestationId };
}

/** Writes into evidence what a person did in an eBox: their own, or that of whom they act for. */
export function recordReading(
  connection: Connection,
  reader: Reader,
  action: AuditAction,
  object?: string,
  digest?: Buffer,
): Promise<void> {
  return insertAuditEntry(connection, {
    actor: reader.actor,
    action,
    ground: reader.ground.kind,
    personId: reader.subjectId,
    ...(reader.ground.kind === 'mandate' && {
      groundId: reader.ground.mandateId,
      represented: reader.subjectId,
    }),
    ...(object !== undefined && { object }),
    ...(digest !== undefined && { digest }),
    ...(reader.traceId !== undefined && { traceId: reader.traceId }),
  });
}
