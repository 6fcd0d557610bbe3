/** Days, months and instants as people write them in each language. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DOCUMENT_LANGUAGES } from '../../src/domain/language.ts';
import type { LocalDate, LocalMonth } from '../../src/domain/period.ts';
import { formatDate, formatInstant, formatMonth, formatWeekday } from '../../src/render/calendar.ts';

const inEveryLanguage = (write: (language: 'nl' | 'fr' | 'de') => string) => DOCUMENT_LANGUAGES.map(write);

describe('formatDate', () => {
  it('writes day, month and year', () => {
    assert.deepEqual(
      inEveryLanguage((language) => formatDate('2020-03-24' as LocalDate, language)),
      ['24 maart 2020', '24 mars 2020', '24. März 2020'],
    );
  });
  it('writes the first of the month as French does', () => {
    assert.equal(formatDate('2020-09-01' as LocalDate, 'fr'), '1er septembre 2020');
  });
  it('agrees with the runtime on every month', () => {
    for (const language of DOCUMENT_LANGUAGES) {
      const format = new Intl.DateTimeFormat(`${language}-BE`, { dateStyle: 'full', timeZone: 'UTC' });
      for (let month = 1; month <= 12; month += 1) {
        const date = `2021-${String(month).padStart(2, '0')}-12` as LocalDate;
        const expected = format.format(new Date(`${date}T00:00:00Z`));
        assert.equal(formatWeekday(date, language).replace(',', ''), expected.replace(',', ''));
      }
    }
  });
});

describe('formatWeekday', () => {
  it('begins with the day of the week', () => {
    assert.deepEqual(
      inEveryLanguage((language) => formatWeekday('2020-08-30' as LocalDate, language)),
      ['zondag 30 augustus 2020', 'dimanche 30 août 2020', 'Sonntag, 30. August 2020'],
    );
  });
});

describe('formatMonth', () => {
  it('writes month and year', () => {
    assert.deepEqual(
      inEveryLanguage((language) => formatMonth('2021-02' as LocalMonth, language)),
      ['februari 2021', 'février 2021', 'Februar 2021'],
    );
  });
});

describe('formatInstant', () => {
  it('shows the clocks of Brussels, in winter and in summer', () => {
    assert.equal(
      formatInstant(new Date('2026-01-31T23:30:00Z'), 'fr'),
      '1er février 2026, 00:30 (UTC+01:00)',
    );
    assert.equal(formatInstant(new Date('2026-07-01T08:05:59Z'), 'nl'), '1 juli 2026, 10:05 (UTC+02:00)');
  });
});
