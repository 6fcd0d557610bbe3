import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { CASE_KEYS, type Case, caseIdOf, caseOf, parseCaseId } from '../../src/domain/case.ts';
import type { LocalDate } from '../../src/domain/period.ts';
import type { Status } from '../../src/domain/status.ts';

const PERSON = '0198f1c2-7a3b-7c11-8d22-123456789012';
const EMPLOYER = '0198f1c2-7a3b-7c11-8d22-210987654321';

function fact(startDate: string, endDate = startDate, employerId: string | undefined = EMPLOYER): Status {
  return {
    personId: PERSON,
    code: 'quarantine',
    source: 'dimona',
    period: { startDate: startDate as LocalDate, endDate: endDate as LocalDate },
    reference: '900000000123',
    attributes: {},
    ...(employerId !== undefined && { employerId }),
  };
}

describe('caseOf', () => {
  it('takes the keys that the type names, and no others', () => {
    const status = fact('2020-09-30');
    assert.deepEqual(caseOf('quarantine', [], status).keys, {});
    assert.deepEqual(caseOf('quarantine', ['employer'], status).keys, { employer: EMPLOYER });
    assert.deepEqual(caseOf('quarantine', ['month', 'employer'], status).keys, {
      employer: EMPLOYER,
      month: '2020-09',
    });
  });

  it('puts a fact of several months into the one it starts in', () =>
    assert.deepEqual(caseOf('quarantine', ['month'], fact('2020-09-30', '2020-10-02')).keys, {
      month: '2020-09',
    }));

  it('puts facts without an employer together', () => {
    const { employerId: _, ...status } = fact('2020-09-30');
    assert.deepEqual(caseOf('quarantine', ['employer'], status).keys, { employer: '' });
  });
});

describe('caseIdOf', () => {
  it('writes type, person and keys in one order, whatever order they came in', () => {
    const text = `quarantine/${PERSON}/employer=${EMPLOYER}/month=2020-09`;
    for (const keys of [
      { employer: EMPLOYER, month: '2020-09' },
      { month: '2020-09', employer: EMPLOYER },
    ])
      assert.equal(caseIdOf({ type: 'quarantine', personId: PERSON, keys }), text);
  });

  it('keeps a case without a key apart from one whose key is empty', () => {
    const one = caseIdOf({ type: 'quarantine', personId: PERSON, keys: {} });
    assert.notEqual(one, caseIdOf({ type: 'quarantine', personId: PERSON, keys: { employer: '' } }));
  });
});

describe('parseCaseId', () => {
  const word = fc.string({ unit: fc.constantFrom('a', '0', '-', '='), minLength: 1, maxLength: 10 });
  const cases = fc
    .record({ type: word, personId: word, keys: fc.dictionary(fc.constantFrom(...CASE_KEYS), word) })
    .map((one): Case => ({ ...one, keys: { ...one.keys } }));

  it('reads every case back', () =>
    fc.assert(fc.property(cases, (one) => assert.deepEqual(parseCaseId(caseIdOf(one)), one))));

  it('reads a text as a case only if that case is written so', () => {
    const part = fc.constantFrom(
      'quarantine',
      PERSON,
      'employer=1',
      'employer=2',
      'employer=',
      'month=2020-09',
      '',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const text = parts.join('/');
        const read = parseCaseId(text);
        if (read !== undefined) assert.equal(caseIdOf(read), text);
      }),
    );
  });

  for (const text of [
    '',
    'quarantine',
    'quarantine/',
    `/${PERSON}`,
    `quarantine/${PERSON}/`,
    `quarantine/${PERSON}/year=2020`,
    `quarantine/${PERSON}/month`,
    `quarantine/${PERSON}/month=2020-09/employer=${EMPLOYER}`,
    `quarantine/${PERSON}/month=2020-09/month=2020-10`,
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseCaseId(text), undefined));
  }
});
