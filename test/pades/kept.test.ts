import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keepLatest } from '../../src/pades/kept.ts';

describe('keepLatest', () => {
  const counting = (most: number) => {
    const read: Buffer[] = [];
    const kept = keepLatest(most, (bytes) => {
      if (bytes.length === 0) throw new RangeError('nothing');
      read.push(bytes);
      return { bytes };
    });
    return { read, of: (text: string) => kept(Buffer.from(text)) };
  };

  it('reads the same bytes once, and others anew', () => {
    const { read, of } = counting(9);
    assert.equal(of('one'), of('one'));
    assert.notEqual(of('two'), of('one'));
    assert.equal(read.length, 2);
  });

  it('forgets what was used longest ago', () => {
    const { read, of } = counting(2);
    for (const text of ['one', 'two', 'one', 'three', 'one']) of(text);
    assert.equal(read.length, 3);
    of('two');
    assert.equal(read.length, 4);
  });

  it('does not hold the file that the bytes came in', () => {
    const file = Buffer.from('a certificate in a file');
    const { bytes } = keepLatest(2, (found) => ({ bytes: found }))(file.subarray(2, 13));
    file.fill(0);
    assert.equal(bytes.toString(), 'certificate');
  });

  it('keeps nothing that is large', () => {
    const { read, of } = counting(9);
    const large = 'x'.repeat(20_000);
    of(large);
    of(large);
    assert.equal(read.length, 2);
  });

  it('keeps no failure', () => {
    const { of } = counting(9);
    for (const _ of [1, 2]) assert.throws(() => of(''), RangeError);
  });
});
