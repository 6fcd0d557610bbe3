/** Step 4, tell: what happened is told to whom it concerns; the citizen hears of it in the next digest. */
import { findDeliberation } from '../database/deliberations.ts';
import { queueJob } from '../database/jobs.ts';
import { insertMailDue } from '../database/mails.ts';
import { findMessage } from '../database/messages.ts';
import { type Event, findEvent, markTold, type OutboxEvent } from '../database/outbox.ts';
import { findPerson } from '../database/persons.ts';
import { ServiceError } from '../errors.ts';
import { failpoint } from '../failpoint.ts';
import { commitLease, type Lease } from './lease.ts';
import type { Services } from './services.ts';

type TellServices = Pick<Services, 'database' | 'mailing' | 'log'>;

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

/** The next digest speaks of the message, where there is an address. Another registry tells of its own. */
async function tellCitizen(
  { database, mailing }: TellServices,
  lease: Lease,
  { outboxId, messageId, toldAt }: Told<'messagePublished'>,
): Promise<void> {
  await database.transaction(async (connection) => {
    await commitLease(connection, lease);
    await markTold(connection, outboxId);
    const message = toldAt === null ? await findMessage(connection, messageId) : undefined;
    const person = message && (await findPerson(connection, message.personId));
    if (!person?.email) return;
    const { personId } = person;
    if (!(await insertMailDue(connection, messageId, personId))) return;
    await queueJob(connection, {
      lane: 'tell',
      kind: 'digest',
      payload: { personId },
      dedupeKey: personId,
      delaySeconds: mailing.afterSeconds,
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
