/** Lateness of an IN, by the days of Brussels and the tolerance of the roll-out. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { assessDeclaration } from '../../src/domain/assessment.ts';
import type { Declaration } from '../../src/domain/declaration.ts';
import { checkLateIn, checkRules } from '../../src/domain/rule-checks.ts';
import { day, declared, on, QUA_RULES, register } from '../support/assessments.ts';

function assess(declaration: Declaration) {
  const { anomalies, ...rest } = assessDeclaration(declaration, register(), QUA_RULES);
  return { ...rest, codes: anomalies.map(({ code }) => code) };
}

describe('checkRules', () => {
  it('says nothing without worker type or rule', () => {
    assert.deepEqual(checkRules({}, declared(), QUA_RULES), []);
    assert.deepEqual(checkRules({ workerType: 'OTH' }, declared(), QUA_RULES), []);
  });
});

describe('checkLateIn', () => {
  it('does not judge a starting date that is not there', () =>
    assert.deepEqual(checkLateIn({ workerType: 'QUA' }, day('2020-09-02'), QUA_RULES), []));

  describe('when it comes late', () => {
    const late = (startDate: string, instant: string) =>
      assess(on(startDate, { declaredAt: new Date(instant) }));

    it('warns from midnight in Brussels on', () => {
      assert.equal(late('2020-09-01', '2020-09-01T21:59:59.999Z').result, 'A');
      const next = late('2020-09-01', '2020-09-01T22:00:00.000Z');
      assert.deepEqual([next.result, next.codes], ['W', ['90373-460']]);
      assert.equal(next.period?.startDate, '2020-09-01');
    });
    it('counts the days on which the clocks change like any other', () => {
      assert.equal(late('2020-10-25', '2020-10-25T22:59:59.999Z').result, 'A');
      assert.equal(late('2020-10-25', '2020-10-25T23:00:00.000Z').result, 'W');
      assert.equal(late('2021-03-28', '2021-03-28T21:59:59.999Z').result, 'A');
      assert.equal(late('2021-03-28', '2021-03-28T22:00:00.000Z').result, 'W');
    });
    it('tolerates starting dates before the roll-out of 28 August 2020', () => {
      assert.equal(late('2020-08-21', '2020-08-28T10:00:00Z').result, 'A');
      assert.equal(late('2020-08-27', '2020-09-15T10:00:00Z').result, 'A');
      assert.equal(late('2020-08-28', '2020-08-28T10:00:00Z').result, 'A');
      assert.equal(late('2020-08-28', '2020-08-29T10:00:00Z').result, 'W');
    });
    it('judges on the day of making, not of receipt', () => {
      const declaration = declared({ receivedOn: day('2020-09-05') });
      assert.equal(assess(declaration).result, 'A');
    });
  });
});
