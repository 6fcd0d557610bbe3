/** A message that was made sets out: it lies in our own registry, and on paper where nobody looks there; or in another. */
import type { Connection } from '../database/database.ts';
import { type Lane, queueJob } from '../database/jobs.ts';
import { insertPublished, insertReceipt } from '../database/messages.ts';
import { insertEvent, insertPublishedEvents } from '../database/outbox.ts';
import { listPersons } from '../database/person-sets.ts';
import { findPerson, type PersonRow } from '../database/persons.ts';
import { insertPrintItem, insertPrintItems } from '../database/print-items.ts';
import { insertRelay } from '../database/relays.ts';
import { eboxUseOf, printReasonOf } from '../domain/delivery.ts';
import type { Services } from './services.ts';

export type DeliverServices = Pick<Services, 'newId' | 'registry'>;

/** A message of the institution's own that stands in the register. */
export interface MadeMessage {
  readonly messageId: string;
  readonly personId: string;
  readonly receivedAt: Date;
  /** In which it was made, and in which it is published elsewhere. */
  readonly lane: Lane;
}

/** Delivers a message within the transaction that makes it; what is done outside is queued. */
export async function deliverMessage(
  services: DeliverServices,
  connection: Connection,
  { messageId, personId, receivedAt, lane }: MadeMessage,
): Promise<void> {
  if (services.registry !== undefined) {
    await insertRelay(connection, messageId);
    await queueJob(connection, { lane, kind: 'relay', payload: { messageId }, dedupeKey: messageId });
    return;
  }
  await recordPublished(services, connection, { messageId, personId, at: receivedAt });
  await insertEvent(connection, { kind: 'messagePublished', messageId });
}

/** Delivers messages as `deliverMessage` does each. */
export async function deliverMessages(
  services: DeliverServices,
  connection: Connection,
  messages: readonly MadeMessage[],
): Promise<void> {
  if (services.registry !== undefined) {
    for (const message of messages) await deliverMessage(services, connection, message);
    return;
  }
  await insertPublished(
    connection,
    messages.map(({ messageId, receivedAt }) => ({
      eventId: services.newId(),
      messageId,
      eventTime: receivedAt,
    })),
  );
  const found = await listPersons(connection, [...new Set(messages.map(({ personId }) => personId))]);
  const persons = new Map(found.map((person) => [person.namedId, person]));
  const printed = messages.flatMap(({ messageId, personId }) => {
    const person = persons.get(personId);
    const reason = reasonToPrint(person, undefined);
    return person === undefined || reason === undefined
      ? []
      : [{ messageId, personId: person.personId, reason }];
  });
  await insertPrintItems(connection, printed);
  await insertPublishedEvents(
    connection,
    messages.map(({ messageId }) => messageId),
  );
}

/** A message lies in a registry, which may know whether its recipient ever looks there. */
export async function recordPublished(
  { newId }: Pick<Services, 'newId'>,
  connection: Connection,
  message: {
    readonly messageId: string;
    readonly personId: string;
    readonly at: Date;
    readonly isDigitalUser?: boolean;
  },
): Promise<void> {
  const { messageId, at } = message;
  await insertReceipt(connection, { eventId: newId(), messageId, kind: 'published', eventTime: at });
  const person = await findPerson(connection, message.personId);
  const reason = reasonToPrint(person, message.isDigitalUser);
  if (person !== undefined && reason !== undefined)
    await insertPrintItem(connection, messageId, person.personId, reason);
}

function reasonToPrint(person: PersonRow | undefined, isDigitalUser: boolean | undefined) {
  if (person === undefined || person.erasedAt !== null) return undefined;
  return printReasonOf(eboxUseOf(person), isDigitalUser);
}

/** Keeps receipts of what became of a digest with each message that it spoke of. */
export async function recordNotification(
  { newId, clock }: Pick<Services, 'newId' | 'clock'>,
  connection: Connection,
  kind: 'notified' | 'notificationFailed',
  messages: readonly { readonly messageId: string }[],
): Promise<void> {
  for (const { messageId } of messages)
    await insertReceipt(connection, { eventId: newId(), messageId, kind, eventTime: clock() });
}
