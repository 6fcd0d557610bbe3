/** Checks of a declaration against what the register knows. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  checkAgainstPeriod,
  checkEmployerRegister,
  checkIdentity,
  checkOtherPeriods,
} from '../../src/domain/register-checks.ts';
import { changing, day, EMPLOYER, PERSON, period, register, without } from '../support/assessments.ts';

describe('checkIdentity', () => {
  const ssin = '81050103522';
  const told = (worker: object, person: typeof PERSON | undefined = PERSON) =>
    checkIdentity({ ssin, ...worker }, person);

  it('compares nothing without an SSIN or a known person', () => {
    assert.deepEqual(checkIdentity({ familyName: 'Janssens' }, PERSON), []);
    assert.deepEqual(checkIdentity({ ssin, familyName: 'Janssens' }, undefined), []);
  });
  it('warns of every zone that differs', () => {
    assert.deepEqual(told({ familyName: 'Janssens', givenName: 'Jan', birthDate: '1981-05-02', sex: '2' }), [
      '00025-348',
      '00026-348',
      '00028-348',
      '00029-348',
    ]);
  });
  it('minds neither case, accents, dashes, spaces nor letters that do not decompose', () => {
    const person = { ...PERSON, familyName: 'Łuczak-Dupré', givenName: 'Jérôme' };
    assert.deepEqual(told({ familyName: 'LUCZAK DUPRE', givenName: 'jerome' }, person), []);
    assert.deepEqual(told({ familyName: 'Weiss' }, { ...PERSON, familyName: 'Weiß' }), []);
  });
  it('takes any leading first names, and no others', () => {
    const person = { ...PERSON, givenName: 'An Maria Josefa' };
    for (const givenName of ['An', 'An Maria', 'an-maria josefa'])
      assert.deepEqual(told({ givenName }, person), [], givenName);
    for (const givenName of ['Maria', 'An Josefa', 'A'])
      assert.deepEqual(told({ givenName }, person), ['00026-348'], givenName);
  });
  it('lets unknown parts of a birth date agree with anything', () => {
    assert.deepEqual(told({ birthDate: '1981-00-00' }), []);
    assert.deepEqual(told({ birthDate: '1982-00-00' }), ['00028-348']);
    assert.deepEqual(told({ birthDate: '1982-01-01' }, without(PERSON, 'birthDate')), []);
  });
  it('reads the sex from the counter, unless a BIS number does not tell it', () => {
    assert.deepEqual(told({ sex: '1' }), []);
    assert.deepEqual(checkIdentity({ ssin: '92321506985', sex: '1' }, PERSON), []);
    assert.deepEqual(checkIdentity({ ssin: '92321506985', sex: '2' }, PERSON), []);
    assert.deepEqual(checkIdentity({ ssin: '92471506993', sex: '2' }, PERSON), ['00029-348']);
  });
});

describe('checkEmployerRegister', () => {
  const check = (employer: object, startDate?: string) =>
    checkEmployerRegister(
      { ...EMPLOYER, ...employer },
      startDate === undefined ? undefined : day(startDate),
      '90373-343',
    );

  it('warns when the numbers belong to different employers', () =>
    assert.deepEqual(check({ isContradictory: true }), ['00014-022']));
  it('refuses a start after the last active day', () => {
    const activeUntil = day('2020-08-31');
    assert.deepEqual(check({ activeUntil }, '2020-08-31'), []);
    assert.deepEqual(check({ activeUntil }, '2020-09-01'), ['90373-343']);
    assert.deepEqual(check({ activeUntil }), []);
  });
  it('says nothing of an employer it does not know', () =>
    assert.deepEqual(checkEmployerRegister(undefined, day('2020-09-01'), '90373-343'), []));
});

describe('checkAgainstPeriod', () => {
  const check = (declaration: object, view: object = {}) =>
    checkAgainstPeriod(changing('update', declaration), register({ period: period(), ...view }));

  it('finds nothing in a change by who may make it', () => assert.deepEqual(check({}), []));
  it('does not know an unknown period', () =>
    assert.deepEqual(checkAgainstPeriod(changing('cancel'), register()), ['00913-354']));
  it('refuses any change of a cancelled period', () => {
    const view = register({ period: period({ isCancelled: true }) });
    for (const action of ['out', 'update', 'cancel'] as const)
      assert.deepEqual(checkAgainstPeriod(changing(action), view), ['00913-355'], action);
  });
  it('refuses to end a period that has an end', () => {
    assert.deepEqual(checkAgainstPeriod(changing('out'), register({ period: period() })), ['00913-356']);
    const open = register({ period: without(period(), 'endDate') });
    assert.deepEqual(checkAgainstPeriod(changing('out'), open), []);
  });
  it('refuses a change made before the last one, but never a cancellation', () => {
    const declaredAt = new Date('2020-09-01T05:59:59.999Z');
    const view = register({ period: period() });
    assert.deepEqual(checkAgainstPeriod(changing('update', { declaredAt }), view), ['00913-181']);
    assert.deepEqual(checkAgainstPeriod(changing('cancel', { declaredAt }), view), []);
  });
  it('takes a change made at the same instant', () =>
    assert.deepEqual(check({ declaredAt: period().changedAt }), []));
  it('refuses another worker', () => {
    const worker = { ssin: '81050103522' };
    assert.deepEqual(check({ worker }, { person: { ...PERSON, personId: 'person-2' } }), ['00024-347']);
    assert.deepEqual(check({ worker }), []);
  });
  it('names the number by which another employer was given', () => {
    const other = { employer: { ...EMPLOYER, employerId: 'employer-2' } };
    const numbers = {
      nssoNumber: '175110801',
      provisionalNssoNumber: '5000000120',
      enterpriseNumber: '0206731645',
    };
    assert.deepEqual(check({ employer: numbers }, other), ['00011-347']);
    assert.deepEqual(check({ employer: without(numbers, 'nssoNumber') }, other), ['00948-347']);
    assert.deepEqual(check({ employer: { enterpriseNumber: '0206731645' } }, other), ['00014-347']);
  });
  it('takes an employer block without any number for none', () =>
    assert.deepEqual(check({ employer: {} }, { employer: undefined }), []));

  describe('when the sender may not change it', () => {
    it('says that and nothing else of the period', () => {
      const view = register({
        period: period({ isCancelled: true }),
        mayChange: false,
        person: { ...PERSON, personId: 'person-2' },
      });
      const declaration = changing('update', { worker: { ssin: '81050103522' } });
      assert.deepEqual(checkAgainstPeriod(declaration, view), ['90256-155']);
    });
  });
});

describe('checkOtherPeriods', () => {
  const check = (one: object, ...others: object[]) =>
    checkOtherPeriods(
      period(one),
      others.map((other) => period(other)),
      '90373',
    );

  it('finds the same day twice', () => assert.deepEqual(check({}, {}), ['90373-333']));
  it('finds days shared in part', () =>
    assert.deepEqual(check({}, { endDate: day('2020-09-02') }), ['90373-334']));
  it('lets a cancelled period, another day and another worker type be', () => {
    const nextDay = { startDate: day('2020-09-02'), endDate: day('2020-09-02') };
    assert.deepEqual(check({}, { isCancelled: true }, nextDay, { workerType: 'EXT' }), []);
  });
  it('lets disjoint hours of one day stand together', () => {
    const morning = { startHour: '0800', endHour: '1200' };
    assert.deepEqual(check(morning, { startHour: '1200', endHour: '1600' }), []);
    assert.deepEqual(check(morning, { startHour: '1159', endHour: '1600' }), ['90373-334']);
    assert.deepEqual(check(morning, {}), ['90373-334']);
  });
});
