/** Step 4, tell: the citizen hears by e-mail that something is in the eBox, and nothing of what it is. */
import { insertAuditEntry } from '../database/audit.ts';
import { findMessage, insertReceipt } from '../database/messages.ts';
import { findEvent, markTold } from '../database/outbox.ts';
import { findPerson } from '../database/persons.ts';
import { failpoint } from '../failpoint.ts';
import { composeNotice } from '../mail/notice.ts';
import { commitLease, type Lease } from './lease.ts';
import type { Services } from './services.ts';

type TellServices = Pick<Services, 'database' | 'catalogue' | 'mailer' | 'newId' | 'clock' | 'settings'>;

/**
 * Tells one event and ends the job. The mail has a Message-ID of its own that is the same on every try, so that a
 * repeated one can be recognised; whether a lost connection delivered it cannot be known (RFC 5321 §4.5.4.1).
 */
export async function tellEvent(services: TellServices, lease: Lease, outboxId: string): Promise<void> {
  const event = await services.database.transaction((connection) => findEvent(connection, outboxId));
  const message =
    event && (await services.database.transaction((connection) => findMessage(connection, event.messageId)));
  const person =
    message &&
    (await services.database.transaction((connection) => findPerson(connection, message.personId)));
  const email = event?.toldAt === null ? person?.email : undefined;
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
    await markTold(connection, outboxId);
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
  await failpoint('tell.committed');
}
