/** Step 4 for senders: what became of their messages is taken up into their feed, and delivered where they subscribed. */
import { type DueDelivery, keepTry, type TryOutcome, takeDelivery } from '../database/deliveries.ts';
import { takeUpLeaves } from '../database/sender-events.ts';
import {
  endSubscription,
  findSubscription,
  noteReach,
  queueDeliveries,
  type SubscriptionRow,
} from '../database/subscriptions.ts';
import { FEDERATION_KINDS, toCloudEvent, toFederationEvents } from '../domain/sender-event.ts';
import type { Ssin } from '../domain/ssin.ts';
import { MOST_TRIES, restAfter, signDelivery, waitAfter } from '../domain/webhook.ts';
import { failpoint } from '../failpoint.ts';
import { commitLease, type Lease } from './lease.ts';
import type { Services } from './services.ts';
import { secretOf } from './subscribe.ts';

type TellServices = Pick<Services, 'database' | 'vault' | 'webhooks' | 'clock' | 'settings'>;

const LEAVES_AT_ONCE = 2000;

/** Takes up what the evidence log got, and queues the jobs that deliver. Cut off anywhere, it goes on from there. */
export async function takeUpEvents({ database }: Pick<Services, 'database'>): Promise<void> {
  for (;;) {
    const looked = await database.transaction((connection) =>
      takeUpLeaves(connection, FEDERATION_KINDS, LEAVES_AT_ONCE),
    );
    if (looked < LEAVES_AT_ONCE) break;
  }
  await database.transaction(queueDeliveries);
}

/** Deliveries of one job; then others have their turn. */
const DELIVERIES_AT_ONCE = 100;
/** A delivery that is being tried is left alone for so long: longer than a call may take. */
const CALL_SECONDS = 60;

/**
 * Delivers what is due to one subscriber, one after the other, and ends the job. Where the receiver cannot be reached the
 * rest is left for later. Struck between a call and its record, a delivery is made again under the same id.
 */
export async function deliverEvents(
  services: TellServices,
  lease: Lease,
  subscriptionId: string,
): Promise<void> {
  const { database } = services;
  const subscription = await database.transaction((connection) =>
    findSubscription(connection, subscriptionId),
  );
  let { failures = 0 } = subscription ?? {};
  for (let count = 0; subscription && !subscription.endedAt && count < DELIVERIES_AT_ONCE; count += 1) {
    const due = await database.transaction((connection) =>
      takeDelivery(connection, subscriptionId, CALL_SECONDS),
    );
    if (due === undefined) break;
    const outcome = await deliver(services, subscription, due);
    await failpoint('webhook.sent');
    failures = outcome.outcome === 'unreachable' ? failures + 1 : 0;
    await database.transaction(async (connection) => {
      const isLast = outcome.isFinal || due.tries >= MOST_TRIES;
      await keepTry(
        connection,
        { deliveryId: due.deliveryId, ...outcome },
        isLast ? undefined : waitAfter(due.tries, due.deliveryId),
      );
      await noteReach(connection, subscriptionId, failures, failures === 0 ? undefined : restAfter(failures));
      // Gone (RFC 9110 §15.5.11): the receiver wants no more.
      if (outcome.status === 410) await endSubscription(connection, subscriptionId);
    });
    if (failures > 0 || outcome.status === 410) break;
  }
  await database.transaction((connection) => commitLease(connection, lease));
}

interface Outcome {
  readonly outcome: TryOutcome;
  readonly status: number | undefined;
  readonly reason: string | undefined;
  /** Another try would end the same. */
  readonly isFinal?: boolean;
}

async function deliver(
  services: TellServices,
  subscription: SubscriptionRow,
  due: DueDelivery,
): Promise<Outcome> {
  const { webhooks, clock, vault } = services;
  const body = bodyOf(services, subscription, due);
  if (body === undefined) return { outcome: 'refused', status: undefined, reason: 'erased', isFinal: true };
  const answer = await webhooks.call(
    subscription.url,
    {
      ...signDelivery(secretOf(vault, subscription), due.deliveryId, clock(), body),
      'Content-Type':
        subscription.format === 'cloudEvents' ? 'application/cloudevents+json' : 'application/json',
      'User-Agent': 'citizen-ebox',
    },
    body,
  );
  if (answer.kind === 'notAllowed')
    return { outcome: 'refused', status: undefined, reason: 'notAllowed', isFinal: true };
  if (answer.kind === 'unreachable')
    return { outcome: 'unreachable', status: undefined, reason: answer.reason };
  return { ...judgeStatus(answer.status, subscription), status: answer.status };
}

function judgeStatus(status: number, { format }: SubscriptionRow): Pick<Outcome, 'outcome' | 'reason'> {
  // The federation answers a second delivery with 409: it has the first.
  if ((status >= 200 && status < 300) || (status === 409 && format === 'federation'))
    return { outcome: 'delivered', reason: undefined };
  if (status >= 300 && status < 400) return { outcome: 'refused', reason: 'redirect' };
  return status >= 500 || status === 429
    ? { outcome: 'unreachable', reason: 'status' }
    : { outcome: 'refused', reason: 'status' };
}

/** Undefined where a format wants what was erased, or is not configured any more. */
function bodyOf(
  { vault, settings }: TellServices,
  { format }: SubscriptionRow,
  due: DueDelivery,
): string | undefined {
  if (format === 'cloudEvents') return JSON.stringify(toCloudEvent(due, settings.publicUrl));
  if (settings.federationEvents !== true || due.ssinCiphertext.length === 0) return undefined;
  // The register checked it before it kept it.
  const ssin = vault.open(due.ssinCiphertext, 'ssin').toString('utf8') as Ssin;
  const events = toFederationEvents(due, ssin);
  return events && JSON.stringify(events);
}
