/** The judgement of declarations: every anomaly at once, the result, and the period afterwards. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { AnomalyCode } from '../../src/domain/anomaly.ts';
import { assessDeclaration, type PeriodContent } from '../../src/domain/assessment.ts';
import type { Declaration, DimonaPeriod } from '../../src/domain/declaration.ts';
import { addDays, brusselsDate } from '../../src/domain/period.ts';
import type { RegisterView } from '../../src/domain/register-checks.ts';
import {
  changing,
  day,
  declared,
  EMPLOYER,
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

/** A QUA day declared on that day. */
function on(startDate: string, changes: Partial<Declaration> = {}): Declaration {
  return declared({
    startDate,
    endDate: startDate,
    declaredAt: new Date(`${startDate}T06:00:00Z`),
    ...changes,
  });
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
});

describe('assessDeclaration of an UPDATE', () => {
  const view = (changes: Partial<DimonaPeriod> = {}) => register({ period: period(changes) });
  const moved = { startDate: '2020-09-03', endDate: '2020-09-03' };

  it('moves the day', () => {
    const { result, period: after } = assess(changing('update', moved), view());
    assert.equal(result, 'A');
    assert.deepEqual(after, {
      workerType: 'QUA',
      jointCommittee: '144',
      ...moved,
      isCancelled: false,
      changedAt: new Date('2020-09-01T07:00:00Z'),
    });
  });
  it('asks for a date', () => assertRefused(changing('update'), ['90378-360'], view()));
  it('refuses what changes nothing', () => {
    const same = changing('update', { startDate: '2020-09-01', endDate: '2020-09-01' });
    assertRefused(same, ['90378-444'], view());
  });
  it('keeps one day, whichever end is moved', () => {
    assertRefused(changing('update', { endDate: '2020-09-02' }), ['00911-008'], view());
    assertRefused(changing('update', { startDate: '2020-08-31' }), ['00911-008', '90378-460'], view());
    assertRefused(changing('update', { startDate: '2020-09-02' }), ['00911-008', '00911-014'], view());
  });
  it('refuses to reopen a quarantine', () =>
    assertRefused(changing('update', { endDate: '9999-12-31' }), ['00913-368'], view()));
  it('refuses hours and planned hours', () => {
    assertRefused(changing('update', { ...moved, startHour: '0800' }), ['00777-005'], view());
    assertRefused(changing('update', { ...moved, plannedHours: '8' }), ['01135-005'], view());
  });
  it('keeps the window of starting dates', () => {
    const before = { startDate: '2020-08-20', endDate: '2020-08-20' };
    assertRefused(changing('update', before), ['00655-005'], view());
    const after = { startDate: '2023-01-01', endDate: '2023-01-01' };
    assertRefused(changing('update', after), ['00655-005'], view());
  });
  it('refuses a day that another period has', () => {
    const other = period({
      periodId: '900000000081',
      startDate: day('2020-09-03'),
      endDate: day('2020-09-03'),
    });
    assertRefused(
      changing('update', moved),
      ['90378-333'],
      register({ period: period(), otherPeriods: [other] }),
    );
  });
  it('warns when the new day has passed', () => {
    const late = changing('update', { ...moved, declaredAt: new Date('2020-09-04T06:00:00Z') });
    assert.deepEqual([assess(late, view()).result, assess(late, view()).codes], ['W', ['90378-460']]);
  });
  it('refuses a start after the employer ended', () => {
    const ended = register({ period: period(), employer: { ...EMPLOYER, activeUntil: day('2020-09-02') } });
    assertRefused(changing('update', moved), ['90378-343'], ended);
  });
  it('waits for nobody: a worker unknown is not the one of the period', () => {
    const unknown = without(register({ period: period() }), 'person');
    assertRefused(changing('update', { ...moved, worker: { ssin: '81050003552' } }), ['00024-347'], unknown);
  });

  describe('when the period id is wrong', () => {
    it('tells the form of the number and what else is wrong', () => {
      const wrong = changing('update', { periodId: '600027876088', startDate: '2020-02-30' });
      assertRefused(wrong, ['00910-003', '00913-003']);
      assertRefused(without(changing('update', moved), 'periodId'), ['00913-001']);
    });
    it('does not know the period', () => assertRefused(changing('update', moved), ['00913-354']));
    it('tells a stranger nothing of it', () => {
      const foreign = register({ period: period({ isCancelled: true }), mayChange: false });
      const same = { startDate: '2020-09-01', endDate: '2020-09-01' };
      assertRefused(changing('update', same), ['90256-155'], foreign);
      const live = register({ period: period(), otherPeriods: [period()], mayChange: false });
      assertRefused(changing('update', same), ['90256-155'], live);
    });
  });

  describe('when the period is of another worker type', () => {
    const long = { workerType: 'OTH', jointCommittee: 'XXX', endDate: day('2020-12-31') };
    it('reopens it', () => {
      const { result, period: after } = assess(changing('update', { endDate: '9999-12-31' }), view(long));
      assert.equal(result, 'A');
      assert.equal(after !== undefined && 'endDate' in after, false);
    });
    it('may not end an open one, which is an OUT', () => {
      const open = register({ period: without(period(long), 'endDate') });
      assertRefused(changing('update', { endDate: '2020-12-31' }), ['00913-359'], open);
    });
    it('is late when it comes after the end it moves, not after the start it keeps', () => {
      const extended = (instant: string) =>
        assess(changing('update', { endDate: '2021-01-31', declaredAt: new Date(instant) }), view(long))
          .result;
      assert.equal(extended('2020-12-31T12:00:00Z'), 'A');
      assert.equal(extended('2021-01-01T12:00:00Z'), 'W');
    });
    it('compares new hours with the ones that stay', () => {
      const hourly = view({ workerType: 'EXT', jointCommittee: '302', startHour: '0800', endHour: '1600' });
      assertRefused(changing('update', { startHour: '1700' }), ['00778-345'], hourly);
      assert.equal(assess(changing('update', { startHour: '0900' }), hourly).period?.startHour, '0900');
    });
    it('takes new planned hours for a change', () => {
      const student = view({ workerType: 'STU', jointCommittee: 'XXX' });
      assert.equal(assess(changing('update', { plannedHours: '20' }), student).result, 'A');
    });
  });
});

describe('assessDeclaration of an OUT', () => {
  const open = register({ period: without(period({ workerType: 'OTH', jointCommittee: 'XXX' }), 'endDate') });

  it('ends an open period', () => {
    const { result, period: after } = assess(changing('out', { endDate: '2020-09-10' }), open);
    assert.deepEqual([result, after?.endDate], ['A', '2020-09-10']);
  });
  it('asks for the day', () => assertRefused(changing('out'), ['00911-001'], open));
  it('does not take the end of time', () =>
    assertRefused(changing('out', { endDate: '9999-12-31' }), ['00911-008'], open));
  it('refuses a day before the period began', () =>
    assertRefused(changing('out', { endDate: '2020-08-31' }), ['00911-014'], open));
  it('refuses a quarantine, which has its end from the beginning', () =>
    assertRefused(changing('out', { endDate: '2020-09-01' }), ['00913-356'], register({ period: period() })));
});

describe('assessDeclaration of a CANCEL', () => {
  it('takes the period back', () => {
    const { result, period: after } = assess(changing('cancel'), register({ period: period() }));
    assert.deepEqual([result, after?.isCancelled, after?.startDate], ['A', true, '2020-09-01']);
  });
  it('is never late, and not bound by the window of entry', () => {
    const late = changing('cancel', { declaredAt: new Date('2026-01-01T12:00:00Z') });
    assert.equal(assess(late, register({ period: period() })).result, 'A');
  });
  it('cannot be done twice', () =>
    assertRefused(changing('cancel'), ['00913-355'], register({ period: period({ isCancelled: true }) })));
  it('refuses another worker or employer', () => {
    const view = register({ period: period({ personId: 'person-2', employerId: 'employer-2' }) });
    const declaration = changing('cancel', {
      worker: { ssin: '81050003552' },
      employer: { enterpriseNumber: '0206731645' },
    });
    assertRefused(declaration, ['00014-347', '00024-347'], view);
  });
});

describe('assessDeclaration of changes in any order of arrival', () => {
  /** Lets changes arrive one after the other; what is accepted becomes the period. */
  function arrive(changes: readonly Declaration[]): Omit<PeriodContent, 'changedAt'> {
    let current = period();
    for (const change of changes) {
      const { period: after } = assess(change, register({ period: current }));
      if (after !== undefined) current = { ...current, ...after };
    }
    return without(current, 'periodId', 'personId', 'employerId', 'changedAt');
  }

  const minutes = (count: number) => new Date(Date.parse('2020-09-01T07:00:00Z') + count * 60_000);
  /** Moves to days that are all different, so that no update finds its own day there already. */
  const updates = fc
    .uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 5 })
    .map((days) =>
      days.map((count, index) => {
        const date = addDays(day('2020-09-01'), count);
        const declaredAt = minutes(index);
        return changing('update', {
          startDate: date,
          endDate: date,
          declaredAt,
          declaredOn: brusselsDate(declaredAt),
        });
      }),
    );

  it('ends with the update made last', () => {
    fc.assert(
      fc.property(
        updates.chain((made) =>
          fc.tuple(fc.constant(made), fc.shuffledSubarray(made, { minLength: made.length })),
        ),
        ([made, arriving]) => {
          const after = arrive(arriving);
          assert.equal(after.startDate, made.at(-1)?.startDate);
          assert.deepEqual(after, arrive(made));
        },
      ),
    );
  });
  it('ends cancelled when a cancellation is among them, wherever it comes and whenever it was made', () => {
    fc.assert(
      fc.property(updates, fc.nat(5), fc.integer({ min: -10, max: 10 }), (made, index, count) => {
        const cancel = changing('cancel', { declaredAt: minutes(count) });
        const arriving = made.toSpliced(index, 0, cancel);
        return arrive(arriving).isCancelled;
      }),
    );
  });
  it('refuses the overtaken update by its own code', () => {
    const [first, second] = [1, 2].map((count) =>
      changing('update', {
        startDate: `2020-09-0${count + 1}`,
        endDate: `2020-09-0${count + 1}`,
        declaredAt: minutes(count),
      }),
    ) as [Declaration, Declaration];
    const after = assess(second, register({ period: period() })).period;
    assertRefused(first, ['00913-181'], register({ period: { ...period(), ...after } }));
  });
});
