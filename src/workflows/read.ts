/** Step 5, read: persons list and open what is in their eBox; the first reading of the main content is a receipt. */
import { openObject } from '../archive/envelope.ts';
import { findDocument } from '../database/attestation-reads.ts';
import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import {
  countMessages,
  findInboxMessage as findMessage,
  listAttachments,
  listMessages,
  type MessageFilter,
} from '../database/inbox.ts';
import { type AttachmentRow, insertReceipt, type MessageRow } from '../database/messages.ts';
import type { Actor, AuditAction } from '../domain/evidence.ts';
import type { Ground, MandateGround } from '../domain/ground.ts';
import { ServiceError } from '../errors.ts';
import { failpoint } from '../failpoint.ts';
import type { Services } from './services.ts';

/** Who reads, and why they may. */
export interface Reader {
  readonly actor: Actor;
  readonly ground: (Ground & { readonly kind: 'ownData' }) | MandateGround;
  /** Whose data it is: the reader's own, or of whom they act for. */
  readonly subjectId: string;
  readonly traceId?: string;
}

export interface EboxMessage extends MessageRow {
  readonly attachments: readonly AttachmentRow[];
}

export interface MessagePage {
  readonly messages: readonly EboxMessage[];
  readonly total: number;
  readonly unread: number;
}

/** Lists a page of the reader's messages, newest first. Listing is not reading. */
export async function listInbox(
  { database }: Pick<Services, 'database'>,
  reader: Reader,
  filter: MessageFilter,
  page: { readonly size: number; readonly offset: number },
): Promise<MessagePage> {
  return database.transaction(async (connection) => {
    const rows = await listMessages(connection, reader.ground, filter, page);
    const attachments = await listAttachments(
      connection,
      reader.ground,
      rows.map(({ messageId }) => messageId),
    );
    const counts = await countMessages(connection, reader.ground, filter);
    await recordReading(connection, reader, 'message.list');
    const messages = rows.map((row) => ({
      ...row,
      attachments: attachments.filter(({ messageId }) => messageId === row.messageId),
    }));
    return { messages, ...counts };
  });
}

/** Finds one message of the reader; undefined for one that is not theirs, as for one that is not there. */
export async function findInboxMessage(
  { database }: Pick<Services, 'database'>,
  reader: Reader,
  messageId: string,
): Promise<EboxMessage | undefined> {
  return database.transaction(async (connection) => {
    const message = await findWithAttachments(connection, reader, messageId);
    if (message !== undefined) await recordReading(connection, reader, 'message.consult', messageId);
    return message;
  });
}

/** Which bytes of which attachment are asked for. */
export interface ContentRequest {
  readonly messageId: string;
  readonly attachmentId: string;
  /** The first byte asked for; 0 for the whole. */
  readonly firstByte: number;
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
  const { attachment, attestationId, citizenKey } = found;
  if (asked.firstByte >= attachment.bytes) return { kind: 'beyondEnd', length: attachment.bytes };
  const bytes = openObject(await services.archive.fetch(found.objectKey), attestationId, citizenKey);
  const isStillCovered = await services.database.transaction(async (connection) => {
    // A mandate may have been revoked while the archive was asked.
    if ((await findMessage(connection, reader.ground, asked.messageId)) === undefined) return false;
    await recordReading(connection, reader, 'message.read', asked.messageId, attachment.sha256);
    if (asked.firstByte > 0 || !attachment.isMainContent) return true;
    await insertReceipt(connection, {
      eventId: services.newId(),
      messageId: asked.messageId,
      kind: 'read',
      eventTime: services.clock(),
    });
    return true;
  });
  if (!isStillCovered) return undefined;
  await failpoint('read.committed');
  return { kind: 'content', fileName: attachment.fileName, mediaType: attachment.mediaType, bytes };
}

async function locateContent(
  { vault }: Pick<Services, 'vault'>,
  connection: Connection,
  reader: Reader,
  { messageId, attachmentId }: ContentRequest,
) {
  const message = await findWithAttachments(connection, reader, messageId);
  const attachment = message?.attachments.find((one) => one.attachmentId === attachmentId);
  if (!message?.attestationId || !attachment) return undefined;
  const document = await findDocument(connection, reader.ground, message.attestationId);
  if (!document?.wrappedKey) {
    throw new ServiceError('recordMissing', `the content of message ${messageId} was erased`);
  }
  const { attestationId, objectKey, citizenKeyId, wrappedKey } = document;
  return {
    attachment,
    attestationId,
    objectKey,
    citizenKey: vault.openCitizenKey(citizenKeyId, wrappedKey),
  };
}

async function findWithAttachments(
  connection: Connection,
  reader: Reader,
  messageId: string,
): Promise<EboxMessage | undefined> {
  const row = await findMessage(connection, reader.ground, messageId);
  return row && { ...row, attachments: await listAttachments(connection, reader.ground, [messageId]) };
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
