/** What is done with the job of a chunk: nothing that came about is lost, and nothing is tried for ever. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stepAfterPart } from '../../src/workflows/chunk-step.ts';

describe('stepAfterPart', () => {
  it('counts tries anew where something came about, and only there', () => {
    const part = { isWhole: true, isLast: false };
    assert.equal(stepAfterPart({ ...part, published: 1 }), 'advance');
    assert.equal(stepAfterPart({ ...part, published: 0 }), 'hold');
  });

  it('ends the job with the last part, whatever came of it, and gives it back where the batch was stopped', () => {
    for (const published of [0, 3]) {
      assert.equal(stepAfterPart({ isWhole: true, isLast: true, published }), 'commit');
      assert.equal(stepAfterPart({ isWhole: false, isLast: true, published }), 'shelve');
      assert.equal(stepAfterPart({ isWhole: false, isLast: false, published }), 'shelve');
    }
  });
});
