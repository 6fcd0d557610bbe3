/** Writes the report of a mail that could not be delivered (RFC 3464), as the mail host of the recipient would. */
import { randomBytes } from 'node:crypto';
import type { MailEnvelope } from './mails.ts';

/** Reports that a mail is not delivered, because its address is not known there; its header comes along. */
export function writeReport({ from, to }: MailEnvelope, mail: Buffer, at: Date): Buffer {
  const boundary = `report-${randomBytes(12).toString('hex')}`;
  const [header = ''] = mail.toString('latin1').split('\r\n\r\n');
  const part = (type: string, lines: readonly string[]) => [
    `--${boundary}`,
    `Content-Type: ${type}`,
    '',
    ...lines,
    '',
  ];
  const lines = [
    'From: MAILER-DAEMON@localhost (Mail Delivery System)',
    `To: ${from}`,
    `Date: ${at.toUTCString().replace('GMT', '+0000')}`,
    'Subject: Undelivered Mail Returned to Sender',
    `Message-ID: <${randomBytes(12).toString('hex')}@localhost>`,
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
    '',
    ...part('text/plain; charset=us-ascii', ['The mail could not be delivered: there is no such mailbox.']),
    ...part('message/delivery-status', [
      'Reporting-MTA: dns; localhost',
      '',
      ...to.flatMap((address) => [
        `Final-Recipient: rfc822; ${address}`,
        'Action: failed',
        'Status: 5.1.1',
        '',
      ]),
    ]),
    ...part('text/rfc822-headers', [header]),
    `--${boundary}--`,
    '',
  ];
  return Buffer.from(lines.join('\r\n'), 'latin1');
}
