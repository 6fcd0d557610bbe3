/** The code from tables against a general encoder. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assert as assertProperty, constantFrom, property, string } from 'fast-check';
import { encode } from 'uqr';
import { encodeQr, MASK } from '../../src/code/qr.ts';

const ALPHANUMERIC = Array.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:');

/** A text of digits alone would have a mode of its own, which nothing on a document needs. */
function assertSame(text: string): void {
  if (/^\d*$/.test(text)) return;
  const { side, dark } = encodeQr(text);
  const isAlphanumeric = Array.from(text).every((one) => ALPHANUMERIC.includes(one));
  const expected = encode(isAlphanumeric ? text : [...Buffer.from(text)], {
    ecc: 'M',
    border: 0,
    maskPattern: MASK,
  });
  assert.equal(side, expected.size);
  assert.deepEqual([...dark], expected.data.flat().map(Number));
}

/** What each version holds with error correction M: characters of the alphanumeric mode, bytes (table 7). */
const CAPACITY = [
  [20, 14],
  [38, 26],
  [61, 42],
  [90, 62],
  [122, 84],
  [154, 106],
  [178, 122],
  [221, 152],
  [262, 180],
  [311, 213],
  [366, 251],
  [419, 287],
  [483, 331],
] as const;

describe('encodeQr', () => {
  it('equals the general encoder for any text', () => {
    assertProperty(property(string({ maxLength: 320, unit: 'binary' }), assertSame));
  });

  it('equals it for any text of the alphanumeric mode', () => {
    const text = string({ maxLength: 480, unit: constantFrom(...ALPHANUMERIC) });
    assertProperty(property(text, assertSame));
  });

  for (const [at, [characters, bytes]] of CAPACITY.entries()) {
    it(`fills version ${at + 1} and goes on to the next`, () => {
      for (const text of ['A'.repeat(characters), 'a'.repeat(bytes)]) {
        assert.equal(encodeQr(text).side, 21 + 4 * at);
        assertSame(text);
        assertSame(text.slice(1));
        assert.ok(encodeQr(`${text}${text.charAt(0)}`).side > 21 + 4 * at);
      }
    });
  }

  it('encodes in the general way what is longer than the tables', () => {
    assert.equal(encodeQr('a'.repeat(332)).side, 21 + 4 * 13);
  });
});
