import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { hashPrefix, unhashed } from '../../src/pades/unsealed.ts';

describe('hashPrefix', () => {
  it('can be gone on with any number of times', () => {
    const hash = hashPrefix(Buffer.from('%PDF-1.7 '));
    for (const rest of ['one', 'another']) {
      const expected = createHash('sha256').update(`%PDF-1.7 ${rest}`).digest();
      assert.deepEqual(hash.copy().update(rest).digest(), expected);
    }
  });

  for (const [what, text] of [
    ['a ByteRange', '<</ByteRange [0 1 2 3]'],
    ['a ByteRange without a space', '<</ByteRange[0 1 2 3]'],
    ['a signature', '<</Contents <00>'],
  ] as const) {
    it(`refuses a beginning that holds ${what}: sealing would write over what was hashed`, () => {
      assert.throws(() => hashPrefix(Buffer.from(text)), RangeError);
    });
  }

  it('takes the contents of a page, which are no signature', () => {
    hashPrefix(Buffer.from('<</Contents 8 0 R>>'));
  });
});

describe('unhashed', () => {
  it('hashes nothing yet', () => {
    const { prefixBytes, prefixHash } = unhashed(Buffer.from('%PDF'));
    assert.equal(prefixBytes, 0);
    assert.deepEqual(prefixHash.copy().digest(), createHash('sha256').digest());
  });
});
