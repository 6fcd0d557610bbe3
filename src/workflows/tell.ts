/** Step 4, tell: the citizen hears by e-mail that something is in the eBox, and nothing of what it is. */
import { insertAuditEntry } from '../database/audit.ts';
import { findDeliberation } from '../database/deliberations.ts';
import { findMessage, insertReceipt } from '../database/messages.ts';
import { type Event, findEvent, markTold, type OutboxEvent } from '../database/outbox.ts';
import { findPerson } from '../database/persons.ts';
import { ServiceError } from '../errors.ts';
import { failpoint } from '../failpoint.ts';
import { composeNotice } from '../mail/notice.ts';
import { commitLease, type Lease } from './lease.ts';
import type { Services } from './services.ts';

type TellServices = Pick<
  Services,
  'database' | 'catalogue' | 'mailer' | 'newId' | 'clock' | 'settings' | 'log'
>;

/** Tells one event and ends the job. */
export async function tellEvent(services: TellServices, lease: Lease, outboxId: string): Promise<void> {
  const event = await services.database.transaction((connection) => findEvent(connection, outboxId));
  if (event === undefined) throw new ServiceError('recordMissing', `event ${outboxId} is not in the outbox`);
  switch (event.kind) {
    case 'messagePublished':
      await tellCitizen(services, lease, event);
      break;
    case 'deliberationExpires':
      await tellOperator(services, lease, event);
      break;
  }
  await failpoint('tell.committed');
}

type Told<Kind extends Event['kind']> = OutboxEvent & { readonly kind: Kind };

/**
 * The mail has a Message-ID of its own that is the same on every try, so that a repeated one can be recognised; whether
 * a lost connection delivered it cannot be known (RFC 5321 §4.5.4.1).
 */
async function tellCitizen(
  services: TellServices,
  lease: Lease,
  event: Told<'messagePublished'>,
): Promise<void> {
  const message = await services.database.transaction((connection) =>
    findMessage(connection, event.messageId),
  );
  const person =
    message &&
    (await services.database.transaction((connection) => findPerson(connection, message.personId)));
  const email = event.toldAt === null ? person?.email : undefined;
  if (message && person && email) {
    const { issuer, noticeTexts } = services.catalogue;
    const notice = composeNotice(noticeTexts[message.language], {
      inboxUrl: `${services.settings.publicUrl}/inbox`,
      issuerName: issuer.name[message.language],
    });
    const host = new URL(services.settings.publicUrl).hostname;
    const to = { address: email, name: `${person.givenName} ${person.familyName}` };
    await services.mailer.send({ ...notice, to, messageId: `<${message.messageId}@${host}>` });
    await failpoint('tell.mailed');
  }
  await services.database.transaction(async (connection) => {
    await commitLease(connection, lease);
    await markTold(connection, event.outboxId);
    if (!message || !email) return;
    const { messageId, personId } = message;
    await insertReceipt(connection, {
      eventId: services.newId(),
      messageId,
      kind: 'notified',
      eventTime: services.clock(),
    });
    const actor = { kind: 'service' as const, id: 'tell' };
    await insertAuditEntry(connection, {
      actor,
      action: 'message.notify',
      ground: 'duty',
      personId,
      object: messageId,
    });
  });
}

/** One line for the operator. Struck between the line and the commit, it is written again, with the same names. */
async function tellOperator(
  { database, log }: TellServices,
  lease: Lease,
  { outboxId, toldAt, deliberationId, version }: Told<'deliberationExpires'>,
): Promise<void> {
  if (toldAt === null) {
    const row = await database.transaction((connection) =>
      findDeliberation(connection, undefined, deliberationId, version),
    );
    const { number, organization, validUntil } = row ?? {};
    log.warn(
      { deliberationId, version, number, organization, validUntil },
      'a deliberation is about to expire',
    );
  }
  await database.transaction(async (connection) => {
    await commitLease(connection, lease);
    await markTold(connection, outboxId);
  });
}
