/** Tests of files on their way out: ranges, and names that cannot break a header. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { contentHeaders, contentReply, rangeOf } from '../../src/http/content.ts';

const pdf = { fileName: 'QUA-2026-00000001-02.pdf', mediaType: 'application/pdf' };
const bytes = Buffer.from('0123456789');

function range(
  text: string | undefined,
  others: Readonly<Record<string, string>> = {},
  method: 'get' | 'head' = 'get',
) {
  return rangeOf({ method, headers: { range: text, ...others } });
}

describe('rangeOf', () => {
  it('reads one range of bytes', () => {
    assert.deepEqual(range('bytes=0-0'), { first: 0, last: 0 });
    assert.deepEqual(range('bytes=5-'), { first: 5 });
    assert.deepEqual(range('bytes=0005-0009'), { first: 5, last: 9 });
  });

  it('gives none where the whole file is the answer', () => {
    const texts = [
      undefined,
      '',
      'bytes=',
      'bytes=-5',
      'bytes=5-2',
      'bytes=0-1,4-5',
      'bytes=a-b',
      'lines=1-2',
      'bytes=1-2x',
    ];
    for (const text of texts) assert.equal(range(text), undefined, text);
  });

  it('gives none with If-Range, which nothing here could match', () => {
    assert.equal(range('bytes=5-', { 'if-range': '"x"' }), undefined);
  });

  it('gives none for HEAD', () => {
    assert.equal(range('bytes=5-', {}, 'head'), undefined);
  });
});

describe('contentReply', () => {
  it('gives the whole file', () => {
    const reply = contentReply(pdf, bytes, undefined);
    assert.equal(reply.status, 200);
    assert.deepEqual(reply.bytes, bytes);
    assert.equal(reply.headers?.['Content-Range'], undefined);
  });

  it('gives a part and says which', () => {
    const reply = contentReply(pdf, bytes, { first: 2, last: 4 });
    assert.equal(reply.status, 206);
    assert.equal(reply.bytes?.toString(), '234');
    assert.equal(reply.headers?.['Content-Range'], 'bytes 2-4/10');
  });

  it('ends a part where the file ends', () => {
    for (const part of [{ first: 8 }, { first: 8, last: 99 }, { first: 8, last: Number.POSITIVE_INFINITY }]) {
      const reply = contentReply(pdf, bytes, part);
      assert.equal(reply.bytes?.toString(), '89');
      assert.equal(reply.headers?.['Content-Range'], 'bytes 8-9/10');
    }
  });
});

describe('contentHeaders', () => {
  function disposition(fileName: string): string {
    return contentHeaders({ ...pdf, fileName })['Content-Disposition'] ?? '';
  }

  it('names the file twice: for old readers and in full', () => {
    assert.equal(
      disposition(pdf.fileName),
      `inline; filename="${pdf.fileName}"; filename*=UTF-8''${pdf.fileName}`,
    );
    assert.equal(disposition('é.pdf'), `inline; filename="_.pdf"; filename*=UTF-8''%C3%A9.pdf`);
  });

  it('lets no name leave its parameter, its header or its folder', () => {
    const names = [
      'a"; filename="b',
      'a\r\nSet-Cookie: x=1',
      '../../etc/passwd',
      '..\\..\\x',
      "a'b(c)*d",
      '%2e%2e%2f',
      'a\0b',
      '‮gpj.exe',
      '\ud800.pdf',
      '𝄞;x=y',
      'ab',
      ' ',
    ];
    for (const name of names) {
      const [, plain = '', encoded = ''] =
        /^inline; filename="([\x20-\x7e]*)"; filename\*=UTF-8''([\w.!$&+^`|~%-]*)$/.exec(disposition(name)) ??
        [];
      assert.ok(plain !== '' && encoded !== '', `${JSON.stringify(name)} became ${disposition(name)}`);
      assert.doesNotMatch(plain, /["\\/%]/);
      assert.doesNotMatch(decodeURIComponent(encoded), /[\p{Cc}\p{Cf}\p{Cs}/\\]/u);
    }
  });
});
