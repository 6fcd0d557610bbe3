/** The way out to the webhooks of senders. */
import type { Config } from './config.ts';
import { createWebhookCaller, type WebhookCaller } from './remote/webhook-call.ts';

/** A receiver that needs longer takes an event first and works on it afterwards. */
const TIMEOUT_MS = 10_000;

/** Opens it. Throws `configurationInvalid` when an origin is none. */
export function openWebhooks({
  webhooks: { origins, allowInside },
}: Pick<Config, 'webhooks'>): WebhookCaller {
  return createWebhookCaller({ allowedOrigins: origins, allowInside, timeoutMs: TIMEOUT_MS });
}
