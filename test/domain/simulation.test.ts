/** Simulations: amounts, what is hidden, and what changed since. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dimensionOf } from '../../src/domain/dimension.ts';
import type { Municipality, NisCode } from '../../src/domain/municipality.ts';
import { type PersonCounts, weighSimulation } from '../../src/domain/simulation.ts';
import { day } from '../support/register.ts';

const today = day('2026-03-01');
const municipality = (
  code: string,
  name: string,
  more: Partial<Municipality> = {},
): [string, Municipality] => [
  code,
  {
    nisCode: code as NisCode,
    name: { nl: name, fr: name, de: name },
    region: 'VLG',
    language: 'nl',
    validFrom: day('1977-01-01'),
    ...more,
  },
];
const municipalities = new Map([
  municipality('24062', 'Leuven'),
  municipality('24001', 'Aarschot'),
  municipality('24104', 'Tielt', { mergedInto: '24001' as NisCode, validUntil: day('2024-12-31') }),
]);
const places = dimensionOf('place', { municipalities, jointCommittees: new Map(), today });
const weigh = (now: PersonCounts, before?: PersonCounts, smallestCount = 5) => {
  const told = weighSimulation({ now, before }, 15_050, { places, municipalities, today, smallestCount });
  return new Map(told.map((one) => [one.place.id, one.told]));
};

describe('a simulation', () => {
  it('counts by the municipalities of today and everything they lie in, in whole cents', () => {
    const told = weigh({ '24062': 10, '24001': 7, '24104': 5, '': 6 });
    assert.deepEqual(told.get('24001'), { persons: 12, amountInCents: 180_600 });
    assert.deepEqual(
      ['24062', '20001', 'VLG', 'BE', 'unknown'].map((place) => told.get(place)?.persons),
      [10, 22, 22, 28, 6],
    );
    assert.ok(!told.has('WAL'), 'where there is nobody nothing is told');
  });

  it('hides small counts, and what would give them away', () => {
    const told = weigh({ '24062': 12, '24001': 3 });
    assert.deepEqual([told.has('24001'), told.get('24001'), told.get('24062')], [true, undefined, undefined]);
    assert.equal(told.get('BE')?.persons, 15);
  });

  it('tells what changed where neither number is hidden', () => {
    const told = weigh({ '24062': 12, '24001': 8 }, { '24062': 30, '24001': 6 });
    assert.deepEqual(told.get('24062')?.change, { persons: -18, amountInCents: -270_900 });
    assert.deepEqual(told.get('24001')?.change, { persons: 2, amountInCents: 30_100 });
    assert.equal(weigh({ '24062': 12 }, { '24062': 3 }).get('24062')?.change, undefined);
    assert.deepEqual(weigh({}, { '24062': 9 }).get('24062')?.change?.persons, -9);
    assert.equal(weigh({ '24062': 12 }).get('24062')?.change, undefined);
  });
});
