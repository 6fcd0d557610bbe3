/** The folder of the embedded mail server: one `.eml` file per mail, named so that names sort by arrival. */
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import PostalMime, { type Address } from 'postal-mime';

/** Who the mail server was told the mail is from and for: what counts for delivery, whatever the headers say. */
export interface MailEnvelope {
  readonly from: string;
  readonly to: readonly string[];
}

export interface MailAddress {
  readonly name?: string;
  readonly address: string;
}

/** A stored mail as a reader sees it. */
export interface Mail {
  /** Its file, without the folder. */
  readonly file: string;
  readonly envelope: MailEnvelope;
  readonly from?: MailAddress;
  readonly to: readonly MailAddress[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** In angle brackets, as in the header. */
  readonly messageId?: string;
  /** As the sender wrote it, in ISO 8601 where it is a date. */
  readonly date?: string;
  /** Every header field as `name: value`, names in lower case, in order. */
  readonly headers: readonly string[];
}

/**
 * Stores one mail. When this returns, the file is whole and will be there after a power cut: content and name are
 * both on disk. The envelope is written before the content as a mail host does it (RFC 5321 §4.4).
 */
export async function storeMail(
  folder: string,
  envelope: MailEnvelope,
  content: Buffer,
  receivedAt: Date,
): Promise<string> {
  await mkdir(folder, { recursive: true });
  const name = `${receivedAt.toISOString().replace(/[:.]/g, '-')}-${nextNumber()}-${randomBytes(4).toString('hex')}.eml`;
  const trace = [
    `Return-Path: <${envelope.from}>`,
    ...envelope.to.map((address) => `Delivered-To: ${address}`),
    `Received: from loopback by embedded-smtp; ${receivedAt.toUTCString()}`,
  ];
  const partial = join(folder, `${name}.part`);
  const file = await open(partial, 'wx', 0o600);
  try {
    await file.writeFile(Buffer.concat([Buffer.from(`${trace.join('\r\n')}\r\n`), content]));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(partial, join(folder, name));
  await syncFolder(folder);
  return name;
}

/** Lists the mails of a folder, newest last; none when the folder does not exist. */
export async function listMails(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith('.eml')).sort();
}

/** Reads every mail of a folder, newest last. */
export async function readMails(folder: string): Promise<Mail[]> {
  const names = await listMails(folder);
  return Promise.all(names.map((name) => readMail(folder, name)));
}

/** Reads one mail that `listMails` named. */
export async function readMail(folder: string, file: string): Promise<Mail> {
  const content = await readFile(join(folder, file));
  const mail = await PostalMime.parse(content);
  const from = mail.from && mailbox(mail.from);
  return {
    file,
    envelope: readEnvelope(content),
    ...(from === undefined ? {} : { from }),
    to: (mail.to ?? []).flatMap((one) => mailbox(one) ?? []),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html ?? '',
    ...(mail.messageId === undefined ? {} : { messageId: mail.messageId }),
    ...(mail.date === undefined ? {} : { date: mail.date }),
    headers: mail.headers.map(({ key, value }) => `${key}: ${value}`),
  };
}

/** Our own lines end at `Received`; what looks like them further on came from the sender. */
function readEnvelope(content: Buffer): MailEnvelope {
  const lines = content.toString('latin1').split('\r\n');
  const own = lines.slice(
    0,
    lines.findIndex((line) => line.startsWith('Received:')),
  );
  const prefix = 'Delivered-To: ';
  return {
    from: /^Return-Path: <(.*)>$/.exec(own[0] ?? '')?.[1] ?? '',
    to: own.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length)),
  };
}

function mailbox(address: Address): MailAddress | undefined {
  if (address.address === undefined || address.address === '') return undefined;
  return address.name === ''
    ? { address: address.address }
    : { name: address.name, address: address.address };
}

let stored = 0;

/** Tells apart mails of one millisecond; six digits, so that names sort by arrival. */
function nextNumber(): string {
  stored = (stored + 1) % 1_000_000;
  return String(stored).padStart(6, '0');
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
