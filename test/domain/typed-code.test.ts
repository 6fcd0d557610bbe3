/** The code typed by hand: its bits, and how people may type it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assert as assertProperty, property, uint8Array } from 'fast-check';
import { attestationNumber } from '../../src/domain/attestation.ts';
import { formatTypedCode, readTypedCode, readTypedNumber, typedCodeOf } from '../../src/domain/typed-code.ts';

describe('typedCodeOf', () => {
  it('writes fifty bits, five for each character', () => {
    const bytes = uint8Array({ minLength: 32, maxLength: 32 });
    assertProperty(
      property(bytes, (hash) => {
        const bits = Array.from(hash, (byte) => byte.toString(2).padStart(8, '0')).join('');
        const values = Array.from({ length: 10 }, (_, at) =>
          Number.parseInt(bits.slice(5 * at, 5 * at + 5), 2),
        );
        const code = values.map((value) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[value]).join('');
        assert.equal(typedCodeOf(hash), code);
        assert.equal(readTypedCode(formatTypedCode(code)), code);
      }),
    );
  });
});

describe('formatTypedCode', () => {
  it('makes two groups', () => assert.equal(formatTypedCode('7K3QM9XPT2'), '7K3QM-9XPT2'));
});

describe('readTypedCode', () => {
  for (const text of [
    '7K3QM-0XP12',
    '7k3qm0xp12',
    ' 7K3 QM0 XP12 ',
    '7K3QM–OXPI2',
    '7k3qm.oxpl2',
    '７Ｋ3QM0XP12',
  ])
    it(`reads ${text}`, () => assert.equal(readTypedCode(text), '7K3QM0XP12'));
  for (const text of ['', '7K3QM-0XP1', '7K3QM-0XP122', 'UUUUU-UUUUU', '7K3QM-0XP1é', '7K3QM+0XP12'])
    it(`refuses ${text}`, () => assert.equal(readTypedCode(text), undefined));
});

describe('readTypedNumber', () => {
  const number = attestationNumber('QUA', 2026, 42n);
  for (const text of [
    number,
    number.toLowerCase(),
    number.replaceAll('-', ' '),
    number.replaceAll('-', ''),
    ` ${number}\n`,
  ])
    it(`reads ${JSON.stringify(text)}`, () => assert.equal(readTypedNumber(text), number));
  it('reads a number of more digits', () => {
    const long = attestationNumber('QUA', 2026, 123_456_789n);
    assert.equal(readTypedNumber(long.replaceAll('-', '')), long);
  });
  for (const text of [
    '',
    'QUA',
    number.slice(0, -1),
    `${number}1`,
    number.replace('42', '43'),
    number.replace('2026', '2027'),
  ])
    it(`refuses ${text}`, () => assert.equal(readTypedNumber(text), undefined));
});
