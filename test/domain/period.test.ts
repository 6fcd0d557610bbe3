/** Days, periods, and the clocks of Brussels over midnight and the change of time. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import {
  addDays,
  brusselsDate,
  brusselsDateTime,
  brusselsInstant,
  daysInMonth,
  isWithin,
  type LocalDate,
  monthOf,
  overlaps,
  parseLocalDate,
} from '../../src/domain/period.ts';

const day = (text: string) => text as LocalDate;

describe('parseLocalDate', () => {
  it('takes days that exist', () => {
    for (const text of ['2020-02-29', '2000-02-29', '1920-01-01', '9999-12-31'])
      assert.equal(parseLocalDate(text), text);
  });
  it('refuses days that do not', () => {
    for (const text of [
      '2021-02-29',
      '1900-02-29',
      '0000-01-01',
      '2020-13-01',
      '2020-00-10',
      '2020-04-31',
      '2020-01-00',
    ])
      assert.equal(parseLocalDate(text), undefined, text);
  });
  it('refuses other forms', () => {
    for (const text of ['', '20200901', '2020-9-1', '01-09-2020', '2020-09-01Z', ' 2020-09-01', '٢٠٢٠-٠٩-٠١'])
      assert.equal(parseLocalDate(text), undefined, text);
  });
});

describe('daysInMonth', () => {
  it('knows the leap years', () => {
    assert.deepEqual(
      [1900, 2000, 2020, 2021].map((year) => daysInMonth(year, 2)),
      [28, 29, 29, 28],
    );
  });
});

describe('addDays', () => {
  it('crosses months, years and leap days', () => {
    assert.equal(addDays(day('2020-12-31'), 1), '2021-01-01');
    assert.equal(addDays(day('2020-02-28'), 1), '2020-02-29');
    assert.equal(addDays(day('2020-03-01'), -1), '2020-02-29');
  });
  it('is not disturbed by the change of time', () =>
    assert.equal(addDays(day('2020-03-28'), 2), '2020-03-30'));
});

describe('monthOf', () => {
  it('gives year and month', () => assert.equal(monthOf(day('2020-09-30')), '2020-09'));
});

describe('isWithin', () => {
  it('includes both limits', () => {
    assert.equal(isWithin(day('2020-08-21'), day('2020-08-21'), day('2020-08-21')), true);
    assert.equal(isWithin(day('2020-08-20'), day('2020-08-21'), undefined), false);
    assert.equal(isWithin(day('2023-01-01'), undefined, day('2022-12-31')), false);
  });
  it('is open where a limit is missing', () =>
    assert.equal(isWithin(day('2020-08-20'), undefined, undefined), true));
});

describe('overlaps', () => {
  const from = (startDate: string, endDate?: string) => ({
    startDate: day(startDate),
    ...(endDate !== undefined && { endDate: day(endDate) }),
  });
  it('counts a shared last and first day', () => {
    assert.equal(overlaps(from('2020-09-01', '2020-09-02'), from('2020-09-02', '2020-09-03')), true);
    assert.equal(overlaps(from('2020-09-01', '2020-09-01'), from('2020-09-02', '2020-09-03')), false);
  });
  it('lets an open period run on', () => {
    assert.equal(overlaps(from('2020-09-01'), from('2025-01-01', '2025-01-01')), true);
    assert.equal(overlaps(from('2020-09-01'), from('2020-08-31', '2020-08-31')), false);
  });
  it('is symmetric', () => {
    const date = fc.integer({ min: 0, max: 60 }).map((days) => addDays(day('2020-09-01'), days));
    const period = fc.record({ startDate: date, endDate: date }, { requiredKeys: ['startDate'] });
    fc.assert(fc.property(period, period, (one, other) => overlaps(one, other) === overlaps(other, one)));
  });
});

describe('brusselsDate', () => {
  it('writes any year of four digits', () => {
    assert.equal(brusselsDate(new Date('0001-01-01T07:42:30Z')), '0001-01-01');
    assert.equal(brusselsDate(new Date('0987-06-05T12:00:00Z')), '0987-06-05');
  });
  it('turns at midnight in Brussels, not in UTC', () => {
    assert.equal(brusselsDate(new Date('2020-09-01T21:59:59.999Z')), '2020-09-01');
    assert.equal(brusselsDate(new Date('2020-09-01T22:00:00.000Z')), '2020-09-02');
    assert.equal(brusselsDate(new Date('2020-12-31T22:59:59.999Z')), '2020-12-31');
    assert.equal(brusselsDate(new Date('2020-12-31T23:00:00.000Z')), '2021-01-01');
  });
  it('gives days of 23 and 25 hours their own midnight', () => {
    assert.equal(brusselsDate(new Date('2020-03-28T23:00:00Z')), '2020-03-29');
    assert.equal(brusselsDate(new Date('2020-03-29T22:00:00Z')), '2020-03-30');
    assert.equal(brusselsDate(new Date('2020-10-24T22:00:00Z')), '2020-10-25');
    assert.equal(brusselsDate(new Date('2020-10-25T22:59:59Z')), '2020-10-25');
    assert.equal(brusselsDate(new Date('2020-10-25T23:00:00Z')), '2020-10-26');
  });
});

describe('brusselsDateTime', () => {
  it('writes summer and winter with their offset', () => {
    assert.equal(brusselsDateTime(new Date('2020-09-01T22:30:05Z')), '2020-09-02T00:30:05+02:00');
    assert.equal(brusselsDateTime(new Date('2020-12-31T23:00:00Z')), '2021-01-01T00:00:00+01:00');
  });
  it('agrees with the clocks of the runtime at every change of them and in between', () => {
    const clocks = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Europe/Brussels',
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    for (let year = 1893; year <= 2040; year += 1) {
      for (let hour = 0; hour < 366 * 24; hour += 1) {
        // Each hour of the months in which clocks ever changed, and some of the others.
        if (hour % 97 !== 0 && (year < 1914 || (year > 1946 && (hour % 24 > 2 || hour < 60 * 24)))) continue;
        const instant = new Date(Date.UTC(year, 0, 1, hour, 29, 59, 999));
        const written = brusselsDateTime(instant);
        assert.equal(written.slice(0, 19).replace('T', ' '), clocks.format(instant));
        assert.equal(Date.parse(written), instant.getTime() - 999, written);
      }
    }
  });
  it('writes any year of four digits', () =>
    assert.equal(brusselsDateTime(new Date('0987-06-05T12:00:00Z')).slice(0, 10), '0987-06-05'));
  it('tells apart the two hours that the clocks show twice', () => {
    assert.equal(brusselsDateTime(new Date('2020-10-25T00:30:00Z')), '2020-10-25T02:30:00+02:00');
    assert.equal(brusselsDateTime(new Date('2020-10-25T01:30:00Z')), '2020-10-25T02:30:00+01:00');
  });
});

describe('brusselsInstant', () => {
  const instant = (date: string, time: string) => brusselsInstant(day(date), time).toISOString();

  it('reads summer and winter time, with milliseconds', () => {
    assert.equal(instant('2022-05-06', '14:35:00.000'), '2022-05-06T12:35:00.000Z');
    assert.equal(instant('2022-01-06', '14:35:00.123'), '2022-01-06T13:35:00.123Z');
    assert.equal(instant('2022-01-01', '00:00:00.000'), '2021-12-31T23:00:00.000Z');
  });
  it('takes the first of an hour that the clocks show twice', () =>
    assert.equal(instant('2020-10-25', '02:30:00.000'), '2020-10-25T00:30:00.000Z'));
  it('reads the rest of the days on which the clocks change', () => {
    assert.equal(instant('2020-10-25', '01:59:59.999'), '2020-10-24T23:59:59.999Z');
    assert.equal(instant('2020-10-25', '03:00:00.000'), '2020-10-25T02:00:00.000Z');
    assert.equal(instant('2020-03-29', '01:59:59.999'), '2020-03-29T00:59:59.999Z');
    assert.equal(instant('2020-03-29', '03:00:00.000'), '2020-03-29T01:00:00.000Z');
  });
  it('moves an hour that the clocks skip forward', () =>
    assert.equal(instant('2020-03-29', '02:30:00.000'), '2020-03-29T01:30:00.000Z'));
  it('reads any day that can be written, in the local mean time of its year', () => {
    assert.equal(instant('0001-01-01', '00:00:00.000'), '0000-12-31T23:42:30.000Z');
    assert.equal(instant('0987-06-05', '12:00:00.000'), '0987-06-05T11:42:30.000Z');
    assert.equal(instant('9999-12-31', '23:59:59.999'), '9999-12-31T22:59:59.999Z');
  });
  it('is undone by brusselsDateTime, but for the second turn of the doubled hour', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1990-01-01'), max: new Date('2037-01-01'), noInvalidDate: true }),
        (moment) => {
          const text = brusselsDateTime(moment);
          const read = brusselsInstant(day(text.slice(0, 10)), `${text.slice(11, 19)}.000`);
          const difference = Math.floor(moment.getTime() / 1000) * 1000 - read.getTime();
          return difference === 0 || (difference === 3_600_000 && text.endsWith('+01:00'));
        },
      ),
    );
  });
});
