/** How events are handed over by webhook: signed as Standard Webhooks 1.0 says, tried again for a bounded time. */
import { createHmac, hash } from 'node:crypto';

/** The headers of a delivery. */
export interface WebhookHeaders {
  /** Of the delivery: the same on every try, and on a resend. */
  readonly 'webhook-id': string;
  /** Seconds since 1970: a receiver refuses what is old. */
  readonly 'webhook-timestamp': string;
  /** `v1,` and the base64 of HMAC-SHA-256 over `<id>.<timestamp>.<body>`. */
  readonly 'webhook-signature': string;
}

/** Signs a delivery. */
export function signDelivery(secret: Buffer, deliveryId: string, sentAt: Date, body: string): WebhookHeaders {
  const timestamp = String(Math.floor(sentAt.getTime() / 1000));
  const signature = createHmac('sha256', secret)
    .update(`${deliveryId}.${timestamp}.${body}`)
    .digest('base64');
  return {
    'webhook-id': deliveryId,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}

/** Writes a secret as receivers' libraries read it, `whsec_<base64>`. */
export function writeSecret(secret: Buffer): string {
  return `whsec_${secret.toString('base64')}`;
}

/** After this many tries a delivery has failed; whoever receives may ask for it again. */
export const MOST_TRIES = 14;
const LONGEST_WAIT_SECONDS = 3600;

/**
 * How long to wait after a try, in seconds: twice as long each time, up to an hour, and some of it by chance of the
 * delivery's id, so that what failed together does not come back together. All tries take some four hours.
 */
export function waitAfter(tries: number, deliveryId: string): number {
  const whole = Math.min(5 * 2 ** (tries - 1), LONGEST_WAIT_SECONDS);
  const share = hash('sha256', `${deliveryId}/${tries}`, 'buffer').readUInt16BE(0) / 0xffff;
  return Math.round(whole * (0.75 + share / 4));
}

/** Once a receiver is back, it hears of what waits within this time. */
const LONGEST_REST_SECONDS = 60;

/** How long a receiver is left alone after so many tries in a row that did not reach it, in seconds. */
export function restAfter(failures: number): number {
  return Math.min(2 ** failures, LONGEST_REST_SECONDS);
}
