/** Each format of a fact in each language. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Format } from '../../src/domain/fact.ts';
import type { FactValue } from '../../src/domain/fact-value.ts';
import { DOCUMENT_LANGUAGES, type DocumentLanguage } from '../../src/domain/language.ts';
import type { LocalDate } from '../../src/domain/period.ts';
import type { Ssin } from '../../src/domain/ssin.ts';
import { type FactContext, writeFact } from '../../src/render/fact-text.ts';
import { catalogue } from './samples.ts';

const contextOf = (language: DocumentLanguage, isMasked = false): FactContext => ({
  language,
  isMasked,
  word: (key) => ({ nl: 'bus', fr: 'bte', de: 'box' })[language] + (key === 'box' ? '' : ` ${key}`),
  jointCommitteeName: catalogue.jointCommitteeName,
  municipalityName: catalogue.municipalityName,
});

function write(format: Format, value: FactValue | undefined, language: DocumentLanguage, isMasked = false) {
  const fact = { name: 'one', format, of: 'row', codes: ['A', 'B'] } as const;
  const written = writeFact(fact, value, contextOf(language, isMasked));
  return typeof written === 'string' ? written : written.text;
}

const day = (text: string) => text as LocalDate;
const office = { street: 'Hoogstraat', houseNumber: '1', postCode: '1000', municipality: '21004' };

const WRITTEN: readonly (readonly [Format, FactValue, string, string, string])[] = [
  ['text', 'Peeters', 'Peeters', 'Peeters', 'Peeters'],
  ['reference', '960002787608', '960002787608', '960002787608', '960002787608'],
  ['date', '2020-09-01', '1 september 2020', '1er septembre 2020', '1. September 2020'],
  ['weekday', '2020-08-24', 'maandag 24 augustus 2020', 'lundi 24 août 2020', 'Montag, 24. August 2020'],
  ['shortDate', '2020-09-01', '01/09/2020', '01/09/2020', '01.09.2020'],
  ['month', '2020-03', 'maart 2020', 'mars 2020', 'März 2020'],
  [
    'period',
    '2020-01-01/2020-03-31',
    'van 1 januari 2020 tot en met 31 maart 2020',
    'du 1er janvier 2020 au 31 mars 2020',
    'vom 1. Januar 2020 bis einschließlich 31. März 2020',
  ],
  [
    'period',
    '2020-01-01/..',
    'vanaf 1 januari 2020',
    'à partir du 1er janvier 2020',
    'ab dem 1. Januar 2020',
  ],
  [
    'period',
    { startDate: day('2020-01-02'), endDate: day('2020-01-02') },
    'op 2 januari 2020',
    'le 2 janvier 2020',
    'am 2. Januar 2020',
  ],
  [
    'instant',
    new Date('2026-07-01T10:00:00Z'),
    '1 juli 2026, 12:00 (UTC+02:00)',
    '1er juillet 2026, 12:00 (UTC+02:00)',
    '1. Juli 2026, 12:00 (UTC+02:00)',
  ],
  ['number', '1234567.25', '1.234.567,25', '1\u00a0234\u00a0567,25', '1.234.567,25'],
  ['number', '-12', '−12', '−12', '−12'],
  ['number', '999', '999', '999', '999'],
  ['amount', '1234.5', '€\u00a01.234,50', '1\u00a0234,50\u00a0€', '1.234,50\u00a0€'],
  ['amount', '0', '€\u00a00,00', '0,00\u00a0€', '0,00\u00a0€'],
  ['ssin', '81050003552', '81.05.00-035.52', '81.05.00-035.52', '81.05.00-035.52'],
  ['enterpriseNumber', '0206731645', '0206.731.645', '0206.731.645', '0206.731.645'],
  ['enterprise', '0206731645', '0206.731.645', '0206.731.645', '0206.731.645'],
  ['enterprise', 'De Linde BV', 'De Linde BV', 'De Linde BV', 'De Linde BV'],
  ['jointCommittee', '144', '144 – Landbouw', '144 – Agriculture', '144 – Landwirtschaft'],
  ['jointCommittee', '999', '999', '999', '999'],
  ['municipality', '21004', 'Brussel', 'Bruxelles', 'Brüssel'],
  [
    'address',
    office,
    'Hoogstraat 1, 1000 Brussel',
    'Hoogstraat 1, 1000 Bruxelles',
    'Hoogstraat 1, 1000 Brüssel',
  ],
  [
    'address',
    { ...office, boxNumber: 'A2', municipality: 'Neder-over-Heembeek' },
    'Hoogstraat 1 bus A2, 1000 Neder-over-Heembeek',
    'Hoogstraat 1 bte A2, 1000 Neder-over-Heembeek',
    'Hoogstraat 1 box A2, 1000 Neder-over-Heembeek',
  ],
  ['code', 'A', 'bus one.A', 'bte one.A', 'box one.A'],
  [
    'holder',
    { ssin: '81050003552' as Ssin, familyName: 'Peeters', givenName: 'An' },
    'Peeters, An',
    'Peeters, An',
    'Peeters, An',
  ],
  ['employer', { name: 'De Linde BV' }, 'De Linde BV', 'De Linde BV', 'De Linde BV'],
  ['employerNumber', { enterpriseNumber: '0206731645' }, '0206.731.645', '0206.731.645', '0206.731.645'],
  ['employerNumber', { nssoNumber: '175110801' }, '175110801', '175110801', '175110801'],
];

describe('writeFact', () => {
  for (const [format, value, ...expected] of WRITTEN) {
    it(`writes the ${format} ${expected[0]} in each language`, () =>
      assert.deepEqual(
        DOCUMENT_LANGUAGES.map((language) => write(format, value, language)),
        expected,
      ));
  }

  it('hides the end of an SSIN where the type says so', () =>
    assert.equal(write('ssin', '81050003552', 'nl', true), '81.05.00-***.**'));

  for (const [format, value] of [
    ['text', undefined],
    ['amount', ''],
    ['employer', { enterpriseNumber: '0206731645' }],
    ['employerNumber', {}],
  ] as const) {
    it(`finds no ${format} in ${JSON.stringify(value)}`, () =>
      assert.equal(write(format, value, 'nl'), 'absent'));
  }

  for (const [format, value] of [
    ['date', '2020-02-30'],
    ['date', '24/08/2020'],
    ['month', '2020-13'],
    ['period', '2020-01-01'],
    ['period', '2020-03-01/2020-01-01'],
    ['period', '2020-01-01/2020-02-30'],
    ['period', '2020-01-01/../..'],
    ['number', '1,5'],
    ['number', '1e3'],
    ['number', '.5'],
    ['amount', '1.234'],
    ['amount', '€ 1'],
    ['ssin', '8105000355'],
    ['enterpriseNumber', '0206731646'],
    ['municipality', '00000'],
    ['code', 'C'],
    ['address', 'Hoogstraat 1, 1000 Brussel'],
  ] as const) {
    it(`takes ${value} for no ${format}`, () => assert.equal(write(format, value, 'fr'), 'misfit'));
  }
});
