/** Tests of mail addresses. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseMailAddress } from '../../src/mail/address.ts';

describe('parseMailAddress', () => {
  describe('when the text is one mailbox', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['an.peeters@example.be', 'an.peeters@example.be'],
      ["o'neil+ebox@sub.example.be", "o'neil+ebox@sub.example.be"],
      ['AN@EXAMPLE.BE', 'AN@example.be'],
      ['an@café.example', 'an@xn--caf-dma.example'],
      ['an@xn--caf-dma.example', 'an@xn--caf-dma.example'],
      [`${'a'.repeat(64)}@example.be`, `${'a'.repeat(64)}@example.be`],
    ];
    for (const [text, address] of cases) {
      it(`reads ${text.slice(0, 40)}`, () => {
        assert.equal(parseMailAddress(text), address);
      });
    }
  });

  describe('when the text is anything else', () => {
    const cases = [
      '',
      'an',
      '@example.be',
      'an@',
      'an@localhost',
      'an@example.be ',
      ' an@example.be',
      'an@example.be\r\nRCPT TO:<evil@evil.be>',
      'an@example.be\nBcc: evil@evil.be',
      'an\r\n@example.be',
      'an@example.be\u2028',
      'an@example.be, evil@evil.be',
      'an@example.be;evil@evil.be',
      'an@example.be>,<evil@evil.be',
      'An <an@example.be>',
      '<an@example.be>',
      '"an peeters"@example.be',
      '"an@evil.be,"@example.be',
      'an(comment)@example.be',
      'an@example.be(comment)',
      'group:an@example.be;',
      '@evil.be:an@example.be',
      'evil.be!an@[127.0.0.1]',
      'an@[127.0.0.1]',
      'an@127.0.0.1',
      'an@example..be',
      'an@.example.be',
      'an@example.be.',
      'an@-example.be',
      'an@example_.be',
      '.an@example.be',
      'an.@example.be',
      'a..n@example.be',
      'an@evil.be@example.be',
      'an@example.be%00',
      'an\0@example.be',
      'àn@example.be',
      'an@example。be',
      'an@ex\u00ADample.be',
      'an@ex\u200Bample.be',
      'an@e\u202Example.be',
      '=?utf-8?q?an=40evil.be?=@example.be\t',
      `${'a'.repeat(65)}@example.be`,
      `an@${'a'.repeat(64)}.be`,
      `an@${'a.'.repeat(130)}be`,
    ];
    for (const text of cases) {
      it(`refuses ${JSON.stringify(text).slice(0, 60)}`, () => {
        assert.equal(parseMailAddress(text), undefined);
      });
    }
  });
});
