/** What was delivered to a subscriber, and having it delivered again. */
import { z } from 'zod';
import { consultDeliveries, resend } from '../../workflows/subscribe.ts';
import { organizationAccessOf } from '../callers.ts';
import { notInThisState, Refusal, resourceNotFound } from '../problems.ts';
import type { Route } from '../route.ts';
import { deliveriesSchema, toDelivery } from './event-schema.ts';
import { type EventServices, eventCommon, ofSubscription, SUBSCRIPTIONS } from './events-common.ts';

const DELIVERIES = `${SUBSCRIPTIONS}/{subscriptionId}/deliveries`;
const PAGE_SIZE = 50;
const listQuery = z.strictObject({
  state: z
    .enum(['waiting', 'delivered', 'failed'])
    .optional()
    .meta({ description: 'Only those in this state' }),
  cursor: z
    .string()
    .regex(/^\d{1,15}$/, 'expected the cursor of a page')
    .optional()
    .meta({ description: 'As the page before gives it' }),
});

/** The routes of deliveries. */
export function deliveryRoutes(services: EventServices): Route[] {
  return [listRoute(services), repeatRoute(services)];
}

function listRoute(services: EventServices): Route {
  return {
    ...eventCommon,
    method: 'get',
    path: DELIVERIES,
    operationId: 'listDeliveries',
    summary: 'What was delivered, each with every try; the newest events first',
    params: ofSubscription,
    query: listQuery,
    body: { kind: 'none' },
    answers: { 200: { description: `Up to ${PAGE_SIZE} deliveries`, schema: deliveriesSchema } },
    handle: async (request) => {
      const { state, cursor } = request.query as z.output<typeof listQuery>;
      const subscriptionId = request.params.subscriptionId ?? '';
      const before = cursor === undefined ? undefined : Number(cursor);
      const rows = await consultDeliveries(services, organizationAccessOf(request), subscriptionId, {
        state,
        size: PAGE_SIZE,
        before,
      });
      if (rows === undefined) throw new Refusal(resourceNotFound('subscriptionId'));
      const query = new URLSearchParams({
        ...(state !== undefined && { state }),
        cursor: String(rows.at(-1)?.leafIndex),
      });
      const path = DELIVERIES.replace('{subscriptionId}', subscriptionId);
      const next = `${services.settings.publicUrl}${path}?${query.toString()}`;
      return {
        status: 200,
        body: { items: rows.map(toDelivery), ...(rows.length === PAGE_SIZE && { next }) },
      };
    },
  };
}

function repeatRoute(services: EventServices): Route {
  return {
    ...eventCommon,
    method: 'post',
    path: `${DELIVERIES}/{deliveryId}/repetition`,
    operationId: 'repeatDelivery',
    summary: 'Have an event delivered again, under the same delivery id',
    params: ofSubscription.extend({
      deliveryId: z.uuid().meta({ description: 'The `webhook-id` of its tries' }),
    }),
    body: { kind: 'none' },
    answers: { 202: { description: 'It will be tried again' } },
    handle: async (request) => {
      const { subscriptionId = '', deliveryId = '' } = request.params;
      const outcome = await resend(services, organizationAccessOf(request), subscriptionId, deliveryId);
      if (outcome === 'unknown') throw new Refusal(resourceNotFound('deliveryId'));
      if (outcome === 'ended') throw new Refusal(notInThisState('The subscription has ended'));
      return { status: 202 };
    },
  };
}
