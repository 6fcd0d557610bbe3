/** Fixes everything about a publication before anything is done with it: recipient, key, ids, and the objects to be stored. */
import { fileKeyOf } from '../archive/object-key.ts';
import type { Connection } from '../database/database.ts';
import { listSentMessages } from '../database/messages.ts';
import { findPerson, findPersonBySsin, type PersonRow } from '../database/persons.ts';
import { claimKey, nameObjects, type PublicationKey } from '../database/publications.ts';
import { isUuid } from '../domain/identifier.ts';
import { expiryOf } from '../domain/message.ts';
import { brusselsDate } from '../domain/period.ts';
import { parseSsin } from '../domain/ssin.ts';
import { PublicationRefusal } from '../ebox/publication.ts';
import type { CitizenKey } from '../keys/vault.ts';
import { citizenKeyOf } from './declaration-key.ts';
import type { CheckedPublication, PublishOutcome, PublishServices } from './publish.ts';
import type { SenderAccess } from './track.ts';

/** A key with the keyed hash of what was sent by it. */
export interface SentKey extends PublicationKey {
  readonly fingerprint: Buffer;
}

/** Where a file is going to lie. */
export interface FixedFile {
  readonly attachmentId: string;
  readonly objectKey: string;
}

export interface FixedPublication {
  readonly kind: 'fixed';
  readonly messageId: string;
  readonly personId: string;
  readonly hasDigitalUser: boolean;
  readonly citizenKeyId: string;
  readonly citizenKey: CitizenKey;
  readonly originalMessageId: string | undefined;
  /** The message that the recipient is given too. */
  readonly linkedTo?: string;
  readonly receivedAt: Date;
  readonly expiresAt: Date;
  readonly key: SentKey | undefined;
  /** In the order of the checked files. */
  readonly files: readonly FixedFile[];
}

type Known = PublishOutcome & { readonly kind: 'alreadyPublished' };

/** Fixes a publication; throws `PublicationRefusal` for a recipient or an original message that is not there. */
export async function fixPublication(
  services: PublishServices,
  access: SenderAccess,
  checked: CheckedPublication,
  key: SentKey | undefined,
): Promise<FixedPublication | Known> {
  const { newId, clock } = services;
  const receivedAt = clock();
  const fresh = newId();
  const files = checked.files.map((): FixedFile => {
    const attachmentId = newId();
    return { attachmentId, objectKey: fileKeyOf(attachmentId, receivedAt) };
  });
  return services.database.transaction(async (connection) => {
    const claimed =
      key && (await claimKey(connection, key, { messageId: fresh, fingerprint: key.fingerprint }));
    if (key !== undefined && claimed?.isPublished === true) {
      const isSame = claimed.fingerprint.equals(key.fingerprint);
      return { kind: 'alreadyPublished' as const, messageId: claimed.messageId, isSame };
    }
    const person = await findRecipient(services, connection, checked);
    const citizen = person && (await citizenKeyOf(services, connection, person));
    if (person === undefined || citizen === undefined)
      throw new PublicationRefusal('INVALID_INPUT', 'recipient: no citizen with this number is known');
    const original = await findOriginal(connection, access, checked, person);
    if (files.length > 0)
      await nameObjects(
        connection,
        files.map(({ objectKey }) => objectKey),
      );
    return {
      kind: 'fixed' as const,
      messageId: claimed?.messageId ?? fresh,
      personId: person.personId,
      hasDigitalUser: person.hasEbox,
      citizenKeyId: citizen.citizenKeyId,
      citizenKey: citizen.key,
      originalMessageId: original,
      receivedAt,
      expiresAt: expiryOf(receivedAt, checked.type.validity),
      key,
      files,
    };
  });
}

/** Finds the recipient under any number they had. */
async function findRecipient(
  { vault, clock }: PublishServices,
  connection: Connection,
  { publication }: CheckedPublication,
): Promise<PersonRow | undefined> {
  const ssin = parseSsin(publication.recipient.value, brusselsDate(clock()));
  if (ssin === undefined) throw new PublicationRefusal('INVALID_INPUT', 'recipient: the number is no SSIN');
  return findPersonBySsin(connection, vault.lookUps(ssin));
}

/** A message can go back to one of the same sender to the same recipient alone. */
async function findOriginal(
  connection: Connection,
  { ground }: SenderAccess,
  { publication: { originalMessageId } }: CheckedPublication,
  person: PersonRow,
): Promise<string | undefined> {
  if (originalMessageId === undefined) return undefined;
  const [row] = isUuid(originalMessageId)
    ? await listSentMessages(connection, ground, [originalMessageId])
    : [];
  const recipient = row && (await findPerson(connection, row.personId));
  if (recipient?.personId === person.personId) return originalMessageId;
  throw new PublicationRefusal(
    'INVALID_INPUT',
    'originalMessageId: there is no such message of this sender to this recipient',
  );
}
