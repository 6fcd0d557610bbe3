import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isOneParty, majorityOf, stateOf, termOf } from '../../src/domain/mandate.ts';
import { enterprise } from '../support/grounds.ts';
import { day } from '../support/register.ts';

describe('majorityOf', () => {
  it('is the eighteenth birthday', () => assert.equal(majorityOf(day('2010-05-17')), '2028-05-17'));
  it('is 1 March for whoever was born on a leap day', () =>
    assert.equal(majorityOf(day('2012-02-29')), '2030-03-01'));
});

describe('termOf', () => {
  const [validFrom, birthDate] = [day('2026-01-01'), day('2010-05-17')];

  it('ends a parent’s mandate the day before the child is of age', () => {
    assert.deepEqual(termOf('parent', { validFrom }, birthDate), { validFrom, validUntil: '2028-05-16' });
    const longer = { validFrom, validUntil: day('2040-01-01') };
    assert.deepEqual(termOf('parent', longer, birthDate), { validFrom, validUntil: '2028-05-16' });
    const shorter = { validFrom, validUntil: day('2027-01-01') };
    assert.deepEqual(termOf('parent', shorter, birthDate), shorter);
  });

  it('knows no parent of somebody of age', () => {
    assert.deepEqual(termOf('parent', { validFrom: day('2028-05-16') }, birthDate), {
      validFrom: '2028-05-16',
      validUntil: '2028-05-16',
    });
    assert.equal(termOf('parent', { validFrom: day('2028-05-17') }, birthDate), 'ofAge');
  });

  it('leaves other mandates as they are asked', () => {
    assert.deepEqual(termOf('administrator', { validFrom }, birthDate), { validFrom });
    assert.deepEqual(termOf('employer', { validFrom }, undefined), { validFrom });
  });

  it('refuses a last day before the first', () =>
    assert.equal(
      termOf('employer', { validFrom, validUntil: day('2025-12-31') }, undefined),
      'periodInverted',
    ));
});

describe('stateOf', () => {
  const term = { validFrom: day('2026-01-01'), validUntil: day('2026-12-31') };
  const states = [
    ['2025-12-31', 'future'],
    ['2026-01-01', 'inForce'],
    ['2026-12-31', 'inForce'],
    ['2027-01-01', 'expired'],
  ] as const;
  for (const [today, state] of states)
    it(`is ${state} on ${today}`, () => assert.equal(stateOf(term, false, day(today)), state));
  it('is revoked whatever the day', () => assert.equal(stateOf(term, true, day('2026-06-01')), 'revoked'));
  it('goes on without a last day', () =>
    assert.equal(stateOf({ validFrom: term.validFrom }, false, day('2099-01-01')), 'inForce'));
});

describe('isOneParty', () => {
  it('finds who would act for themselves', () => {
    const [one, other] = [enterprise('1900045601'), enterprise('0206731645')];
    assert.equal(isOneParty({ kind: 'employer', agent: one, employer: one }), true);
    assert.equal(isOneParty({ kind: 'employer', agent: one, employer: other }), false);
    assert.equal(isOneParty({ kind: 'parent', agentPersonId: 'a', representedPersonId: 'a' }), true);
  });
});
