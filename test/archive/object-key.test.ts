import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { objectKeyOf } from '../../src/archive/object-key.ts';

const ID = '0198f1c2-7a3b-7c11-8d22-123456789012';

describe('objectKeyOf', () => {
  it('names an object by the year and the id of its attestation alone', () =>
    assert.equal(objectKeyOf(ID, new Date('2026-06-01T10:00:00Z')), `attestations/2026/${ID}`));

  it('counts the year in UTC, whatever the clock of the machine shows', () =>
    assert.equal(objectKeyOf(ID, new Date('2026-12-31T23:30:00Z')), `attestations/2026/${ID}`));
});
