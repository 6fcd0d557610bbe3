/** Senders are told what became of their messages: by webhook, and in a feed that can be read from any place again. */
import { z } from 'zod';
import { toCloudEvent } from '../../domain/sender-event.ts';
import { writeSecret } from '../../domain/webhook.ts';
import {
  changeSecret,
  consultSubscription,
  findSubscriptions,
  readFeed,
  type SubscribeOutcome,
  subscribe,
  unsubscribe,
} from '../../workflows/subscribe.ts';
import { organizationAccessOf, senderAccessOf } from '../callers.ts';
import {
  badRequest,
  inputIssue,
  missingPermission,
  notInThisState,
  Refusal,
  resourceNotFound,
} from '../problems.ts';
import type { Route } from '../route.ts';
import { deliveryRoutes } from './event-deliveries.ts';
import {
  eventsSchema,
  madeSubscriptionSchema,
  newSubscriptionSchema,
  secretSchema,
  subscriptionSchema,
  subscriptionsSchema,
  toSubscription,
} from './event-schema.ts';
import { type EventServices, eventCommon, ofSubscription, SUBSCRIPTIONS } from './events-common.ts';

/** The routes of events. */
export function eventRoutes(services: EventServices): Route[] {
  return [
    subscribeRoute(services),
    listRoute(services),
    findRoute(services),
    endRoute(services),
    secretRoute(services),
    ...deliveryRoutes(services),
    feedRoute(services),
  ];
}

function subscribeRoute(services: EventServices): Route {
  return {
    ...eventCommon,
    method: 'post',
    path: SUBSCRIPTIONS,
    operationId: 'subscribe',
    summary: 'Be told by webhook what becomes of the organisation’s messages',
    description:
      'Each event is a CloudEvent 1.0, posted to the address and signed as Standard Webhooks 1.0 says: HMAC-SHA-256 over id, time stamp and body. It is tried until the answer is 2xx, 14 times within some four hours; 410 ends the subscription. An event may come more than once, always under the same `webhook-id`, and events may come in another order than the feed has them.',
    body: {
      kind: 'json',
      schema: newSubscriptionSchema,
      limit: 8192,
      examples: {
        all: { summary: 'Of every kind', value: { url: 'https://events.sender.example.be/ebox' } },
      },
    },
    answers: {
      201: {
        description: 'With the secret, which is told only now',
        schema: madeSubscriptionSchema,
        headers: { Location: 'The subscription' },
      },
    },
    handle: async (request) => {
      // The route's schema read it.
      const { url, kinds, format } = request.body as z.output<typeof newSubscriptionSchema>;
      const wish = { url, format, kinds: kinds ?? null };
      const outcome = await subscribe(services, organizationAccessOf(request), wish);
      if (outcome.kind === 'faulty') throw refusalOf(outcome.fault);
      const { subscription, secret } = outcome;
      const location = `${services.settings.publicUrl}${SUBSCRIPTIONS}/${subscription.subscriptionId}`;
      return {
        status: 201,
        headers: { Location: location, 'Cache-Control': 'no-store' },
        body: { ...toSubscription(subscription), secret: writeSecret(secret) },
      };
    },
  };
}

function refusalOf(fault: Extract<SubscribeOutcome, { kind: 'faulty' }>['fault']): Refusal {
  const details = {
    notUrl: 'is no address',
    notSecure: 'does not use https',
    notAllowed: 'is at an origin that the institution does not allow',
    withCredentials: 'holds a user name or password',
  };
  if (fault === 'formatOff')
    return new Refusal(
      missingPermission('The format of the federation is for the institution, where it is configured'),
    );
  if (fault === 'tooMany')
    return new Refusal(notInThisState('The organisation has as many subscriptions as it may have'));
  return new Refusal(badRequest([inputIssue('invalidInput', 'body', 'url', details[fault])]));
}

function listRoute(services: EventServices): Route {
  return {
    ...eventCommon,
    method: 'get',
    path: SUBSCRIPTIONS,
    operationId: 'listSubscriptions',
    summary: 'The organisation’s subscriptions that last',
    body: { kind: 'none' },
    answers: { 200: { description: 'The newest first', schema: subscriptionsSchema } },
    handle: async (request) => {
      const rows = await findSubscriptions(services, organizationAccessOf(request));
      return { status: 200, body: { items: rows.map(toSubscription) } };
    },
  };
}

function findRoute(services: EventServices): Route {
  return {
    ...eventCommon,
    method: 'get',
    path: `${SUBSCRIPTIONS}/{subscriptionId}`,
    operationId: 'getSubscription',
    summary: 'One subscription',
    params: ofSubscription,
    body: { kind: 'none' },
    answers: { 200: { description: 'The subscription', schema: subscriptionSchema } },
    handle: async (request) => {
      const id = request.params.subscriptionId ?? '';
      const row = await consultSubscription(services, organizationAccessOf(request), id);
      if (row === undefined) throw new Refusal(resourceNotFound('subscriptionId'));
      return { status: 200, body: toSubscription(row) };
    },
  };
}

function endRoute(services: EventServices): Route {
  return {
    ...eventCommon,
    method: 'delete',
    path: `${SUBSCRIPTIONS}/{subscriptionId}`,
    operationId: 'endSubscription',
    summary: 'End a subscription; what still waits is not delivered',
    params: ofSubscription,
    body: { kind: 'none' },
    answers: { 204: { description: 'It has ended' } },
    handle: async (request) => {
      const id = request.params.subscriptionId ?? '';
      if (!(await unsubscribe(services, organizationAccessOf(request), id)))
        throw new Refusal(resourceNotFound('subscriptionId'));
      return { status: 204 };
    },
  };
}

function secretRoute(services: EventServices): Route {
  return {
    ...eventCommon,
    method: 'post',
    path: `${SUBSCRIPTIONS}/{subscriptionId}/secret`,
    operationId: 'changeWebhookSecret',
    summary: 'Change the secret; from now on every try is signed with the new one',
    params: ofSubscription,
    body: { kind: 'none' },
    answers: { 201: { description: 'The new secret', schema: secretSchema } },
    handle: async (request) => {
      const id = request.params.subscriptionId ?? '';
      const secret = await changeSecret(services, organizationAccessOf(request), id);
      if (secret === undefined) throw new Refusal(resourceNotFound('subscriptionId'));
      return { status: 201, headers: { 'Cache-Control': 'no-store' }, body: { secret: writeSecret(secret) } };
    },
  };
}

const feedQuery = z.strictObject({
  after: z
    .string()
    .regex(/^\d{1,15}$/, 'expected the cursor of an answer')
    .optional()
    .meta({ description: 'The `cursor` of an earlier answer; missing: from the oldest event on' }),
  pageSize: z
    .string()
    .regex(/^([1-9]\d{0,2}|1000)$/, 'expected 1 to 1000')
    .default('100')
    .meta({ description: 'Events of a page, at most 1000' }),
});

function feedRoute(services: EventServices): Route {
  return {
    ...eventCommon,
    method: 'get',
    path: '/events/v1/events',
    operationId: 'listEvents',
    summary: 'What became of the organisation’s messages, the oldest first',
    description:
      'In the order of the evidence log: whoever reads after a cursor misses nothing, and reading after an older one gives the same again. An event is there some seconds after it happened, and kept for two years.',
    query: feedQuery,
    body: { kind: 'none' },
    answers: { 200: { description: 'A page of events', schema: eventsSchema } },
    handle: async (request) => {
      const { after, pageSize } = request.query as z.output<typeof feedQuery>;
      const size = Number(pageSize);
      const events = await readFeed(services, senderAccessOf(request), {
        from: Number(after ?? 0),
        size: size + 1,
      });
      const shown = events.slice(0, size);
      const last = shown.at(-1);
      const cursor = last === undefined ? (after ?? '0') : String(last.leafIndex + 1);
      const items = shown.map((event) => toCloudEvent(event, services.settings.publicUrl));
      return { status: 200, body: { items, cursor, isMore: events.length > size } };
    },
  };
}
