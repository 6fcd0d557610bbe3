/**
 * A sender links a message to further recipients (contract 2.1, `linkMessage`): each gets it as their own, with receipts
 * of its own, under their own key, and nobody learns of the others.
 */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { openObject } from '../archive/envelope.ts';
import { fileKeyOf } from '../archive/object-key.ts';
import { spool } from '../archive/spool.ts';
import { isDuplicate } from '../database/database.ts';
import { findSentContent, hasMessage, type SentContent } from '../database/linked-messages.ts';
import type { AttachmentRow } from '../database/messages.ts';
import { findPersonBySsin } from '../database/persons.ts';
import { nameObjects } from '../database/publications.ts';
import type { Ssin } from '../domain/ssin.ts';
import type { MessageContent } from '../ebox/publication.ts';
import type { CitizenKey } from '../keys/vault.ts';
import { citizenKeyOf } from './declaration-key.ts';
import type { FixedPublication } from './fix-publication.ts';
import { openContent } from './message-content.ts';
import type { CheckedFile, PublishServices, PutContent } from './publish.ts';
import { putMessage } from './put-message.ts';
import type { SenderAccess } from './track.ts';

export interface LinkOutcome {
  readonly expiresAt: Date;
  /** In the order of the recipients: whether each has the message now. */
  readonly linked: readonly boolean[];
}

/**
 * Links a message to recipients, one after the other; what it returns is committed. Whoever has the message already,
 * the first recipient too, is left as they are: a resend ends what an interrupted one began. Undefined when there is no
 * such message of this sender, or it is no more.
 */
export async function linkMessage(
  services: PublishServices,
  access: SenderAccess,
  messageId: string,
  recipients: readonly (Ssin | undefined)[],
): Promise<LinkOutcome | undefined> {
  const { database, vault } = services;
  const source = await database.transaction((connection) =>
    findSentContent(connection, access.ground, messageId),
  );
  const type = source && services.catalogue.senders.messageTypes.get(source.messageTypeId);
  const application = type && services.catalogue.senders.applications.get(type.applicationId);
  if (source === undefined || type === undefined || application === undefined) return undefined;
  const key = vault.openCitizenKey(source.citizenKeyId, source.wrappedKey);
  const files: CheckedFile[] = [];
  try {
    for (const attachment of source.attachments) files.push(await takeFile(services, attachment, key));
    const publication = publicationOf(source, openContent(key, messageId, source.content));
    const checked = { type, publication, files };
    const linked: boolean[] = [];
    for (const ssin of recipients)
      linked.push(ssin !== undefined && (await linkOne(services, access, source, checked, ssin)));
    return { expiresAt: source.expiresAt, linked };
  } finally {
    await Promise.all(files.map(({ spooled }) => spooled.discard()));
  }
}

/** Puts a file by, so that it is fetched once for all recipients. */
async function takeFile(
  { archive }: PublishServices,
  { attachmentId, objectKey, ...attachment }: AttachmentRow,
  key: CitizenKey,
): Promise<CheckedFile> {
  if (objectKey === null) throw new Error('each file of a sender has an object');
  const file = openObject(await archive.fetch(objectKey), attachmentId, key);
  const spooled = await spool(Readable.from([file]), randomUUID());
  const { fileName, mediaType, sha256, isMainContent, isSigned } = attachment;
  return { fileName, mediaType, sha256, isMainContent, isSigned, spooled };
}

/** For whose attention it was is not for others. */
function publicationOf(
  source: SentContent,
  { attention: _attention, ...content }: MessageContent,
): PutContent['publication'] {
  const { subject, language, isBodyMain, isReplyAuthorized } = source;
  return { subject, language, isBodyMain, isReplyAuthorized, content };
}

/** Gives whether the recipient has the message now: false for somebody who is not known. */
async function linkOne(
  services: PublishServices,
  access: SenderAccess,
  source: SentContent,
  checked: PutContent,
  ssin: Ssin,
): Promise<boolean> {
  const fixed = await fixLink(services, source, checked, ssin);
  if (fixed === 'unknown') return false;
  if (fixed === 'linked') return true;
  await putMessage(services, access, checked, fixed).catch((error: unknown) => {
    // Another request that links the same was faster.
    if (!isDuplicate(error, 'message_linked')) throw error;
  });
  return true;
}

function fixLink(
  services: PublishServices,
  source: SentContent,
  { files }: PutContent,
  ssin: Ssin,
): Promise<FixedPublication | 'unknown' | 'linked'> {
  const { database, vault, newId, clock } = services;
  const receivedAt = clock();
  return database.transaction(async (connection) => {
    const person = await findPersonBySsin(connection, vault.lookUps(ssin));
    const citizen = person && (await citizenKeyOf(services, connection, person));
    if (person === undefined || citizen === undefined) return 'unknown';
    if (await hasMessage(connection, source.messageId, person.personId)) return 'linked';
    const places = files.map(() => {
      const attachmentId = newId();
      return { attachmentId, objectKey: fileKeyOf(attachmentId, receivedAt) };
    });
    const objectKeys = places.map(({ objectKey }) => objectKey);
    if (objectKeys.length > 0) await nameObjects(connection, objectKeys);
    return {
      kind: 'fixed',
      messageId: newId(),
      personId: person.personId,
      hasDigitalUser: person.hasEbox,
      citizenKeyId: citizen.citizenKeyId,
      citizenKey: citizen.key,
      originalMessageId: undefined,
      linkedTo: source.messageId,
      receivedAt,
      expiresAt: source.expiresAt,
      key: undefined,
      files: places,
    };
  });
}
