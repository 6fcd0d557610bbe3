import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { digestAround, digestsOf, fillByteRange, readGap, readSealGap } from '../../src/pades/byte-range.ts';

const PLACEHOLDER = '/ByteRange [0 9999999999 9999999999 9999999999]';
const pdf = (text: string) => Buffer.from(text, 'latin1');
const unsigned = `%PDF-1.7 <<${PLACEHOLDER} /Contents <${'00'.repeat(8)}> >> %%EOF`;

describe('fillByteRange', () => {
  it('writes where the two signed parts lie and gives the gap', () => {
    const bytes = pdf(unsigned);
    const gap = fillByteRange(bytes);
    const start = unsigned.indexOf('<0000');
    assert.deepEqual(gap, { start, end: start + 18 });
    assert.ok(
      bytes.toString().includes(`/ByteRange [0 ${start} ${start + 18} ${unsigned.length - start - 18}]`),
    );
  });

  it('keeps the length of the file', () => {
    const bytes = pdf(unsigned);
    fillByteRange(bytes);
    assert.equal(bytes.length, unsigned.length);
    assert.ok(bytes.toString().endsWith('>> %%EOF'));
  });

  it('takes the word of who wrote the file for where it lies, if it is there', () => {
    const before = `%PDF-1.7 ${PLACEHOLDER} `;
    const [range, contents] = [PLACEHOLDER, '/Contents'].map(
      (text) => before.length + unsigned.indexOf(text),
    );
    assert.ok(range !== undefined && contents !== undefined);
    const bytes = pdf(before + unsigned);
    assert.equal(fillByteRange(bytes), undefined);
    for (const place of [
      { range: range + 1, contents },
      { range, contents: contents - 1 },
      { range, contents: bytes.length },
    ])
      assert.equal(fillByteRange(bytes, place), undefined);
    assert.equal(bytes.toString('latin1'), before + unsigned);
    assert.equal(fillByteRange(bytes, { range, contents })?.start, before.length + unsigned.indexOf('<0000'));
    assert.ok(bytes.toString().startsWith(before));
  });

  for (const [what, text] of [
    ['there is no ByteRange', unsigned.replace(PLACEHOLDER, '')],
    ['the ByteRange is filled already', unsigned.replace('9999999999 9999999999 9999999999', '1 2 3')],
    ['there are two placeholders', unsigned + PLACEHOLDER],
    ['there is a second ByteRange', `${unsigned}/ByteRange [0 1 2 3]`],
    ['there are two empty signatures', `${unsigned}/Contents <${'00'.repeat(8)}>`],
    ['there is no empty signature', unsigned.replace('/Contents', '/Other')],
    ['the signature is not empty', unsigned.replace('00>', '01>')],
    ['the signature does not end', unsigned.replaceAll('>', '')],
  ] as const) {
    describe(`when ${what}`, () => {
      it('gives undefined and changes nothing', () => {
        const bytes = pdf(text);
        assert.equal(fillByteRange(bytes), undefined);
        assert.equal(bytes.toString('latin1'), text);
      });
    });
  }
});

describe('readSealGap', () => {
  const bytes = pdf(unsigned);
  const gap = fillByteRange(bytes);
  const sealed = bytes.toString('latin1');
  const [, start = '', end = '', rest = ''] = /\[0 (\d+) (\d+) (\d+)\]/.exec(sealed) ?? [];

  it('reads back what fillByteRange wrote', () => {
    assert.deepEqual(readSealGap(bytes), gap);
  });

  for (const [what, text] of [
    ['bytes follow the end', `${sealed}\n`],
    ['bytes were cut off', sealed.slice(0, -1)],
    ['there is a second ByteRange', sealed.replace('%%EOF', '/ByteRange [0 1 2 3]')],
    ['the first part does not begin at 0', sealed.replace('[0 ', '[1 ')],
    ['a number is negative', sealed.replace(`[0 ${start}`, `[0 -${start}`)],
    ['a number has a leading zero', sealed.replace(`[0 ${start}`, `[0 0${start}`)],
    ['the ByteRange is null', sealed.replace(`[0 ${start} ${end} ${rest}]`, 'null')],
    ['a comment stands in the ByteRange', sealed.replace(`[0 ${start}`, `[0%\n${start}`)],
    ['the gap is larger than the string', sealed.replace(`[0 ${start}`, `[0 ${Number(start) - 1}`)],
    ['the gap is not directly after its key', sealed.replace('/Contents <', '/Content  <')],
    ['the string is upper case', sealed.replace('<0000', '<A000')],
    ['the string holds a space', sealed.replace('<0000', '<00 0')],
    ['the string holds another', sealed.replace('<0000', '<0>00')],
  ] as const) {
    describe(`when ${what}`, () => {
      it('gives undefined', () => {
        assert.notEqual(text, sealed);
        assert.equal(readSealGap(pdf(text)), undefined);
      });
    });
  }
});

describe('digestAround', () => {
  it('covers everything but the gap', () => {
    const expected = createHash('sha256').update('before').update('after').digest();
    assert.deepEqual(digestAround(pdf('before<00>after'), { start: 6, end: 10 }), expected);
  });
});

describe('digestsOf', () => {
  it('covers everything but the gap, and everything', () => {
    const { around, whole } = digestsOf(pdf('before<00>after'), { start: 6, end: 10 });
    assert.deepEqual(around, digestAround(pdf('before<00>after'), { start: 6, end: 10 }));
    assert.deepEqual(whole, createHash('sha256').update('before<00>after').digest());
  });
});

describe('readGap', () => {
  it('gives the bytes behind the digits', () => {
    assert.deepEqual(readGap(pdf('..<30ff>..'), { start: 2, end: 8 }), Buffer.from([0x30, 0xff]));
  });
});
