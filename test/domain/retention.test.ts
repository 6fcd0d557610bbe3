import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { keptUntil } from '../../src/domain/evidence.ts';
import { describeKeep, overBefore } from '../../src/domain/keep.ts';
import { RETENTION } from '../../src/domain/retention.ts';

const at = (text: string) => new Date(text);

describe('overBefore', () => {
  it('is the moment itself for what says until when', () =>
    assert.deepEqual(overBefore('until', at('2030-05-05T10:00:00Z')), at('2030-05-05T10:00:00Z')));

  it('counts days back', () =>
    assert.deepEqual(overBefore({ days: 90 }, at('2030-05-05T10:00:00Z')), at('2030-02-04T10:00:00Z')));

  it('counts years from the 1 January after, as evidence does', () => {
    const keep = RETENTION.auditEntries.keep;
    for (const year of [2024, 2025]) {
      const until = keptUntil(year);
      const [first, last] = [at(`${year}-01-01T00:00:00Z`), at(`${year}-12-31T23:59:59.999Z`)];
      assert.ok(last < overBefore(keep, until) && first < overBefore(keep, until));
      assert.ok(first >= overBefore(keep, new Date(until.getTime() - 1)));
    }
  });
});

describe('describeKeep', () => {
  it('says each kind', () =>
    assert.deepEqual(
      [describeKeep('until'), describeKeep({ days: 2 }), describeKeep({ years: 3 })],
      ['until its moment', '2 days', '3 years from 1 January'],
    ));
});
