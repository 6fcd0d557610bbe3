/** Senders say where they want to be told, see what was delivered, have it delivered again, and read their feed. */
import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import { type DeliveryRow, listDeliveries, repeatDelivery } from '../database/deliveries.ts';
import { listSenderEvents } from '../database/sender-events.ts';
import {
  countSubscriptions,
  endSubscription,
  findOwnSubscription,
  insertSubscription,
  listSubscriptions,
  renewSecret,
  type SubscriptionRow,
} from '../database/subscriptions.ts';
import type { AuditAction } from '../domain/evidence.ts';
import type { SenderEvent } from '../domain/sender-event.ts';
import type { Vault } from '../keys/vault.ts';
import { isInstitution, type OrganizationAccess } from './institution.ts';
import type { Services } from './services.ts';
import type { SenderAccess } from './track.ts';

export type { DeliveryRow, SenderEvent, SubscriptionRow };

type SubscribeServices = Pick<
  Services,
  'database' | 'catalogue' | 'vault' | 'webhooks' | 'newId' | 'settings'
>;

/** An organisation needs one or two; more would be a way to have us call many places. */
const MOST_SUBSCRIPTIONS = 10;

export type NewSubscription = Pick<SubscriptionRow, 'url' | 'format' | 'kinds'>;

export type SubscribeOutcome =
  | { readonly kind: 'subscribed'; readonly subscription: SubscriptionRow; readonly secret: Buffer }
  | {
      readonly kind: 'faulty';
      readonly fault: NonNullable<ReturnType<Services['webhooks']['faultOf']>> | 'formatOff' | 'tooMany';
    };

/** Adds a subscription; its secret is told now, and can be changed later. */
export async function subscribe(
  services: SubscribeServices,
  access: OrganizationAccess,
  { url, format, kinds }: NewSubscription,
): Promise<SubscribeOutcome> {
  const { database, vault, webhooks, newId, settings } = services;
  const fault = webhooks.faultOf(url);
  if (fault !== undefined) return { kind: 'faulty', fault };
  // It tells of the messages of all senders, so it is the institution's own.
  if (format === 'federation' && !(settings.federationEvents === true && isInstitution(services, access)))
    return { kind: 'faulty', fault: 'formatOff' };
  const { actor, organization } = access;
  return database.transaction(async (connection): Promise<SubscribeOutcome> => {
    if ((await countSubscriptions(connection, organization)) >= MOST_SUBSCRIPTIONS)
      return { kind: 'faulty', fault: 'tooMany' };
    const subscriptionId = newId();
    await insertSubscription(connection, {
      subscriptionId,
      organization,
      url,
      format,
      kinds,
      createdBy: actor.id,
    });
    await record(connection, access, 'subscription.record', subscriptionId);
    const subscription = await findOwnSubscription(connection, organization, subscriptionId);
    // It was added in this very transaction.
    if (subscription === undefined) throw new Error(`subscription ${subscriptionId} is gone`);
    return { kind: 'subscribed', subscription, secret: secretOf(vault, subscription) };
  });
}

/** Lists the subscriptions of the organisation that last. */
export async function findSubscriptions(
  { database }: Pick<Services, 'database'>,
  { organization }: OrganizationAccess,
): Promise<readonly SubscriptionRow[]> {
  return database.transaction((connection) => listSubscriptions(connection, organization));
}

/** Finds a subscription of the organisation; undefined for any other, as for one that is not there. */
export async function consultSubscription(
  { database }: Pick<Services, 'database'>,
  { organization }: OrganizationAccess,
  subscriptionId: string,
): Promise<SubscriptionRow | undefined> {
  return database.transaction((connection) => findOwnSubscription(connection, organization, subscriptionId));
}

/** Ends a subscription; false when it is none of the organisation's. One that had ended stays as it is. */
export async function unsubscribe(
  { database }: Pick<Services, 'database'>,
  access: OrganizationAccess,
  subscriptionId: string,
): Promise<boolean> {
  return database.transaction(async (connection) => {
    const found = await findOwnSubscription(connection, access.organization, subscriptionId);
    if (found === undefined) return false;
    if (await endSubscription(connection, subscriptionId))
      await record(connection, access, 'subscription.end', subscriptionId);
    return true;
  });
}

/** Changes the secret and gives the new one; from now on every try is signed with it. */
export async function changeSecret(
  { database, vault }: Pick<Services, 'database' | 'vault'>,
  access: OrganizationAccess,
  subscriptionId: string,
): Promise<Buffer | undefined> {
  return database.transaction(async (connection) => {
    const found = await findOwnSubscription(connection, access.organization, subscriptionId);
    if (found === undefined || found.endedAt !== null) return undefined;
    const secretNumber = await renewSecret(connection, subscriptionId);
    await record(connection, access, 'subscription.record', subscriptionId);
    return secretOf(vault, { subscriptionId, secretNumber });
  });
}

/** The secret of a subscription: it derives from a key that lasts, so that none is stored. */
export function secretOf(
  vault: Pick<Vault, 'message'>,
  { subscriptionId, secretNumber }: Pick<SubscriptionRow, 'subscriptionId' | 'secretNumber'>,
): Buffer {
  return vault.message(`webhook-secret\n${subscriptionId}\n${secretNumber}`);
}

/** Lists deliveries of a subscription; undefined when it is none of the organisation's. */
export async function consultDeliveries(
  { database }: Pick<Services, 'database'>,
  access: OrganizationAccess,
  subscriptionId: string,
  {
    state,
    ...page
  }: { readonly state: string | undefined; readonly size: number; readonly before: number | undefined },
): Promise<readonly DeliveryRow[] | undefined> {
  return database.transaction(async (connection) => {
    const found = await findOwnSubscription(connection, access.organization, subscriptionId);
    if (found === undefined) return undefined;
    await record(connection, access, 'subscription.consult', subscriptionId);
    return listDeliveries(connection, subscriptionId, state, page);
  });
}

/** Has a delivery made again, under the same id; `unknown` also for what is none of the organisation's. */
export async function resend(
  { database }: Pick<Services, 'database'>,
  access: OrganizationAccess,
  subscriptionId: string,
  deliveryId: string,
): Promise<'repeated' | 'waiting' | 'unknown' | 'ended'> {
  return database.transaction(async (connection) => {
    const found = await findOwnSubscription(connection, access.organization, subscriptionId);
    if (found === undefined) return 'unknown';
    if (found.endedAt !== null) return 'ended';
    const outcome = await repeatDelivery(connection, subscriptionId, deliveryId);
    if (outcome === 'repeated') await record(connection, access, 'delivery.repeat', deliveryId);
    return outcome;
  });
}

/** Lists events of the sender's own messages from a place in the log on; reading them again gives the same. */
export async function readFeed(
  { database }: Pick<Services, 'database'>,
  { actor, ground, traceId }: SenderAccess,
  page: { readonly from: number; readonly size: number },
): Promise<readonly SenderEvent[]> {
  return database.transaction(async (connection) => {
    const events = await listSenderEvents(connection, ground, page);
    await insertAuditEntry(connection, {
      actor,
      action: 'event.list',
      ground: ground.kind,
      ...(traceId !== undefined && { traceId }),
    });
    return events;
  });
}

function record(
  connection: Connection,
  { actor, traceId }: OrganizationAccess,
  action: AuditAction,
  object: string,
): Promise<void> {
  return insertAuditEntry(connection, { actor, action, ground: 'sender', object, traceId });
}
