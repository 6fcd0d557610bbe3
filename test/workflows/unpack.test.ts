/** Archives: what is in them comes out, and what would fill the memory does not. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { zipSync } from 'fflate';
import { unpack } from '../../src/workflows/unpack.ts';

const zip = (files: Record<string, Uint8Array>, level: 0 | 9 = 9) => Buffer.from(zipSync(files, { level }));

describe('unpack', () => {
  it('gives the files in their order, packed or not, without folders', () => {
    const files = {
      'b.pdf': Buffer.from('%PDF-b'),
      'folder/': Buffer.alloc(0),
      'folder/a.pdf': Buffer.from('a'),
    };
    for (const level of [0, 9] as const) {
      const found = unpack(zip(files, level));
      assert.ok(typeof found !== 'string');
      assert.deepEqual(
        found.map(({ name, bytes }) => [name, bytes.toString()]),
        [
          ['b.pdf', '%PDF-b'],
          ['folder/a.pdf', 'a'],
        ],
      );
    }
  });

  it('refuses a bomb before it is unpacked', () => {
    const bomb = zip({ 'bomb.pdf': new Uint8Array(40 * 2 ** 20) });
    assert.ok(bomb.length < 100_000);
    assert.equal(unpack(bomb), 'tooLarge');
    const many = Object.fromEntries(
      Array.from({ length: 5 }, (_, at) => [`${at}.pdf`, new Uint8Array(15 * 2 ** 20)]),
    );
    assert.equal(unpack(zip(many)), 'tooLarge');
  });

  it('refuses more files than a person would send', () => {
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`${at}.pdf`, Buffer.from('x')]));
    assert.equal(unpack(zip(many)), 'tooMany');
  });

  it('refuses what is no archive, or not a whole one', () => {
    const whole = zip({ 'a.pdf': Buffer.from('a'.repeat(500)), 'b.pdf': Buffer.from('b'.repeat(500)) }, 0);
    for (const bytes of [Buffer.alloc(0), Buffer.from('%PDF-1.7'), whole.subarray(0, 700), zip({})])
      assert.equal(unpack(bytes), 'broken');
  });
});
