/** Tests of the notice and of the texts it is written from. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { readNoticeTexts } from '../../src/catalogue/notice-file.ts';
import { ServiceError } from '../../src/errors.ts';
import { composeNotice, type NoticeTexts } from '../../src/mail/notice.ts';
import { projectRoot } from '../support/needs.ts';

const noticeTexts = await readNoticeTexts(join(projectRoot, 'templates'));
const values = {
  inboxUrl: 'https://ebox.example.be/inbox',
  settingsUrl: undefined,
  count: 1,
  issuerName: 'Dienst & <Co> "voor" allen $& $1',
  senders: [],
};

function texts(language: string): NoticeTexts {
  return noticeTexts[language as NoticeTexts['language']];
}

describe('composeNotice', () => {
  for (const language of ['nl', 'fr', 'de', 'en']) {
    describe(`when the texts are those in ${language}`, () => {
      const { subject, text, html } = composeNotice(texts(language), values);

      it('writes a subject of one line that a mail reader shows whole', () => {
        assert.match(subject, /^[^\r\n]{10,60}$/);
        assert.match(subject, /eBox/);
      });

      it('says where to log in, in both forms', () => {
        assert.ok(text.includes(`\n${values.inboxUrl}\n`));
        assert.equal(html.split(`href="${values.inboxUrl}"`).length - 1, 2);
      });

      it('names the institution, as text', () => {
        assert.ok(text.replaceAll('\n', ' ').includes(values.issuerName));
        assert.ok(html.includes('Dienst &amp; &lt;Co&gt; &quot;voor&quot; allen $&amp; $1'));
        assert.ok(!html.includes('<Co>'));
      });

      it('leaves no placeholder open', () => {
        assert.doesNotMatch(`${subject}${text}${html}`, /issuerName/);
      });

      it('states its language and one heading', () => {
        assert.ok(html.includes(`<html lang="${language}">`));
        assert.equal(html.match(/<h1/g)?.length, 1);
      });

      it('holds nothing that reports who read it, and nothing that runs', () => {
        assert.doesNotMatch(
          html,
          /<(img|script|iframe|link|object|form|video|audio|svg|input)\b|url\(|src=|@import/i,
        );
        const addresses = html.match(/https?:\/\/[^"<\s]+/g) ?? [];
        assert.deepEqual(new Set(addresses), new Set([values.inboxUrl]));
      });

      it('says nothing of what the document is or whom it is about', () => {
        const content = `${subject} ${text}`.toLowerCase();
        for (const word of ['quarant', 'attest', 'bescheinigung', 'certifica', 'niss', 'insz', 'ssin']) {
          assert.ok(!content.includes(word), word);
        }
        assert.doesNotMatch(content, /\d{6}/);
      });

      it('breaks the lines of the plain text', () => {
        for (const line of text.split('\n')) assert.ok(line.length <= 72, line);
      });
    });
  }

  it('counts what waits, where it is more than one', () => {
    const several = { ...values, count: 12 };
    for (const language of ['nl', 'fr', 'de', 'en']) {
      const { subject, text, html } = composeNotice(texts(language), several);
      assert.match(subject, /^[^\r\n]{10,60}$/);
      assert.ok(subject.includes('12'));
      assert.ok(text.startsWith(`${subject}\n`));
      assert.ok(html.includes(`${subject}</h1>`));
    }
  });

  it('names each sender once, in no order that tells anything, and none where none wants it', () => {
    const senders = ['Ville & <b>', '{count} $&', 'Ville & <b>'];
    const { text, html } = composeNotice(texts('fr'), { ...values, senders });
    assert.match(text, /\nDe\s: \{count\} \$& et Ville & <b>\.\n/);
    assert.ok(html.includes('{count} $&amp; et Ville &amp; &lt;b&gt;.</p>'));
    assert.doesNotMatch(composeNotice(texts('fr'), values).text, /^De\s:/m);
  });

  it('says where mail is turned off or redirected, where there is such a page', () => {
    const settingsUrl = 'https://myebox.example.be/';
    const { text, html, ...notice } = composeNotice(texts('fr'), { ...values, settingsUrl });
    assert.equal(notice.settingsUrl, settingsUrl);
    assert.ok(text.endsWith(`${settingsUrl}\n`));
    assert.ok(html.includes(`href="${settingsUrl}"`));
  });

  it('keeps a long address on one line', () => {
    const inboxUrl = `https://ebox.example.be/${'inbox/'.repeat(20)}`;
    assert.ok(
      composeNotice(texts('en'), { ...values, inboxUrl })
        .text.split('\n')
        .includes(inboxUrl),
    );
  });

  it('refuses an address that is no plain web address', () => {
    for (const inboxUrl of [
      'inbox',
      'javascript:alert(1)',
      'https://ebox.example.be/inbox?person=1',
      'https://ebox.example.be/inbox#1',
      'https://user@ebox.example.be/inbox',
      'mailto:an@example.be',
    ]) {
      assert.throws(
        () => composeNotice(texts('en'), { ...values, inboxUrl }),
        (error) => error instanceof ServiceError && error.code === 'configurationInvalid',
        inboxUrl,
      );
    }
  });
});
