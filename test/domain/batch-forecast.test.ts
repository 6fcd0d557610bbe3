/** What a batch would come to: counted, and nothing told of few. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { joinForecasts, type RecipientGroup, weighForecast } from '../../src/domain/batch-forecast.ts';
import { dimensionOf } from '../../src/domain/dimension.ts';
import type { Municipality, NisCode } from '../../src/domain/municipality.ts';
import { day } from '../support/register.ts';

const today = day('2026-03-01');
const municipality = (code: string, name: string, language: Municipality['language']) =>
  [
    code,
    {
      nisCode: code as NisCode,
      name: { nl: name, fr: name, de: name },
      region: language === 'fr' ? 'WAL' : 'VLG',
      language,
      validFrom: day('1977-01-01'),
    },
  ] as const;
const municipalities = new Map<string, Municipality>([
  municipality('24062', 'Leuven', 'nl'),
  municipality('24001', 'Aarschot', 'nl'),
  municipality('92094', 'Namur', 'fr'),
]);
const view = {
  places: dimensionOf('place', { municipalities, jointCommittees: new Map(), today }),
  municipalities,
  today,
  smallestCount: 5,
  presumption: { brussels: 'nl', facilities: 'own', unknown: 'nl' } as const,
};
const weigh = (recipients: readonly RecipientGroup[]) =>
  weighForecast({ attestations: { quarantine: 30, 'rent-premium': 40 }, recipients }, view);
const group = (nisCode: string | null, persons: number, more: Partial<RecipientGroup> = {}) => ({
  language: null,
  nisCode,
  hasEbox: true,
  persons,
  ...more,
});

describe('the forecast of a batch', () => {
  it('counts by type, presumed or chosen language, and place, and how many cannot be reached', () => {
    const told = weigh([
      group('24062', 20),
      group('24062', 6, { language: 'de', hasEbox: false }),
      group('92094', 10),
      group(null, 8, { hasEbox: false }),
    ]);
    assert.deepEqual(told.attestations, [
      { type: 'rent-premium', count: 40 },
      { type: 'quarantine', count: 30 },
    ]);
    assert.equal(told.persons, 44);
    assert.deepEqual(told.languages, [
      { language: 'nl', persons: 28 },
      { language: 'fr', persons: 10 },
      { language: 'de', persons: 6 },
    ]);
    assert.equal(told.unreachablePercent, 32);
    const places = new Map(told.places.map(({ place, persons }) => [place.id, persons]));
    assert.deepEqual(
      ['BE', 'VLG', '24062', '92094', 'unknown', '24001'].map((id) => places.get(id)),
      [44, 26, 26, 10, 8, undefined],
    );
    assert.equal(told.isPartial, false);
  });

  it('tells nothing of one person but that there is one', () => {
    const { persons, languages, unreachablePercent, places, isPartial } = weigh([
      group('92094', 1, { hasEbox: false }),
    ]);
    assert.deepEqual(
      { persons, languages, unreachablePercent, places, isPartial },
      { persons: 1, languages: [], unreachablePercent: undefined, places: [], isPartial: true },
    );
  });

  it('leaves out what would tell of few beside many', () => {
    const { languages, unreachablePercent, places } = weigh([
      group('24062', 30),
      group('24001', 12),
      group('92094', 2, { hasEbox: false }),
    ]);
    assert.deepEqual([languages, unreachablePercent], [[], undefined]);
    const named = places.map(({ place }) => place.id);
    assert.ok(!named.includes('92094') && !named.includes('WAL') && !named.includes('VLG'), named.join());
  });

  it('is empty where no row names anybody who is known', () => {
    const { persons, languages, places, isPartial } = weigh([]);
    assert.deepEqual([persons, languages, places, isPartial], [0, [], [], false]);
  });

  it('of parts is the sum of what each came to', () => {
    const joined = joinForecasts([
      { attestations: { quarantine: 2 }, recipients: [group('24062', 2)] },
      { attestations: {}, recipients: [] },
      {
        attestations: { quarantine: 3, 'rent-premium': 1 },
        recipients: [group('24062', 3), group('24062', 1, { hasEbox: false })],
      },
    ]);
    assert.deepEqual(joined, {
      attestations: { quarantine: 5, 'rent-premium': 1 },
      recipients: [group('24062', 5), group('24062', 1, { hasEbox: false })],
    });
  });
});
