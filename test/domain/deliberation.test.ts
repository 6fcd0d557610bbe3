import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { grantFaults, mayMove, REQUEST_STATES } from '../../src/domain/access-request.ts';
import { type DataUse, daysBetween, stateOf, uncoveredBy } from '../../src/domain/deliberation.ts';
import { groundIdOf, parseGroundId } from '../../src/domain/ground.ts';
import { day } from '../support/register.ts';

const allowed: DataUse = {
  legalContext: 'CITY:SUPPORT_GRANT',
  purpose: { nl: 'steun', fr: 'aide', de: 'Beihilfe' },
  statuses: ['quarantine', 'increasedIntervention'],
  attestationTypes: ['quarantine'],
  flows: ['moves'],
  attributes: ['month', 'numberOfDays'],
  municipalities: ['24062', '24001'],
  ownDossiers: true,
  validFrom: day('2026-01-01'),
  validUntil: day('2026-12-31'),
};

describe('uncoveredBy', () => {
  const ask = (changes: Partial<DataUse>) => uncoveredBy(allowed, { ...allowed, ...changes });

  it('finds nothing outside the same use, nor outside less of it', () => {
    assert.deepEqual(ask({}), []);
    const less = { statuses: [], attributes: ['month'], municipalities: ['24062'] };
    assert.deepEqual(ask({ ...less, validFrom: day('2026-02-01'), validUntil: day('2026-03-01') }), []);
  });

  const more: readonly (readonly [string, Partial<DataUse>])[] = [
    ['legalContext', { legalContext: 'CITY:OTHER' }],
    ['statuses', { statuses: ['quarantine', 'disability'] }],
    ['attestationTypes', { attestationTypes: ['other'] }],
    ['flows', { flows: ['deaths'] }],
    ['attributes', { attributes: ['employer'] }],
    ['municipalities', { municipalities: ['24062', '11002'] }],
    ['ownDossiers', { ownDossiers: false }],
    ['validFrom', { validFrom: day('2025-12-31') }],
    ['validUntil', { validUntil: day('2027-01-01') }],
  ];
  for (const [part, changes] of more) it(`finds ${part}`, () => assert.deepEqual(ask(changes), [part]));

  it('takes everybody for more than some municipalities, and these for less than everybody', () => {
    const { municipalities: _some, ...everybody } = allowed;
    assert.deepEqual(uncoveredBy(allowed, everybody), ['municipalities']);
    assert.deepEqual(uncoveredBy(everybody, allowed), []);
  });
});

describe('grantFaults', () => {
  const own = { ...allowed, organization: '0206731645' };
  it('finds another organisation’s deliberation', () =>
    assert.deepEqual(grantFaults(own, { ...own, organization: '1900045601' }), ['otherOrganization']));
  it('finds none in the organisation’s own that covers the request', () =>
    assert.deepEqual(grantFaults(own, own), []));
});

describe('mayMove', () => {
  it('goes from asked through analysis to a decision, and never on from one', () => {
    const moves = REQUEST_STATES.flatMap((from) =>
      REQUEST_STATES.filter((to) => mayMove(from, to)).map((to) => `${from} ${to}`),
    );
    assert.deepEqual(moves, [
      'asked inAnalysis',
      'asked granted',
      'asked refused',
      'inAnalysis granted',
      'inAnalysis refused',
    ]);
  });
});

describe('stateOf', () => {
  const none = { isEnded: false, isReplaced: false };
  const states = [
    ['2025-12-31', 'future'],
    ['2026-01-01', 'inForce'],
    ['2026-12-31', 'inForce'],
    ['2027-01-01', 'expired'],
  ] as const;
  for (const [today, state] of states)
    it(`is ${state} on ${today}`, () => assert.equal(stateOf(allowed, none, day(today)), state));
  it('is replaced once a later version has begun, and ended before all', () => {
    const today = day('2026-06-01');
    assert.equal(stateOf(allowed, { isEnded: false, isReplaced: true }, today), 'replaced');
    assert.equal(stateOf(allowed, { isEnded: true, isReplaced: true }, today), 'ended');
  });
});

describe('daysBetween', () => {
  it('counts days over a change of the clock', () => {
    assert.equal(daysBetween(day('2026-03-28'), day('2026-03-30')), 2);
    assert.equal(daysBetween(day('2026-10-31'), day('2026-10-31')), 0);
  });
});

describe('groundIdOf', () => {
  it('is read back by parseGroundId, which takes no other text', () => {
    const version = { deliberationId: '01935b1e-7c00-7000-8000-000000000001', version: 12 };
    assert.deepEqual(parseGroundId(groundIdOf(version)), version);
    assert.equal(parseGroundId(version.deliberationId), undefined);
    assert.equal(parseGroundId(`${version.deliberationId}/0`), undefined);
  });
});
