/** The judgement of UPDATE, OUT and CANCEL, in whatever order they arrive. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { AnomalyCode } from '../../src/domain/anomaly.ts';
import { assessDeclaration, type PeriodContent } from '../../src/domain/assessment.ts';
import type { Declaration, DimonaPeriod } from '../../src/domain/declaration.ts';
import { addDays, brusselsDate } from '../../src/domain/period.ts';
import type { RegisterView } from '../../src/domain/register-checks.ts';
import { changing, day, EMPLOYER, period, QUA_RULES, register, without } from '../support/assessments.ts';

function assess(declaration: Declaration, view: RegisterView = register()) {
  const { anomalies, ...rest } = assessDeclaration(declaration, view, QUA_RULES);
  return { ...rest, codes: anomalies.map(({ code }) => code) };
}

/** Asserts that a declaration is refused for these codes and no others. */
function assertRefused(declaration: Declaration, codes: readonly AnomalyCode[], view?: RegisterView) {
  assert.deepEqual(assess(declaration, view), { result: 'B', codes });
}

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
