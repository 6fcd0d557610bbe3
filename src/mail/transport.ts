/** Sends mail over SMTP. A recipient is one checked mailbox in an explicit envelope, never a text to be taken apart. */
import { createTransport } from 'nodemailer';
import { ServiceError } from '../errors.ts';
import { parseMailAddress } from './address.ts';

export interface Mailbox {
  readonly name?: string;
  readonly address: string;
}

export interface OutgoingMail {
  readonly to: Mailbox;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** With angle brackets, `<id@host>`; the same on every try, so that a repeated mail can be recognised. */
  readonly messageId: string;
  /** By which a report of delivery names the mail (RFC 3461 §4.4): letters, digits and dashes. */
  readonly envelopeId?: string;
  /** Where mails like this can be turned off or redirected (RFC 2369 §3.2). */
  readonly settingsUrl?: string | undefined;
}

export interface MailerOptions {
  /**
   * `smtp://host:port` or `smtps://host:port`, with `user:password@` where the server asks for it. Over `smtp:` TLS
   * is demanded (STARTTLS), except on loopback; `?requireTLS=true` or `=false` at the end says otherwise.
   */
  readonly url: string;
  readonly from: Mailbox;
  /** Where reports that a mail could not be delivered go; by default to the sender. */
  readonly bounceAddress?: string | undefined;
}

export interface Mailer {
  /**
   * Hands one mail to the mail server. Throws `mailRefused` when the mail or its address is not acceptable, here or
   * to the server (5yz), and `mailUnavailable` when it may be accepted later. It never tries twice by itself: after
   * a lost connection only the caller knows whether a second mail does harm.
   */
  send(mail: OutgoingMail): Promise<void>;
  /** Closes the connections that wait for the next mail. */
  close(): void;
}

/** Makes the mailer of one mail server. Throws `configurationInvalid` when URL or sender are not usable. */
export function createMailer(options: MailerOptions): Mailer {
  const from = configuredSender(options.from);
  const returnPath = configuredSender({ address: options.bounceAddress ?? options.from.address }).address;
  const transport = createTransport({
    ...connectionOf(options.url),
    pool: true,
    maxConnections: 4,
    maxRequeues: 0,
    connectionTimeout: 10_000,
    greetingTimeout: 10_000,
    socketTimeout: 30_000,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(mail) {
      const to = checkedMailbox(mail.to);
      const message = {
        from,
        to,
        envelope: { from: returnPath, to: [to.address], ...reportOf(mail) },
        subject: checkedLine('subject', mail.subject),
        messageId: checkedMessageId(mail.messageId),
        text: mail.text,
        html: mail.html,
        // Holiday replies and mailing lists leave such mails unanswered (RFC 3834 §5).
        headers: {
          'Auto-Submitted': 'auto-generated',
          ...(mail.settingsUrl !== undefined && { 'List-Unsubscribe': `<${mail.settingsUrl}>` }),
        },
      };
      await transport.sendMail(message).catch((cause: unknown) => {
        throw sendError(cause, mail.messageId);
      });
    },
    close: () => transport.close(),
  };
}

/** Asks for a report of failure that names the mail (RFC 3461 §4); a server that gives none is asked for none. */
function reportOf({ envelopeId }: OutgoingMail) {
  if (envelopeId === undefined) return {};
  if (!/^[\w-]{1,100}$/.test(envelopeId))
    throw new ServiceError('mailRefused', 'an envelope id has to be of letters, digits and dashes');
  return { dsn: { id: envelopeId, return: 'headers' as const, notify: ['failure' as const] } };
}

/** Gives why a mail was refused as a code of RFC 3463, where the server named one; else what its answer stands for. */
export function refusalStatusOf(refusal: ServiceError): string {
  const { response } = (refusal.cause ?? {}) as { response?: unknown };
  const answer = typeof response === 'string' ? response : '';
  const [, status] = /^5\d\d[ -](5\.\d{1,3}\.\d{1,3})\b/.exec(answer) ?? [];
  // RFC 3463 §3.2: the mailbox cannot be; that is what is refused before a server says more.
  return status ?? '5.1.0';
}

interface NamedAddress {
  readonly name: string;
  readonly address: string;
}

function configuredSender(sender: Mailbox): NamedAddress {
  try {
    return checkedMailbox(sender);
  } catch (cause) {
    throw new ServiceError('configurationInvalid', 'the sender of mails is no usable address', { cause });
  }
}

/** Neither message repeats what was refused: addresses and names are personal data. */
function checkedMailbox(mailbox: Mailbox): NamedAddress {
  const address = parseMailAddress(mailbox.address);
  if (address === undefined)
    throw new ServiceError('mailRefused', 'the address of the recipient is no mailbox');
  return { name: checkedLine('name of the recipient', mailbox.name ?? ''), address };
}

/** A line break would begin a new header field; other control characters have no business in one either. */
function checkedLine(what: string, text: string): string {
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text))
    throw new ServiceError('mailRefused', `the ${what} holds a line break or control character`);
  return text;
}

function checkedMessageId(messageId: string): string {
  if (/^<[!-;=?A-~]+@[!-;=?A-~]+>$/.test(messageId)) return messageId;
  throw new ServiceError('mailRefused', 'a Message-ID has to be of the form <id@host>');
}

function connectionOf(text: string) {
  // The URL is not repeated in the message: a password may stand in it.
  const refusal = new ServiceError(
    'configurationInvalid',
    'the mail server has no usable smtp: or smtps: URL',
  );
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^smtps?:$/.test(url.protocol) || url.hostname === '') throw refusal;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const secure = url.protocol === 'smtps:';
  const isLoopback = /^(localhost|127(\.\d+){3}|::1)$/.test(host);
  const wish = url.searchParams.get('requireTLS');
  const decode = (encoded: string) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      throw refusal;
    }
  };
  return {
    host,
    port: url.port === '' ? (secure ? 465 : 587) : Number(url.port),
    secure,
    requireTLS: !secure && (wish === null ? !isLoopback : wish !== 'false'),
    ...(url.username === '' ? {} : { auth: { user: decode(url.username), pass: decode(url.password) } }),
  };
}

/**
 * 5yz on the envelope or the content speaks of this mail and stays so (RFC 5321 §4.2.1). Anything else speaks of the
 * server: no connection, no TLS, a wrong password, 4yz, or 503 for commands out of order.
 */
function sendError(cause: unknown, messageId: string): ServiceError {
  const { code, responseCode } = (cause ?? {}) as { code?: unknown; responseCode?: unknown };
  const concernsMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  const answer = typeof responseCode === 'number' ? responseCode : undefined;
  if (concernsMail && (answer === undefined ? code === 'EENVELOPE' : answer >= 500 && answer !== 503))
    return new ServiceError('mailRefused', `mail ${messageId} was refused (${answer ?? 'envelope'})`, {
      cause,
    });
  const why = answer ?? (typeof code === 'string' ? code : 'no answer');
  return new ServiceError('mailUnavailable', `mail ${messageId} could not be handed over (${why})`, {
    cause,
  });
}
