/** Random bytes that are drawn many at once: none is given twice. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { freshBytes } from '../src/random.ts';

describe('freshBytes', () => {
  it('gives as many as asked for, never the same twice, also beyond one draw', () => {
    const given = Array.from({ length: 3000 }, (_, index) => freshBytes(10 + (index % 7)));
    assert.ok(given.every((bytes, index) => bytes.length === 10 + (index % 7)));
    assert.equal(new Set(given.map((bytes) => bytes.subarray(0, 10).toString('hex'))).size, given.length);
  });

  it('gives bytes that nobody else changes', () => {
    const first = freshBytes(16);
    const kept = Buffer.from(first);
    for (let index = 0; index < 2000; index += 1) freshBytes(16);
    assert.deepEqual(first, kept);
    assert.notDeepEqual(first, Buffer.alloc(16));
  });

  it('draws a large wish by itself', () => {
    assert.equal(freshBytes(100_000).length, 100_000);
  });
});
