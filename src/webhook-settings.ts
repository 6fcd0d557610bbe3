/** The settings of webhooks: where senders may be told what became of their messages. */
import { choice, setting, urls } from './setting.ts';
import type { Values } from './setting-values.ts';

/** In the order in which `.env.example` shows them. */
export const WEBHOOK_SETTINGS = {
  webhookOrigins: setting(
    'WEBHOOK_ORIGINS',
    'The origins that webhooks of senders may be at, separated by commas. Default: none; senders read the feed.',
    urls('https:', 'http:'),
    undefined,
    'https://events.sender.example.be,https://hooks.example.be:8443',
  ),
  webhookAddresses: setting(
    'WEBHOOK_ADDRESSES',
    'public: what a webhook’s name leads to must be an address of the internet, looked at when connecting; any: private ones and, without TLS, this machine too.',
    choice('public', 'any'),
    'public',
    'any',
  ),
  federationEvents: setting(
    'FEDERATION_EVENTS',
    'on: the institution may also have events told as the eBox federation writes them, which names citizens by their number.',
    choice('off', 'on'),
    'off',
    'on',
  ),
} as const;

export interface WebhookConfig {
  readonly origins: readonly string[];
  readonly allowInside: boolean;
  readonly federation: boolean;
}

/** Reads them together. */
export function readWebhooks(values: Pick<Values, keyof typeof WEBHOOK_SETTINGS>): WebhookConfig {
  return {
    origins: values.webhookOrigins ?? [],
    allowInside: values.webhookAddresses === 'any',
    federation: values.federationEvents === 'on',
  };
}
