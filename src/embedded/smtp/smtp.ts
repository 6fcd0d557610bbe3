/** The embedded mail server: accepts every mail, delivers none, and keeps them all in a folder where they can be read. */
import { callbackify } from 'node:util';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import { describeError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { LOOPBACK, listenOnLoopback, urlHost } from '../loopback.ts';
import { startMailPages } from './mail-pages.ts';
import { type MailEnvelope, storeMail } from './mails.ts';

/** What somebody does who waits at the other end of the mail. */
export interface MailReaction {
  /** Whether this recipient is to be tried again later (451). */
  isAskedBack(address: string): boolean;
  /** A mail was stored. */
  onMail(envelope: MailEnvelope, content: Buffer): void;
}

export interface SmtpOptions {
  readonly folder: string;
  readonly host?: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Where the mails can be looked at with a browser; no page without it. */
  readonly pagePort?: number;
  readonly reaction?: MailReaction;
  readonly log?: Log;
}

export interface Smtp {
  /** `smtp://127.0.0.1:2525` */
  readonly url: string;
  readonly port: number;
  /** Where the mails can be looked at. */
  readonly pageUrl?: string;
  stop(): Promise<void>;
}

/** The most bytes of one mail. */
const MAX_BYTES = 25 * 1024 * 1024;

/** Starts the server. Throws `embeddedPartFailed` when it cannot listen. */
export async function startSmtp(options: SmtpOptions): Promise<Smtp> {
  const { folder, log, reaction, host = LOOPBACK } = options;
  const server = new SMTPServer({
    name: 'localhost',
    banner: 'embedded mail server, delivers nothing',
    // Nothing leaves this machine; the library's own TLS key is public and would protect nobody.
    disabledCommands: ['STARTTLS', 'AUTH'],
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    size: MAX_BYTES,
    closeTimeout: 250,
    onRcptTo: ({ address }, _session, callback) =>
      callback(reaction?.isAskedBack(address) === true ? smtpError(451, '4.7.1 come back later') : null),
    onData: callbackify((stream: SMTPServerDataStream, session: SMTPServerSession) =>
      receive(stream, session, folder, reaction),
    ),
  });
  // Without a listener a client that vanishes would end the process.
  server.on('error', (error) => log?.warn({ part: 'smtp' }, describeError(error)));
  const port = await listenOnLoopback('smtp', server.server, host, options.port);
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  const url = `smtp://${urlHost(host)}:${port}`;
  if (options.pagePort === undefined) return { url, port, stop: close };
  const pages = await startMailPages(folder, host, options.pagePort).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const stop = async () => {
    await Promise.all([close(), pages.stop()]);
  };
  return { url, port, pageUrl: pages.url, stop };
}

/** Gives the text of the answer 250; rejects with 552 for too large a mail, 451 when it could not be kept. */
async function receive(
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  folder: string,
  reaction: MailReaction | undefined,
): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    // The stream goes on to its end, so that the client hears the answer; what is too much is not kept.
    if (!stream.sizeExceeded) chunks.push(Buffer.from(chunk));
  }
  if (stream.sizeExceeded) throw smtpError(552, 'the mail is too large');
  const { mailFrom, rcptTo } = session.envelope;
  const envelope = {
    from: mailFrom === false ? '' : mailFrom.address,
    to: rcptTo.map(({ address }) => address),
  };
  const content = Buffer.concat(chunks);
  await storeMail(folder, envelope, content, new Date()).catch((cause: unknown) => {
    throw smtpError(451, 'the mail could not be stored', cause);
  });
  reaction?.onMail(envelope, content);
  return 'stored';
}

function smtpError(responseCode: number, message: string, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), { responseCode });
}
