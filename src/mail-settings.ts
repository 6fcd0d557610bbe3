/** The settings of mail to citizens. */
import { base, number, setting, text } from './setting.ts';

/** In the order in which `.env.example` shows them. */
export const MAIL_SETTINGS = {
  mailFrom: setting(
    'MAIL_FROM',
    'The address notices come from.',
    text,
    'no-reply@ebox.example.org',
    'no-reply@ebox.example.be',
  ),
  mailBounceAddress: setting(
    'MAIL_BOUNCE_ADDRESS',
    'Where mails that could not be delivered come back to; that mailbox is to be piped into `ebox mail bounce`. Default: MAIL_FROM.',
    text,
    undefined,
    'bounces@ebox.example.be',
  ),
  mailAfterSeconds: setting(
    'MAIL_AFTER_SECONDS',
    'How long a message waits before the digest that speaks of it, so that a burst of messages makes one; nobody has more than one a day.',
    number(0, 86_400),
    60,
    '600',
  ),
  mailSettingsUrl: setting(
    'MAIL_SETTINGS_URL',
    'The page where people change their address or language, or have no more mail; named in each mail. Default: the one of our own pages.',
    base,
    undefined,
    'https://myebox.be',
  ),
} as const;
