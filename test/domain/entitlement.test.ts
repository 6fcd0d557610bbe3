import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { AttestationType } from '../../src/domain/attestation-type.ts';
import type { Case } from '../../src/domain/case.ts';
import { type EntitledDay, entitle } from '../../src/domain/entitlement.ts';
import { addDays, type LocalDate } from '../../src/domain/period.ts';
import type { Status } from '../../src/domain/status.ts';

// Entitling looks at these alone.
const rules = [{ id: 'always', all: [], any: ['quarantine'], none: [], sources: {}, days: 1 }];
const type = { id: 'quarantine', rules, row: 'day', caseKeys: ['employer', 'month'] } as const;
const NOBODY = { birthDate: undefined, householdSize: undefined, municipalityOn: () => undefined };
const ABOUT = { subject: NOBODY, today: '2026-01-15' as LocalDate };
const quarantine = type as unknown as AttestationType;
const ofCase: Case = { type: 'quarantine', personId: 'p', keys: { employer: 'e', month: '2020-09' } };

function fact(startDate: string, endDate?: string, changes: Partial<Status> = {}): Status {
  return {
    personId: 'p',
    code: 'quarantine',
    source: 'dimona',
    period: {
      startDate: startDate as LocalDate,
      ...(endDate !== undefined && { endDate: endDate as LocalDate }),
    },
    employerId: 'e',
    reference: `9-${startDate}`,
    attributes: {},
    ...changes,
  };
}

function days(...facts: readonly Status[]): readonly EntitledDay[] {
  const entitlement = entitle(quarantine, ofCase, facts, ABOUT);
  return entitlement.isEntitled ? entitlement.days : [];
}

function dates(...facts: readonly Status[]): readonly string[] {
  return days(...facts).map(({ date }) => date);
}

describe('entitle', () => {
  it('says why nobody is entitled without facts', () =>
    assert.deepEqual(entitle(quarantine, ofCase, [], ABOUT), {
      isEntitled: false,
      reasons: ['noFacts'],
      explanations: [{ rule: 'always', reasons: ['noFacts'], facts: [] }],
    }));

  it('lists days in their order, consecutive or not', () =>
    assert.deepEqual(dates(fact('2020-09-10', '2020-09-10'), fact('2020-09-07', '2020-09-08')), [
      '2020-09-07',
      '2020-09-08',
      '2020-09-10',
    ]));

  it('takes an open fact for its first day', () =>
    assert.deepEqual(dates(fact('2020-09-07')), ['2020-09-07']));

  it('lists a day once that several facts cover, under the first reference', () => {
    const listed = days(
      fact('2020-09-07', '2020-09-09', { reference: '2' }),
      fact('2020-09-08', '2020-09-10', { reference: '1' }),
    );
    assert.deepEqual(
      listed.map(({ date, reference }) => [date, reference]),
      [
        ['2020-09-07', '2'],
        ['2020-09-08', '1'],
        ['2020-09-09', '1'],
        ['2020-09-10', '1'],
      ],
    );
  });

  it('lists a fact once that is there twice', () =>
    assert.deepEqual(dates(fact('2020-09-07', '2020-09-08'), fact('2020-09-07', '2020-09-08')), [
      '2020-09-07',
      '2020-09-08',
    ]));

  it('leaves out what belongs to another case or another status', () =>
    assert.deepEqual(
      dates(
        fact('2020-09-07', undefined, { employerId: 'other' }),
        fact('2020-09-08', undefined, { personId: 'other' }),
        fact('2020-08-31', '2020-09-02'),
        fact('2020-10-01'),
        fact('2020-09-09', undefined, { code: 'other' as Status['code'] }),
        fact('2020-09-11'),
      ),
      ['2020-09-11'],
    ));

  it('keeps the whole of a fact that ends in the next month', () =>
    assert.deepEqual(dates(fact('2020-09-30', '2020-10-01')), ['2020-09-30', '2020-10-01']));

  it('prints committee and using employer where the fact has them', () => {
    const attributes = { jointCommittee: '322', usingEmployer: 'Vermeulen BV', other: 'not printed' };
    assert.deepEqual(days(fact('2020-09-07', undefined, { attributes })), [
      { date: '2020-09-07', reference: '9-2020-09-07', jointCommittee: '322', usingEmployer: 'Vermeulen BV' },
    ]);
    assert.deepEqual(days(fact('2020-09-07')), [{ date: '2020-09-07', reference: '9-2020-09-07' }]);
  });

  it('does not depend on the order in which facts are read', () => {
    const facts = fc.uniqueArray(
      fc.tuple(
        fc.integer({ min: 0, max: 29 }),
        fc.integer({ min: 0, max: 5 }),
        fc.integer({ min: 1, max: 99 }),
      ),
      { selector: ([, , reference]) => reference, maxLength: 8 },
    );
    const shuffled = facts.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    const toFacts = (all: readonly (readonly number[])[]) =>
      all.map(([start = 0, length = 0, reference]) => {
        const startDate = addDays('2020-09-01' as LocalDate, start);
        return fact(startDate, addDays(startDate, length), { reference: String(reference) });
      });
    fc.assert(
      fc.property(shuffled, ([all, other]) => {
        const listed = days(...toFacts(all));
        assert.deepEqual(days(...toFacts(other)), listed);
        assert.deepEqual(
          listed.map(({ date }) => date),
          [...new Set(listed.map(({ date }) => date))].sort((one, two) => (one < two ? -1 : 1)),
        );
      }),
    );
  });
});
