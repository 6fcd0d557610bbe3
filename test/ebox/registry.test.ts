/** Tests of messages in the wire form of the message registry, and of what may be asked of it. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { type RegistryMessage, toMessage } from '../../src/ebox/registry.ts';
import { messageQuerySchema, statusRequestSchema } from '../../src/ebox/registry-request.ts';

const BASE = 'https://ebox.example.be/ebox/citizen/v2';

const message: RegistryMessage = {
  messageId: '01935b1e-7c00-7000-8000-000000000001',
  messageTypeId: 'quarantine-declaration-attestation',
  senderOrganizationId: '0206731645',
  senderApplicationId: 'social-attestations',
  subject: 'Attest',
  language: 'nl',
  originalMessageId: null,
  receivedAt: new Date('2026-03-29T00:30:00.999Z'),
  expiresAt: new Date('2029-03-29T00:30:00Z'),
  isVisible: true,
  readAt: null,
  isBodyMain: false,
  isReplyAuthorized: false,
  attachments: [
    {
      attachmentId: '01935b1e-7c00-7000-8000-000000000002',
      fileName: 'QUA-2026-00000001-02.pdf',
      isMainContent: true,
      isSigned: true,
      mediaType: 'application/pdf',
      bytes: 98_765,
      sha256: createHash('sha256').update('x').digest(),
    },
  ],
};

describe('toMessage', () => {
  it('writes the subject in its one language', () => {
    assert.deepEqual(toMessage(message, BASE).subject, { nl: 'Attest' });
  });

  it('writes times in whole seconds with the offset of Brussels, which changes at night', () => {
    const written = toMessage(message, BASE);
    assert.equal(written.receiptDate, '2026-03-29T01:30:00+01:00');
    assert.equal(written.expirationDate, '2029-03-29T02:30:00+02:00');
  });

  it('tells read from unread', () => {
    assert.equal(toMessage(message, BASE).readStatus, false);
    assert.equal(toMessage({ ...message, readAt: new Date() }, BASE).readStatus, true);
  });

  it('leaves out what there is none of', () => {
    assert.ok(!('originalMessageId' in toMessage(message, BASE)));
    const originalMessageId = '01935b1e-7c00-7000-8000-000000000003';
    assert.equal(toMessage({ ...message, originalMessageId }, BASE).originalMessageId, originalMessageId);
  });

  it('writes size in kB of 1024 bytes, the digest in base64url, and where the content is', () => {
    const [attachment] = toMessage(message, BASE).attachments.items;
    assert.equal(attachment?.size, 96.5);
    assert.deepEqual(attachment?.digest, {
      digestMethod: 'sha_256',
      digestValue: 'LXEWQrcmsEQBYnyp-6wy9chTD7GQPMTbAiWHF5IaSIE',
    });
    assert.equal(
      attachment?.contentHref,
      `${BASE}/ebox/messages/${message.messageId}/attachments/${attachment?.attachmentId}/content`,
    );
  });

  it('writes an empty list of attachments as one', () => {
    assert.deepEqual(toMessage({ ...message, attachments: [] }, BASE).attachments, {
      items: [],
      totalItems: 0,
    });
  });
});

describe('messageQuerySchema', () => {
  function isTaken(query: Readonly<Record<string, unknown>>): boolean {
    return messageQuerySchema.safeParse(query).success;
  }

  it('begins with the first page of 25', () => {
    assert.deepEqual(messageQuerySchema.parse({}), { page: 1, pageSize: 25 });
  });

  it('reads numbers, days and truths from text', () => {
    const query = {
      page: '2',
      pageSize: '100',
      receivedAfter: '2024-02-29',
      readStatus: 'false',
      visible: 'true',
    };
    assert.deepEqual(messageQuerySchema.parse(query), {
      page: 2,
      pageSize: 100,
      receivedAfter: '2024-02-29',
      readStatus: false,
      visible: true,
    });
  });

  it('refuses what is none', () => {
    const wrong = [
      ...['0', '-1', '1.5', '1e2', '', ' 1', '9999999'].map((page) => ({ page })),
      ...['0', '101', 'x'].map((pageSize) => ({ pageSize })),
      ...['2026-02-29', '2026-3-2', '0000-01-01', '2026-03-02T00:00:00Z', ''].map((day) => ({
        receivedBefore: day,
      })),
      ...['yes', 'TRUE', '1', ''].map((visible) => ({ visible })),
      ...['', '\0', 'x'.repeat(256)].map((messageTypeId) => ({ messageTypeId })),
      { readStatus: ['true', 'false'] },
      { q: 'x' },
    ];
    for (const query of wrong) assert.ok(!isTaken(query), JSON.stringify(query));
  });
});

describe('statusRequestSchema', () => {
  const one = { messageId: 'x', eboxId: { eboxType: 'citizen', eboxIdValue: '81050003552' } };

  it('takes one to five hundred', () => {
    const sizes = [0, 1, 500, 501];
    const taken = sizes.map(
      (size) => statusRequestSchema.safeParse(Array.from({ length: size }, () => one)).success,
    );
    assert.deepEqual(taken, [false, true, true, false]);
  });

  it('takes no other property and no other type of eBox', () => {
    for (const wrong of [
      { ...one, x: 1 },
      { ...one, eboxId: { ...one.eboxId, eboxType: 'CITIZEN' } },
      { messageId: 'x' },
    ])
      assert.ok(!statusRequestSchema.safeParse([wrong]).success);
  });
});
