/** Who may do what at the API of receipts and events: part of the rules of the API. */
import { randomUUID } from 'node:crypto';
import type { ApiRule } from './api-rules.ts';
import type { Party } from './callers.ts';

const json = (body: unknown) => ({ type: 'application/json', body: JSON.stringify(body) });
/** The messages of the matrix are the institution's own. */
const bySender = (party: Party) => party === 'institution';
const ofSent: ApiRule = { may: 'client', about: 'message', isAllowed: bySender };
const ofReceived: ApiRule = { may: 'person', about: 'message', byMandate: true };
const ofSubscription: ApiRule = { may: 'client', about: 'subscription' };

/** Nothing listens there: what is delivered in the matrix is delivered nowhere. */
export const NOWHERE = 'http://127.0.0.1:9';

export const EVENT_RULES: Readonly<Record<string, ApiRule>> = {
  'POST /receipts/v1/receipts': {
    ...ofSent,
    works: 201,
    ask: ({ id, second }) =>
      json({
        eventId: randomUUID(),
        messageId: id,
        kind: 'notified',
        eventTime: second ?? new Date().toISOString(),
      }),
  },
  'GET /receipts/v1/messages/{messageId}/evidence': ofSent,
  'GET /receipts/v1/messages/{messageId}/evidence/content': ofSent,
  'GET /myData/v1/messages/{messageId}/evidence': ofReceived,
  'GET /myData/v1/messages/{messageId}/evidence/content': ofReceived,
  'POST /events/v1/subscriptions': {
    may: 'client',
    works: 201,
    ask: (_thing, party) => json({ url: `${NOWHERE}/${party}` }),
  },
  'GET /events/v1/subscriptions': { may: 'client' },
  'GET /events/v1/subscriptions/{subscriptionId}': ofSubscription,
  'DELETE /events/v1/subscriptions/{subscriptionId}': {
    may: 'client',
    about: 'endedSubscription',
    works: 204,
  },
  'POST /events/v1/subscriptions/{subscriptionId}/secret': { ...ofSubscription, works: 201 },
  'GET /events/v1/subscriptions/{subscriptionId}/deliveries': ofSubscription,
  'POST /events/v1/subscriptions/{subscriptionId}/deliveries/{deliveryId}/repetition': {
    may: 'client',
    about: 'delivery',
    works: 202,
  },
  'GET /events/v1/events': { may: 'client' },
};
