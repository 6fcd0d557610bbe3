/** What the routes of events have in common. */
import { z } from 'zod';
import type { Services } from '../../workflows/services.ts';

export type EventServices = Pick<
  Services,
  'database' | 'catalogue' | 'vault' | 'webhooks' | 'newId' | 'settings'
>;

export const eventCommon = {
  tag: 'Events',
  access: { kind: 'scope', scope: 'events:subscribe', caller: 'client' },
  errors: 'belgif',
} as const;

export const SUBSCRIPTIONS = '/events/v1/subscriptions';
export const ofSubscription = z.strictObject({
  subscriptionId: z.uuid().meta({ description: 'From the `Location` of the subscription' }),
});
