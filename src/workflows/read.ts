/** Step 5, read: persons list and open what is in their eBox; the first reading of the main content is a receipt. */
import { openObject } from '../archive/envelope.ts';
import { findAttestation } from '../database/attestations.ts';
import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import {
  type AttachmentRow,
  countMessages,
  findOwnMessage,
  insertReceipt,
  listAttachments,
  listMessages,
  type MessageFilter,
  type MessageRow,
} from '../database/messages.ts';
import { findCitizenKey, listAliases } from '../database/persons.ts';
import type { Actor, AuditAction } from '../domain/evidence.ts';
import type { Ground } from '../domain/ground.ts';
import { ServiceError } from '../errors.ts';
import { failpoint } from '../failpoint.ts';
import type { Services } from './services.ts';

/** Who reads, and why they may. */
export interface Reader {
  readonly actor: Actor;
  readonly ground: Ground & { readonly kind: 'ownData' };
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
    const aliases = await listAliases(connection, reader.ground.personId);
    const rows = await listMessages(connection, aliases, filter, page);
    const attachments = await listAttachments(
      connection,
      rows.map(({ messageId }) => messageId),
    );
    const counts = await countMessages(connection, aliases, filter);
    await audit(connection, reader, 'message.list');
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
    if (message !== undefined) await audit(connection, reader, 'message.consult', messageId);
    return message;
  });
}

export interface Content {
  readonly fileName: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/**
 * Hands over an attachment. When it is the main content and asked for from its first byte (`isReading`), the message
 * becomes read: once, and committed before this returns, so before the first byte leaves.
 * Throws `archiveUnavailable`; then nothing was handed over and nothing became read.
 */
export async function readContent(
  services: Pick<Services, 'database' | 'vault' | 'archive' | 'newId' | 'clock'>,
  reader: Reader,
  messageId: string,
  attachmentId: string,
  isReading: boolean,
): Promise<Content | undefined> {
  const found = await services.database.transaction((connection) =>
    locateContent(services, connection, reader, messageId, attachmentId),
  );
  if (found === undefined) return undefined;
  const bytes = openObject(
    await services.archive.fetch(found.objectKey),
    found.attestationId,
    found.citizenKey,
  );
  await services.database.transaction(async (connection) => {
    await audit(connection, reader, 'message.read', messageId);
    if (!isReading || !found.attachment.isMainContent) return;
    await insertReceipt(connection, {
      eventId: services.newId(),
      messageId,
      kind: 'read',
      eventTime: services.clock(),
    });
  });
  await failpoint('read.committed');
  return { fileName: found.attachment.fileName, mediaType: found.attachment.mediaType, bytes };
}

async function locateContent(
  { vault }: Pick<Services, 'vault'>,
  connection: Connection,
  reader: Reader,
  messageId: string,
  attachmentId: string,
) {
  const message = await findWithAttachments(connection, reader, messageId);
  const attachment = message?.attachments.find((one) => one.attachmentId === attachmentId);
  if (!message?.attestationId || !attachment) return undefined;
  const attestation = await findAttestation(connection, message.attestationId);
  const key = attestation && (await findCitizenKey(connection, attestation.citizenKeyId));
  if (!attestation || !key) {
    throw new ServiceError('recordMissing', `the content of message ${messageId} was erased`);
  }
  const { attestationId, objectKey } = attestation;
  return {
    attachment,
    attestationId,
    objectKey,
    citizenKey: vault.openCitizenKey(key.citizenKeyId, key.wrappedKey),
  };
}

async function findWithAttachments(
  connection: Connection,
  reader: Reader,
  messageId: string,
): Promise<EboxMessage | undefined> {
  const aliases = await listAliases(connection, reader.ground.personId);
  const row = await findOwnMessage(connection, aliases, messageId);
  return row && { ...row, attachments: await listAttachments(connection, [messageId]) };
}

function audit(connection: Connection, reader: Reader, action: AuditAction, object?: string): Promise<void> {
  return insertAuditEntry(connection, {
    actor: reader.actor,
    action,
    ground: reader.ground.kind,
    personId: reader.ground.personId,
    ...(object !== undefined && { object }),
    ...(reader.traceId !== undefined && { traceId: reader.traceId }),
  });
}
