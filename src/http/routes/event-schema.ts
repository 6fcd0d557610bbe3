/** Subscriptions, deliveries and events on the wire. */
import { z } from 'zod';
import { RECEIPT_KINDS } from '../../domain/receipt.ts';
import type { DeliveryRow, SubscriptionRow } from '../../workflows/subscribe.ts';

const time = z.string().meta({ format: 'date-time', example: '2026-03-02T08:30:00.123Z' });

export const newSubscriptionSchema = z
  .strictObject({
    url: z.string().min(1).max(2000).meta({
      description: 'Where events are posted: https, at an origin that the institution allows',
      example: 'https://events.sender.example.be/ebox',
    }),
    kinds: z
      .array(z.enum(RECEIPT_KINDS))
      .min(1)
      .max(RECEIPT_KINDS.length)
      .optional()
      .meta({ description: 'Of which kinds; missing: all' }),
    format: z.enum(['cloudEvents', 'federation']).default('cloudEvents').meta({
      description:
        'federation: as the eBox federation writes them, for the institution only, where it is configured',
    }),
  })
  .meta({ id: 'NewSubscription' });

const subscriptionShape = {
  subscriptionId: z.uuid(),
  url: z.string(),
  format: z.enum(['cloudEvents', 'federation']),
  kinds: z.array(z.enum(RECEIPT_KINDS)).optional(),
  createdAt: time,
  endedAt: time.optional(),
  failures: z.int().meta({ description: 'Tries in a row that did not reach the receiver' }),
};

export const subscriptionSchema = z.object(subscriptionShape).meta({ id: 'Subscription' });
export const secretSchema = z
  .object({
    secret: z.string().meta({
      description: 'By which deliveries are signed (Standard Webhooks 1.0); told now and never again',
      example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    }),
  })
  .meta({ id: 'WebhookSecret' });
export const madeSubscriptionSchema = z
  .object({ ...subscriptionShape, ...secretSchema.shape })
  .meta({ id: 'MadeSubscription' });
export const subscriptionsSchema = z
  .object({ items: z.array(subscriptionSchema) })
  .meta({ id: 'Subscriptions' });

export const deliveriesSchema = z
  .object({
    items: z.array(
      z
        .object({
          deliveryId: z.uuid().meta({ description: 'The `webhook-id` of every try' }),
          eventId: z.uuid(),
          kind: z.enum(RECEIPT_KINDS),
          messageId: z.uuid(),
          state: z.enum(['waiting', 'delivered', 'failed']),
          createdAt: time,
          nextTryAt: time.optional(),
          endedAt: time.optional(),
          tries: z.array(
            z.object({
              triedAt: time,
              outcome: z.enum(['delivered', 'refused', 'unreachable']),
              status: z.int().optional(),
              reason: z
                .enum([
                  'timeout',
                  'noConnection',
                  'insideAddress',
                  'redirect',
                  'status',
                  'notAllowed',
                  'erased',
                ])
                .optional(),
            }),
          ),
        })
        .meta({ id: 'Delivery' }),
    ),
    next: z.string().optional().meta({ format: 'uri', description: 'The next page' }),
  })
  .meta({ id: 'Deliveries' });

/** The JSON format of CloudEvents 1.0. */
const cloudEventSchema = z
  .object({
    specversion: z.literal('1.0'),
    id: z.uuid().meta({ description: 'Of the receipt: the same in every delivery' }),
    source: z.string(),
    type: z.string().meta({ example: 'be.citizen-ebox.message.read' }),
    subject: z.uuid().meta({ description: 'The message' }),
    time,
    datacontenttype: z.literal('application/json'),
    data: z.object({
      messageId: z.uuid(),
      messageTypeId: z.string(),
      senderOrganizationId: z.string(),
      senderApplicationId: z.string(),
      kind: z.enum(RECEIPT_KINDS),
      etsiEvent: z.string().optional().meta({ description: 'Of ETSI EN 319 522-1', example: 'E.1' }),
      receivedAt: time,
      expiresAt: time,
      eventTime: time,
      recordedTime: time,
      leafId: z.string().meta({ description: 'In the evidence log' }),
      leafIndex: z.int(),
    }),
  })
  .meta({ id: 'CloudEvent' });

export const eventsSchema = z
  .object({
    items: z.array(cloudEventSchema).meta({ description: 'CloudEvents 1.0, the oldest first' }),
    cursor: z
      .string()
      .meta({ description: 'To be given as `after` next time; the same as before where nothing is new' }),
    isMore: z.boolean().meta({ description: 'More are there already' }),
  })
  .meta({ id: 'Events' });

/** Writes a subscription; its secret is not in it. */
export function toSubscription(row: SubscriptionRow) {
  const { subscriptionId, url, format, kinds, createdAt, endedAt, failures } = row;
  return {
    subscriptionId,
    url,
    format,
    ...(kinds !== null && { kinds }),
    createdAt: createdAt.toISOString(),
    ...(endedAt !== null && { endedAt: endedAt.toISOString() }),
    failures,
  };
}

/** Writes a delivery with its tries. */
export function toDelivery(row: DeliveryRow) {
  const { deliveryId, eventId, kind, messageId, state, createdAt, nextTryAt, endedAt, tries } = row;
  return {
    deliveryId,
    eventId,
    kind,
    messageId,
    state,
    createdAt: createdAt.toISOString(),
    ...(state === 'waiting' && { nextTryAt: nextTryAt.toISOString() }),
    ...(endedAt !== null && { endedAt: endedAt.toISOString() }),
    tries: tries.map(({ triedAt, outcome, status, reason }) => ({
      triedAt: new Date(triedAt).toISOString(),
      outcome,
      ...(status !== null && { status }),
      ...(reason !== null && { reason }),
    })),
  };
}
