/** Stores the files of a publication and puts the message into the eBox: all of it, or nothing that stays. */
import { createHash } from 'node:crypto';
import { wrapObject } from '../archive/envelope.ts';
import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import { insertAttachment, insertMessage, insertReceipt } from '../database/messages.ts';
import { insertEvent } from '../database/outbox.ts';
import {
  abandonNamed,
  adoptObjects,
  claimKey,
  forgetObjects,
  holdCitizenKey,
  insertContent,
  settleKey,
} from '../database/publications.ts';
import { PublicationRefusal } from '../ebox/publication.ts';
import { describeError, ServiceError } from '../errors.ts';
import { failpoint } from '../failpoint.ts';
import type { FixedPublication } from './fix-publication.ts';
import { sealContent } from './message-content.ts';
import type { PublishOutcome, PublishServices, PutContent } from './publish.ts';
import type { SenderAccess } from './track.ts';

/** Puts a message into the eBox. What fails leaves nothing: neither a row nor an object. */
export async function putMessage(
  services: PublishServices,
  access: SenderAccess,
  checked: PutContent,
  fixed: FixedPublication,
): Promise<PublishOutcome> {
  let outcome: PublishOutcome | undefined;
  try {
    await storeFiles(services, checked, fixed);
    await failpoint('publish.stored');
    outcome = await services.database.transaction((connection) =>
      insertPublication(services, connection, access, checked, fixed),
    );
    return outcome;
  } finally {
    if (outcome?.kind !== 'published') await removeFiles(services, fixed);
  }
}

/** One after the other, so that one file of a message at a time is in memory. */
async function storeFiles(
  { archive }: PublishServices,
  { files }: PutContent,
  { files: places, citizenKeyId, citizenKey }: FixedPublication,
): Promise<void> {
  for (const [at, { spooled }] of files.entries()) {
    const place = places[at];
    if (place === undefined) throw new Error('each file was given its place');
    const ids = { documentId: place.attachmentId, citizenKeyId };
    await spooled.open((file) => {
      const object = wrapObject(file, ids, citizenKey);
      return archive.store(place.objectKey, object, createHash('sha256').update(object).digest());
    });
  }
}

/**
 * What cannot be removed now is found by `sweepObjects`: it stands in the table until it is gone. What a message adopted
 * stands there no more: a commit whose answer was lost was done all the same.
 */
async function removeFiles(
  { archive, database, log }: PublishServices,
  { files }: FixedPublication,
): Promise<void> {
  try {
    const keys = await database.transaction((connection) =>
      abandonNamed(
        connection,
        files.map(({ objectKey }) => objectKey),
      ),
    );
    for (const key of keys) await archive.remove(key);
    await database.transaction((connection) => forgetObjects(connection, keys));
  } catch (error) {
    log.warn({ reason: describeError(error) }, 'files of a message that was not published are removed later');
  }
}

async function insertPublication(
  services: PublishServices,
  connection: Connection,
  access: SenderAccess,
  checked: PutContent,
  fixed: FixedPublication,
): Promise<PublishOutcome> {
  const { key, messageId, citizenKeyId, expiresAt, hasDigitalUser } = fixed;
  // Another try with the same key may have been faster.
  if (key !== undefined && !(await settleKey(connection, key, key.fingerprint))) {
    const first = await claimKey(connection, key, { messageId, fingerprint: key.fingerprint });
    return { kind: 'alreadyPublished', messageId, isSame: first.fingerprint.equals(key.fingerprint) };
  }
  if (!(await holdCitizenKey(connection, citizenKeyId)))
    throw new PublicationRefusal('INVALID_INPUT', 'recipient: no citizen with this number is known');
  const keys = fixed.files.map(({ objectKey }) => objectKey);
  if (!(await adoptObjects(connection, keys)))
    throw new ServiceError('archiveUnavailable', 'storing the files of a message took too long');
  await insertRows(connection, checked, fixed);
  await insertReceipt(connection, {
    eventId: services.newId(),
    messageId,
    kind: 'published',
    eventTime: fixed.receivedAt,
  });
  const main = checked.files.find(({ isMainContent }) => isMainContent);
  await insertAuditEntry(connection, {
    actor: access.actor,
    action: 'message.publish',
    ground: access.ground.kind,
    personId: fixed.personId,
    object: messageId,
    ...(main && { digest: main.sha256 }),
    ...(access.traceId !== undefined && { traceId: access.traceId }),
  });
  await insertEvent(connection, { kind: 'messagePublished', messageId });
  return { kind: 'published', messageId, expiresAt, hasDigitalUser };
}

async function insertRows(
  connection: Connection,
  { publication, type, files }: PutContent,
  fixed: FixedPublication,
): Promise<void> {
  const { messageId, citizenKeyId, citizenKey, key } = fixed;
  await insertMessage(connection, {
    messageId,
    personId: fixed.personId,
    messageTypeId: type.messageTypeId,
    senderOrganizationId: type.organizationId,
    senderApplicationId: type.applicationId,
    subject: publication.subject,
    language: publication.language,
    attestationId: null,
    originalMessageId: fixed.originalMessageId,
    linkedTo: fixed.linkedTo,
    receivedAt: fixed.receivedAt,
    expiresAt: fixed.expiresAt,
    idempotencyKey: key === undefined ? messageId : `key:${key.keyHmac.toString('hex')}`,
    searchable: files.map(({ fileName }) => fileName),
    isBodyMain: publication.isBodyMain,
    isReplyAuthorized: publication.isReplyAuthorized,
  });
  for (const [at, { spooled, ...file }] of files.entries()) {
    const place = fixed.files[at];
    if (place !== undefined)
      await insertAttachment(connection, messageId, {
        ...file,
        ...place,
        position: at + 1,
        bytes: spooled.bytes,
      });
  }
  const content = sealContent(citizenKey, messageId, publication.content);
  await insertContent(connection, { messageId, citizenKeyId, content });
}
