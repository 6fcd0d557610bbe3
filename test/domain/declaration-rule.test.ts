/** Which dated rule holds for a worker type, a starting date and the day of entry. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type DeclarationRule, matchRule } from '../../src/domain/declaration-rule.ts';
import { day, QUA_RULES } from '../support/assessments.ts';

const match = (startDate: string, receivedOn = startDate, rules = QUA_RULES) =>
  matchRule(rules, 'QUA', day(startDate), day(receivedOn));

describe('matchRule', () => {
  it('rules the first and the last starting date of the window', () => {
    assert.equal(match('2020-08-21').kind, 'ruled');
    assert.equal(match('2022-12-31').kind, 'ruled');
  });
  it('forbids the day before and the day after', () => {
    assert.equal(match('2020-08-20').kind, 'forbidden');
    assert.equal(match('2023-01-01').kind, 'forbidden');
  });
  it('says nothing of other worker types', () => {
    assert.equal(matchRule(QUA_RULES, 'EXT', day('2020-09-01'), day('2020-09-01')).kind, 'unruled');
    assert.equal(match('2020-09-01', '2020-09-01', []).kind, 'unruled');
  });

  describe('when entry has ended', () => {
    const closed = QUA_RULES.map((rule) => ({ ...rule, declaredUntil: day('2022-12-31') }));
    it('forbids a starting date within the window', () => {
      assert.equal(match('2022-12-30', '2022-12-31', closed).kind, 'ruled');
      assert.equal(match('2022-12-30', '2023-01-01', closed).kind, 'forbidden');
    });
    it('lets an institution replay history where no last day of entry is set', () =>
      assert.equal(match('2022-12-30', '2026-01-01').kind, 'ruled'));
  });

  describe('when windows follow each other', () => {
    const [rule] = QUA_RULES as [DeclarationRule];
    const earlier = { ...rule, startingDate: { until: day('2020-12-31') }, jointCommittees: ['145'] };
    const later = { ...rule, startingDate: { from: day('2021-01-01') }, jointCommittees: ['144'] };
    it('takes the rule of the starting date', () => {
      const found = (startDate: string) => {
        const result = match(startDate, startDate, [earlier, later]);
        return result.kind === 'ruled' ? result.rule.jointCommittees : result.kind;
      };
      assert.deepEqual(found('2020-12-31'), ['145']);
      assert.deepEqual(found('2021-01-01'), ['144']);
    });
  });
});
