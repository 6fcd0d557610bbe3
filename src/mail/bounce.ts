/** Reads what comes back when a mail could not be delivered: a delivery status notification (RFC 3464). */
import PostalMime, { type Attachment, type Email } from 'postal-mime';
import { isUuid } from '../domain/identifier.ts';

/** What a report says of one mail of ours. */
export interface Bounce {
  readonly mailId: string;
  /** failed: it will not arrive; any other action says that it did, or still may (RFC 3464 §2.3.3). */
  readonly isFailed: boolean;
  /** A code of RFC 3463, such as `5.1.1`: never the words beside it, which may hold an address. */
  readonly status: string | undefined;
}

/** The most bytes of a report; a mail server returns the headers of the mail, or its first lines. */
export const LONGEST_REPORT = 2 * 1024 * 1024;

/**
 * Reads a report; undefined for any other mail, and for a report on a mail that is none of ours. A mail is known by the
 * envelope id that it went out with, else by the Message-ID in what was returned of it; `host` is that of our Message-IDs.
 */
export async function readBounce(message: Buffer, host: string): Promise<Bounce | undefined> {
  if (message.length > LONGEST_REPORT) return undefined;
  const mail = await PostalMime.parse(message, { forceRfc822Attachments: true }).catch(() => undefined);
  const report = mail && partOf(mail, 'message/delivery-status');
  if (mail === undefined || report === undefined) return undefined;
  const [ofMail = new Map(), ...ofRecipients] = groupsOf(report);
  const mailId = envelopeIdOf(ofMail) ?? returnedIdOf(mail, host);
  if (mailId === undefined || ofRecipients.length === 0) return undefined;
  // Each of our mails has one recipient; where a list passed it on to several, one failure is none of ours to judge.
  const isFailed = ofRecipients.every((fields) => fields.get('action')?.toLowerCase() === 'failed');
  const [, status] = /^([45]\.\d{1,3}\.\d{1,3})\b/.exec(ofRecipients[0]?.get('status') ?? '') ?? [];
  return { mailId, isFailed, status };
}

function partOf({ attachments }: Email, mediaType: string): string | undefined {
  const part = attachments.find(({ mimeType }) => mimeType.toLowerCase() === mediaType);
  return part && textOf(part);
}

function textOf({ content }: Attachment): string {
  return typeof content === 'string' ? content : Buffer.from(new Uint8Array(content)).toString('latin1');
}

type Fields = ReadonlyMap<string, string>;

/** Groups of fields divided by empty lines: of the mail first, then of each recipient (RFC 3464 §2.1). */
function groupsOf(report: string): Fields[] {
  const unfolded = report.replace(/\r\n?/g, '\n').replace(/\n[ \t]+/g, ' ');
  return unfolded
    .split(/\n{2,}/)
    .map((group) => fieldsOf(group))
    .filter(({ size }) => size > 0);
}

function fieldsOf(group: string): Fields {
  const fields = new Map<string, string>();
  for (const line of group.split('\n')) {
    const [, name, value = ''] = /^([!-9;-~]+)[ \t]*:[ \t]*(.*?)[ \t]*$/.exec(line) ?? [];
    if (name !== undefined && !fields.has(name.toLowerCase())) fields.set(name.toLowerCase(), value);
  }
  return fields;
}

function envelopeIdOf(fields: Fields): string | undefined {
  const id = fields.get('original-envelope-id')?.toLowerCase() ?? '';
  return isUuid(id) ? id : undefined;
}

/** A server that knows no envelope ids still returns the header of the mail, or all of it. */
function returnedIdOf(mail: Email, host: string): string | undefined {
  const returned =
    partOf(mail, 'text/rfc822-headers') ??
    partOf(mail, 'message/rfc822-headers') ??
    partOf(mail, 'message/rfc822');
  const [header = ''] = (returned ?? '').replace(/\r\n?/g, '\n').split('\n\n');
  const [, id = '', at] = /^message-id:\s*<([\da-f-]{36})@([^>\s]+)>/im.exec(header) ?? [];
  return isUuid(id) && at?.toLowerCase() === host.toLowerCase() ? id : undefined;
}
