/** The judgement of an IN: every anomaly at once, the result, and the period afterwards. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AnomalyCode } from '../../src/domain/anomaly.ts';
import { assessDeclaration } from '../../src/domain/assessment.ts';
import type { Declaration } from '../../src/domain/declaration.ts';
import type { RegisterView } from '../../src/domain/register-checks.ts';
import {
  day,
  declared,
  EMPLOYER,
  on,
  PERSON,
  period,
  QUA_RULES,
  register,
  without,
} from '../support/assessments.ts';

function assess(declaration: Declaration, view: RegisterView = register()) {
  const { anomalies, ...rest } = assessDeclaration(declaration, view, QUA_RULES);
  return { ...rest, codes: anomalies.map(({ code }) => code) };
}

/** Asserts that a declaration is refused for these codes and no others. */
function assertRefused(declaration: Declaration, codes: readonly AnomalyCode[], view?: RegisterView) {
  assert.deepEqual(assess(declaration, view), { result: 'B', codes });
}

describe('assessDeclaration of an IN', () => {
  it('accepts a QUA day and opens its period', () => {
    assert.deepEqual(assess(declared()), {
      result: 'A',
      codes: [],
      period: {
        workerType: 'QUA',
        jointCommittee: '144',
        startDate: '2020-09-01',
        endDate: '2020-09-01',
        isCancelled: false,
        changedAt: new Date('2020-09-01T06:00:00Z'),
      },
    });
  });

  describe('when the worker type is QUA', () => {
    const qua = (features: object) =>
      declared({ features: { workerType: 'QUA', jointCommittee: '144', ...features } });

    it('takes the first and last starting date and forbids the days around them', () => {
      assert.equal(assess(on('2020-08-21')).result, 'A');
      assert.equal(assess(on('2022-12-31')).result, 'A');
      assertRefused(on('2020-08-20'), ['00655-005']);
      assertRefused(on('2023-01-01'), ['00655-005']);
    });
    it('asks for an ending date', () => assertRefused(without(declared(), 'endDate'), ['00911-001']));
    it('asks for an ending date equal to the starting date', () => {
      assertRefused(declared({ endDate: '2020-09-02' }), ['00911-008']);
      assertRefused(declared({ endDate: '2020-08-31' }), ['00911-008', '00911-014']);
    });
    it('does not take an unreadable ending date for a missing one', () =>
      assertRefused(declared({ endDate: '2020-02-30' }), ['00911-003']));
    it('does not take 9999-12-31 for the reopening of a period', () =>
      assertRefused(declared({ endDate: '9999-12-31' }), ['00911-008']));
    it('forbids hours', () => {
      assertRefused(declared({ startHour: '0800' }), ['00777-005']);
      assertRefused(declared({ endHour: '1600' }), ['00778-005']);
      assertRefused(declared({ startHour: '0800', endHour: '1600' }), ['00777-005', '00778-005']);
    });
    it('forbids planned hours and planned days', () => {
      assertRefused(declared({ plannedHours: '8' }), ['01135-005']);
      assertRefused(declared({ plannedDays: '1' }), ['01017-005']);
    });
    it('takes joint committees 144 and 145', () => {
      assert.equal(assess(qua({ jointCommittee: '145' })).result, 'A');
      for (const jointCommittee of ['124', '140', '149', '302', '320', 'XXX'])
        assertRefused(qua({ jointCommittee }), ['90374-349']);
      assertRefused(qua({ jointCommittee: '999' }), ['00046-003']);
      assertRefused(qua({ jointCommittee: undefined }), ['00046-001']);
    });
    it('takes 322 with a using employer of 144 or 145', () => {
      const lent = (jointCommittee?: string) =>
        qua({
          jointCommittee: '322',
          usingEmployer: { enterpriseNumber: '0202239951', ...(jointCommittee && { jointCommittee }) },
        });
      assert.equal(assess(lent('144')).result, 'A');
      assert.deepEqual(assess(lent('145')).period?.usingEmployer, {
        enterpriseNumber: '0202239951',
        jointCommittee: '145',
      });
      assertRefused(lent('302'), ['90374-349']);
      assertRefused(lent('322'), ['00046-005']);
      assertRefused(lent(), ['00046-001']);
      assertRefused(qua({ jointCommittee: '322' }), ['90107-351']);
    });
    it('forbids a using employer beside another committee', () =>
      assertRefused(qua({ usingEmployer: { name: 'Hoeve' } }), ['00153-005']));
    it('asks for the SSIN', () => {
      assertRefused(without(declared(), 'worker'), ['00024-001', '90017-363']);
      assertRefused(declared({ worker: { ssin: '71022722580' } }), ['00024-003']);
    });
    it('forbids blocks of other worker types', () =>
      assertRefused(declared({ otherBlocks: ['studentPlaceOfWork'] }), ['00776-005']));
  });

  describe('when the worker type is another', () => {
    const other = (changes: Partial<Declaration>) =>
      assess(declared({ features: { workerType: 'OTH', jointCommittee: 'XXX' }, ...changes }));

    it('lets it be long, open, hourly and old', () => {
      assert.equal(other({ endDate: '2021-09-01', startHour: '0800' }).result, 'A');
      assert.equal(
        assess(without(declared({ features: { workerType: 'OTH', jointCommittee: 'XXX' } }), 'endDate'))
          .result,
        'A',
      );
    });
    it('refuses a type that the message does not know', () =>
      assert.deepEqual(other({ features: { workerType: 'QUX', jointCommittee: '144' } }).codes, [
        '00655-003',
      ]));
  });

  it('tells every anomaly at once, in order, each once', () => {
    const declaration = declared({
      startDate: '2020-08-20',
      endDate: '2020-08-22',
      startHour: '2500',
      endHour: '0800',
      plannedHours: '8',
      employer: { nssoNumber: '156065072', enterpriseNumber: '0212345678' },
      worker: { ssin: '47060200096', familyName: 'Janssens', birthDate: '1981-02-30' },
      features: { workerType: 'QUA', jointCommittee: 'XXX', usingEmployer: { jointCommittee: '144' } },
      formAnomalies: [{ code: '90082-006' }, { code: '00024-003' }],
    });
    assertRefused(declaration, [
      '00011-003',
      '00014-003',
      '00024-003',
      '00025-348',
      '00028-003',
      '00028-348',
      '00046-005',
      '00655-005',
      '00777-003',
      '00777-005',
      '00778-005',
      '00911-008',
      '01135-005',
      '90082-006',
      '90374-349',
    ]);
  });
  it('tells what the worker type forbids even when the starting date cannot be read', () => {
    const broken = declared({ startHour: '0800', worker: {}, startDate: '2020-02-30' });
    assertRefused(broken, ['00024-001', '00777-005', '00910-003', '90017-363']);
    assertRefused(without(broken, 'startDate'), ['00024-001', '00777-005', '00910-001', '90017-363']);
  });

  describe('when the day is already declared', () => {
    const taken = register({ otherPeriods: [period()] });
    it('refuses the double', () => assertRefused(declared(), ['90373-333'], taken));
    it('takes it again after a cancellation', () => {
      const cancelled = register({ otherPeriods: [period({ isCancelled: true })] });
      assert.equal(assess(declared(), cancelled).result, 'A');
    });
    it('takes the next day', () => assert.equal(assess(on('2020-09-02'), taken).result, 'A'));
  });

  describe('when only a warning is found', () => {
    it('accepts with W and opens the period', () => {
      const renamed = assess(declared({ worker: { ssin: '81050003552', familyName: 'Janssens' } }));
      assert.deepEqual([renamed.result, renamed.codes], ['W', ['00025-348']]);
      assert.notEqual(renamed.period, undefined);
      const twoEmployers = register({ employer: { ...EMPLOYER, isContradictory: true } });
      assert.deepEqual(assess(declared(), twoEmployers).codes, ['00014-022']);
      assert.equal(assess(declared(), twoEmployers).result, 'W');
    });
  });

  describe('when the register does not know the SSIN', () => {
    const unknown = without(register(), 'person');
    it('waits with S, without a period', () =>
      assert.deepEqual(assess(declared(), unknown), { result: 'S', codes: [] }));
    it('tells warnings already', () => {
      const late = on('2020-09-01', { declaredAt: new Date('2020-09-02T06:00:00Z') });
      assert.deepEqual(assess(late, unknown), { result: 'S', codes: ['90373-460'] });
    });
    it('refuses what is blocking all the same', () =>
      assertRefused(declared({ startHour: '0800' }), ['00777-005'], unknown));
    it('becomes A, W or B once the person is known', () => {
      const declaration = declared({ worker: { ssin: '81050003552', familyName: 'Janssens' } });
      assert.equal(assess(declaration, unknown).result, 'S');
      assert.equal(assess(declaration).result, 'W');
      assert.equal(assess(declaration, register({ otherPeriods: [period()] })).result, 'B');
      assert.equal(
        assess(declaration, register({ person: { ...PERSON, familyName: 'Janssens' } })).result,
        'A',
      );
    });
  });

  it('refuses a start after the employer ended', () => {
    const ended = register({ employer: { ...EMPLOYER, activeUntil: day('2020-08-31') } });
    assertRefused(declared(), ['90373-343'], ended);
  });
});

describe('assessDeclaration without one action', () => {
  it('refuses for what the form says, and for nothing else', () => {
    const declaration: Declaration = {
      ...without(declared(), 'action', 'employer', 'worker', 'startDate', 'endDate', 'features'),
      formAnomalies: [{ code: '90059-134' }],
    };
    assertRefused(declaration, ['90059-134']);
  });
  it('accepts nothing, even if nothing is said against it', () =>
    assertRefused(without(declared(), 'action'), []));
});
