/** What keeps a batch from running by itself. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AgencyBound, isJump, needsSecond } from '../../src/domain/batch-guard.ts';

const AGENCY = '1900045601';
const bound = (usual: number | undefined, own: Record<string, number> = {}): AgencyBound => ({
  usual,
  own: new Map(Object.entries(own)),
});
const none = { secondRows: undefined, secondErrors: undefined, jump: undefined };

describe('needsSecond', () => {
  it('asks for another from so many rows on, and an agency’s own bound counts before the usual one', () => {
    const of = (secondRows: AgencyBound, rows: number) =>
      needsSecond({ ...none, secondRows }, AGENCY, { rows, faulty: 0 });
    assert.deepEqual(
      [of(bound(10), 9), of(bound(10), 10), of(bound(10, { [AGENCY]: 100 }), 10), of(bound(undefined), 1e6)],
      [false, true, false, false],
    );
    assert.equal(of(bound(undefined, { [AGENCY]: 5 }), 5), true);
  });

  it('asks for another from such a share of errors on', () => {
    const of = (faulty: number) =>
      needsSecond({ ...none, secondErrors: bound(10) }, AGENCY, { rows: 50, faulty });
    assert.deepEqual([of(4), of(5)], [false, true]);
  });

  it('asks for nobody where nothing is set', () => {
    assert.equal(needsSecond(undefined, AGENCY, { rows: 5_000_000, faulty: 5_000_000 }), false);
    assert.equal(needsSecond(none, AGENCY, { rows: 5_000_000, faulty: 5_000_000 }), false);
  });
});

describe('isJump', () => {
  it('sees a batch that is far larger or smaller than the last', () => {
    const of = (rows: number, last: number) => isJump({ ...none, jump: bound(50) }, AGENCY, rows, last);
    assert.deepEqual(
      [of(150, 100), of(151, 100), of(50, 100), of(49, 100), of(1000, 0)],
      [false, true, false, true, false],
    );
    assert.equal(isJump(none, AGENCY, 1000, 1), false);
  });
});
