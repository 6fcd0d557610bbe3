import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Format } from '../../src/domain/fact.ts';
import { hasForm } from '../../src/domain/fact-form.ts';

const FITTING: Readonly<Record<string, readonly [readonly string[], readonly string[]]>> = {
  text: [['anything'], []],
  date: [['2020-02-29'], ['2021-02-29', '2020-2-1']],
  month: [['2020-02'], ['2020-13', '2020']],
  period: [
    ['2020-01-01/2020-01-31', '2020-01-01/..'],
    ['2020-01-31/2020-01-01', '2020-01-01', '../2020-01-01'],
  ],
  amount: [
    ['1234.5', '-1', '0.25'],
    ['1,5', '1.234', '', '1e3'],
  ],
  ssin: [['81050003552'], ['8105000355']],
  enterpriseNumber: [['0206731645'], ['0206731646', '206731645']],
  jointCommittee: [['144'], ['14']],
  municipality: [['24062'], ['2406']],
  code: [['income'], ['other']],
  address: [[], ['Kerkstraat 1']],
};

describe('hasForm', () => {
  for (const [format, [fitting, unfit]] of Object.entries(FITTING)) {
    it(`knows the form of ${format}`, () => {
      const fact = { format: format as Format, codes: ['income', 'status'] };
      assert.deepEqual(
        [...fitting, ...unfit].filter((text) => hasForm(fact, text)),
        fitting,
      );
    });
  }
});
