/** A sender follows its messages to the person, and prints what has to go on paper. */
import { openObject } from '../archive/envelope.ts';
import { type DeliveryRow, findMessageDocument, listDeliveries } from '../database/arrivals.ts';
import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import { insertReceipt } from '../database/messages.ts';
import { findPerson, findPersonBySsin, listAliases } from '../database/persons.ts';
import {
  findPrintItem,
  listPrintItems,
  markFetched,
  markPrinted,
  type PrintItemRow,
} from '../database/print-items.ts';
import type { AuditAction } from '../domain/evidence.ts';
import type { Ssin } from '../domain/ssin.ts';
import { failpoint } from '../failpoint.ts';
import type { Services } from './services.ts';
import type { SenderAccess } from './track.ts';

export type { DeliveryRow, PrintItemRow };

const LISTED_DELIVERIES = 100;

/** Tells the sender how its last messages reached a person; none for somebody whom it sent nothing. */
export async function followDeliveries(
  { database, vault }: Pick<Services, 'database' | 'vault'>,
  access: SenderAccess,
  ssin: Ssin,
): Promise<readonly DeliveryRow[]> {
  return database.transaction(async (connection) => {
    const person = await findPersonBySsin(connection, vault.lookUps(ssin));
    if (person === undefined) return [];
    const personIds = await listAliases(connection, person.personId);
    const deliveries = await listDeliveries(connection, access.ground, personIds, LISTED_DELIVERIES);
    if (deliveries.length > 0) await record(connection, access, 'message.track', person.personId);
    return deliveries;
  });
}

/** Lists what the sender has to print: no word of whom it is for, so nothing of a person is told. */
export function listToPrint(
  { database }: Pick<Services, 'database'>,
  access: SenderAccess,
  after: string | undefined,
  limit: number,
): Promise<readonly PrintItemRow[]> {
  return database.transaction((connection) => listPrintItems(connection, access.ground, after, limit));
}

/** An item with whom it goes to. */
export interface AddressedItem extends PrintItemRow {
  readonly recipient: { readonly ssin: string; readonly familyName: string; readonly givenName: string };
}

/** Finds one item with its recipient; undefined for another sender's, or somebody erased. */
export async function addressPrintItem(
  { database, vault }: Pick<Services, 'database' | 'vault'>,
  access: SenderAccess,
  messageId: string,
): Promise<AddressedItem | undefined> {
  return database.transaction(async (connection) => {
    const item = await findPrintItem(connection, access.ground, messageId);
    const person = item && (await findPerson(connection, item.personId));
    if (item === undefined || person === undefined || person.erasedAt !== null) return undefined;
    await record(connection, access, 'message.deliver', person.personId, messageId);
    const { familyName, givenName } = person;
    const ssin = vault.open(person.ssinCiphertext, 'ssin').toString('utf8');
    return { ...item, recipient: { ssin, familyName, givenName } };
  });
}

/** Hands over the document of an item to be printed; that is not reading it. Throws `archiveUnavailable`. */
export async function fetchToPrint(
  services: Pick<Services, 'database' | 'vault' | 'archive'>,
  access: SenderAccess,
  messageId: string,
): Promise<{ readonly fileName: string; readonly bytes: Buffer } | undefined> {
  const { database, vault, archive } = services;
  const located = await database.transaction(async (connection) => {
    const item = await findPrintItem(connection, access.ground, messageId);
    const document = item && (await findMessageDocument(connection, access.ground, messageId));
    return item && document?.wrappedKey
      ? { item, document, key: vault.openCitizenKey(document.citizenKeyId, document.wrappedKey) }
      : undefined;
  });
  if (located === undefined) return undefined;
  const { item, document, key } = located;
  const bytes = openObject(await archive.fetch(document.objectKey), document.attestationId, key);
  await database.transaction(async (connection) => {
    await markFetched(connection, messageId);
    await record(connection, access, 'message.deliver', item.personId, messageId, item.sha256);
  });
  return { fileName: item.fileName, bytes };
}

/** Says that an item left on paper; twice is once. Gives the item as it stands then. */
export async function recordPrinting(
  { database, newId, clock }: Pick<Services, 'database' | 'newId' | 'clock'>,
  access: SenderAccess,
  messageId: string,
): Promise<PrintItemRow | undefined> {
  const item = await database.transaction(async (connection) => {
    const found = await findPrintItem(connection, access.ground, messageId);
    if (found === undefined) return undefined;
    if (await markPrinted(connection, messageId, access.actor.id)) {
      await insertReceipt(connection, { eventId: newId(), messageId, kind: 'printed', eventTime: clock() });
      await record(connection, access, 'message.print', found.personId, messageId, found.sha256);
    }
    return findPrintItem(connection, access.ground, messageId);
  });
  await failpoint('deliveries.printed');
  return item;
}

function record(
  connection: Connection,
  { actor, ground, traceId }: SenderAccess,
  action: AuditAction,
  personId: string,
  object?: string,
  digest?: Buffer,
): Promise<void> {
  return insertAuditEntry(connection, {
    actor,
    action,
    ground: ground.kind,
    personId,
    ...(object !== undefined && { object }),
    ...(digest !== undefined && { digest }),
    ...(traceId !== undefined && { traceId }),
  });
}
