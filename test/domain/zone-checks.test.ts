/** Checks of zones by themselves, each with the code that the glossary gives it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  checkDates,
  checkEmployer,
  checkHours,
  checkPeriodId,
  checkWorker,
} from '../../src/domain/zone-checks.ts';
import { day, without } from '../support/assessments.ts';

const today = day('2020-09-01');

describe('checkDates', () => {
  const codes = (startDate?: string, endDate?: string, mayReopen = false) =>
    checkDates(
      { ...(startDate !== undefined && { startDate }), ...(endDate !== undefined && { endDate }) },
      today,
      mayReopen,
    ).codes;

  it('hands back the dates it could read', () => {
    assert.deepEqual(checkDates({ startDate: '2020-09-01', endDate: '2020-02-30' }, today, false), {
      codes: ['00911-003'],
      startDate: '2020-09-01',
    });
  });
  it('finds days that do not exist', () => {
    assert.deepEqual(codes('2021-02-29', '2020-9-1'), ['00910-003', '00911-003']);
    assert.deepEqual(codes('', ''), ['00910-003', '00911-003']);
  });
  it('keeps 00910 within 1920 and ten years from now', () => {
    assert.deepEqual(codes('1920-01-01'), []);
    assert.deepEqual(codes('1919-12-31'), ['00910-008']);
    assert.deepEqual(codes('2029-12-31'), []);
    assert.deepEqual(codes('2030-01-01'), ['00910-008']);
  });
  it('keeps 00911 within 1999 and ten years from now', () => {
    assert.deepEqual(codes(undefined, '1999-01-01'), []);
    assert.deepEqual(codes(undefined, '1998-12-31'), ['00911-008']);
    assert.deepEqual(codes(undefined, '2029-12-31'), []);
    assert.deepEqual(codes(undefined, '2030-01-01'), ['00911-008']);
  });
  it('lets 9999-12-31 reopen a period, and only that', () => {
    assert.deepEqual(codes(undefined, '9999-12-31', true), []);
    assert.deepEqual(codes(undefined, '9999-12-31', false), ['00911-008']);
    assert.deepEqual(codes('9999-12-31', undefined, true), ['00910-008']);
  });
  it('finds an end before its start', () =>
    assert.deepEqual(codes('2020-09-02', '2020-09-01'), ['00911-014']));
});

describe('checkHours', () => {
  const at = (startHour?: string, endHour?: string, endDate = '2020-09-01') =>
    checkHours({
      startDate: '2020-09-01',
      endDate,
      ...(startHour !== undefined && { startHour }),
      ...(endHour !== undefined && { endHour }),
    });

  it('takes 0000 to 2359', () => assert.deepEqual(at('0000', '2359'), []));
  it('refuses other forms', () => {
    assert.deepEqual(at('2400', '1260'), ['00777-003', '00778-003']);
    assert.deepEqual(at('9:00', ''), ['00777-003', '00778-003']);
  });
  it('finds an end before the start of the same day', () => {
    assert.deepEqual(at('1000', '0959'), ['00778-345']);
    assert.deepEqual(at('1000', '1000'), []);
  });
  it('lets work run over midnight', () => assert.deepEqual(at('2200', '0600', '2020-09-02'), []));
});

describe('checkEmployer', () => {
  it('takes each number alone, and two together', () => {
    assert.deepEqual(checkEmployer({ nssoNumber: '175110801' }, true), []);
    assert.deepEqual(checkEmployer({ provisionalNssoNumber: '5000000120' }, true), []);
    assert.deepEqual(checkEmployer({ enterpriseNumber: '206731645', nssoNumber: '70500472' }, true), []);
  });
  it('finds wrong check digits of every number at once', () => {
    const wrong = {
      nssoNumber: '156065072',
      provisionalNssoNumber: '5000000121',
      enterpriseNumber: '0212345678',
    };
    assert.deepEqual(checkEmployer(wrong, true), ['00011-003', '00948-003', '00014-003']);
  });
  it('asks for a number where one is required', () => {
    assert.deepEqual(checkEmployer(undefined, true), ['90256-364']);
    assert.deepEqual(checkEmployer({}, true), ['90256-364']);
    assert.deepEqual(checkEmployer(undefined, false), []);
    assert.deepEqual(checkEmployer({}, false), []);
  });
});

describe('checkWorker', () => {
  const described = {
    familyName: 'Peeters',
    givenName: 'An',
    birthDate: '1981-05-01',
    birthPlace: 'Gent',
    birthCountry: '150',
    sex: '2',
    nationality: '150',
    address: { street: 'Kouter', houseNumber: '1', postCode: '9000', city: 'Gent', country: '150' },
  };

  it('takes an SSIN alone', () => assert.deepEqual(checkWorker({ ssin: '81050003552' }, today), []));
  it('refuses an SSIN that only its checksum speaks for', () =>
    assert.deepEqual(checkWorker({ ssin: '81022903534' }, today), ['00024-003']));
  it('judges birth in the future on the day given', () =>
    assert.deepEqual(checkWorker({ ssin: '19082416188' }, day('2019-08-23')), ['00024-003']));
  it('takes a worker described without SSIN', () => assert.deepEqual(checkWorker(described, today), []));
  it('asks for the SSIN or every zone that identifies a person', () => {
    assert.deepEqual(checkWorker(undefined, today), ['90017-363']);
    assert.deepEqual(checkWorker({}, today), ['90017-363']);
    for (const zone of Object.keys(described) as (keyof typeof described)[])
      assert.deepEqual(checkWorker(without(described, zone), today), ['90017-363'], zone);
    for (const zone of Object.keys(described.address) as (keyof typeof described.address)[]) {
      const address = without(described.address, zone);
      assert.deepEqual(checkWorker({ ...described, address }, today), ['90017-363'], zone);
    }
  });
  it('takes a birth date of which only the year is known', () => {
    const born = (birthDate: string) => checkWorker({ ssin: '81050003552', birthDate }, today);
    assert.deepEqual(born('1981-00-00'), []);
    assert.deepEqual(born('1981-05-00'), ['00028-003']);
    assert.deepEqual(born('1981-13-00'), ['00028-003']);
    assert.deepEqual(born('1981-00-45'), ['00028-003']);
  });
  it('keeps the birth date within 120 years', () => {
    const born = (birthDate: string) => checkWorker({ ssin: '81050003552', birthDate }, today);
    assert.deepEqual(born('1900-01-01'), []);
    assert.deepEqual(born('1899-12-31'), ['00028-003']);
    assert.deepEqual(born('2020-09-01'), []);
    assert.deepEqual(born('2020-09-02'), ['00028-003']);
    assert.deepEqual(born('1981-02-29'), ['00028-003']);
  });
});

describe('checkPeriodId', () => {
  it('asks for the number, and for its check digits', () => {
    assert.deepEqual(checkPeriodId(undefined), ['00913-001']);
    assert.deepEqual(checkPeriodId('600027876088'), ['00913-003']);
    assert.deepEqual(checkPeriodId('600027876089'), []);
  });
});
