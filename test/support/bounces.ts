/** Delivery status notifications as mail servers write them (RFC 3464, with the parts of RFC 6522). */

export interface Report {
  readonly envelopeId?: string;
  /** Of the mail that is returned; with angle brackets. */
  readonly messageId?: string;
  readonly returnedAs?: string;
  readonly action?: string;
  readonly status?: string;
}

/** Writes a report as Postfix does. */
export function report({
  envelopeId,
  messageId,
  returnedAs = 'text/rfc822-headers',
  action = 'failed',
  status = '5.1.1',
}: Report): string {
  const lines = [
    'From: MAILER-DAEMON@mx.example.net (Mail Delivery System)',
    'To: bounces@ebox.example.be',
    'Subject: Undelivered Mail Returned to Sender',
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="4A1/mx"',
    '',
    'This is a MIME-encapsulated message.',
    '',
    '--4A1/mx',
    'Content-Description: Notification',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    'I could not deliver your mail to <an@example.be>.',
    '',
    '--4A1/mx',
    'Content-Description: Delivery report',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.net',
    ...(envelopeId === undefined ? [] : [`Original-Envelope-Id: ${envelopeId}`]),
    'Arrival-Date: Sun, 22 Nov 2026 10:00:00 +0000 (UTC)',
    '',
    'Final-Recipient: rfc822; an@example.be',
    'Original-Recipient: rfc822;an@example.be',
    `Action: ${action}`,
    `Status: ${status}`,
    'Diagnostic-Code: smtp; 550 5.1.1 <an@example.be>: User unknown',
    '',
    '--4A1/mx',
    'Content-Description: Undelivered Message Headers',
    `Content-Type: ${returnedAs}`,
    '',
    'From: Office <no-reply@ebox.example.be>',
    ...(messageId === undefined ? [] : [`Message-ID: ${messageId}`]),
    'Subject: A document is waiting in your eBox',
    '',
    'text',
    '--4A1/mx--',
    '',
  ];
  return lines.join('\r\n');
}
