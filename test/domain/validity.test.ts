/** How an attestation stands now and on a day, by the clocks of Brussels. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LocalDate } from '../../src/domain/period.ts';
import { type Lifetime, statusAt, statusOn } from '../../src/domain/validity.ts';

const YEAR = { number: 1, unit: 'year' } as const;
/** In Brussels the third already. */
const preparedAt = new Date('2026-03-02T23:30:00Z');
const issued: Lifetime = { state: 'issued', preparedAt, endedAt: null };
const ended = (state: 'superseded' | 'revoked' | 'erased'): Lifetime => ({
  state,
  preparedAt,
  endedAt: new Date('2026-05-10T10:00:00Z'),
});
const on = (lifetime: Lifetime, day: string, validity?: typeof YEAR) =>
  statusOn(lifetime, validity, day as LocalDate);

describe('statusAt', () => {
  it('is what became of it, and expired at the moment its type says', () => {
    assert.equal(statusAt(issued, undefined, new Date('2099-01-01T00:00:00Z')), 'valid');
    assert.equal(statusAt(issued, YEAR, new Date('2027-03-02T23:29:59Z')), 'valid');
    assert.equal(statusAt(issued, YEAR, new Date('2027-03-02T23:30:00Z')), 'expired');
    for (const state of ['superseded', 'revoked', 'erased'] as const)
      assert.equal(statusAt(ended(state), YEAR, new Date('2099-01-01T00:00:00Z')), state);
  });

  it('knows nothing of what was never issued', () => {
    for (const state of ['prepared', 'withdrawn'] as const)
      assert.equal(statusAt({ ...issued, state }, undefined, preparedAt), 'unknown');
  });
});

describe('statusOn', () => {
  it('begins on the day printed on the document and ends on that of its end', () => {
    assert.equal(on(issued, '2026-03-02'), 'notYetValid');
    assert.equal(on(issued, '2026-03-03'), 'valid');
    for (const state of ['superseded', 'revoked'] as const) {
      assert.equal(on(ended(state), '2026-05-09'), 'valid');
      assert.equal(on(ended(state), '2026-05-10'), state);
    }
  });

  it('is expired from the day on which its type says', () => {
    assert.equal(on(issued, '2027-03-02', YEAR), 'valid');
    assert.equal(on(issued, '2027-03-03', YEAR), 'expired');
  });

  it('says nothing of any day once it was erased', () =>
    assert.equal(on(ended('erased'), '2026-04-01'), 'erased'));
});
