import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readPlainReport } from '../../src/flow/plain-report.ts';
import { statusRecordOn } from '../../src/flow/status-record.ts';
import { day } from '../support/register.ts';

const TODAY = day('2026-06-01');
const PLAIN = {
  ssin: '81050100156',
  status: 'temporaryUnemployment',
  reference: 'C32-2020-000017',
  validFrom: '2020-04-01',
};
/** What each property may say, well and badly. */
const SAID: Readonly<Record<string, readonly unknown[]>> = {
  ssin: [undefined, 81050100156, '81050100157', '8105010015', '81.05.01-001.56', '99050100157'],
  status: [undefined, 1, 'T', 'x', 'Temporary', 'a'.repeat(51), 'with space', '__proto__'],
  reference: [
    undefined,
    7,
    '',
    ' ',
    ' a  b ',
    'e\u0301',
    'x'.repeat(100),
    'x'.repeat(101),
    'a\u0000',
    '\u0301a',
  ].concat(['\ufeffa', '81050100156', 'n 81.05.01-001.56', 'a\tb', 'é'.repeat(101), 'a'.repeat(900)]),
  validFrom: [undefined, 20200401, '2020-4-1', '2020-02-30', '0000-01-01', '2019-02-28', '2020-04-01 '],
  validUntil: [undefined, null, '2020-03-31', '2020-04-01', '2020-04-31', '2020-12-31', ''],
  enterpriseNumber: [undefined, '0206731645', '206731645', '0206731646', 206731645, ''],
  attributes: [undefined, null, [], {}, 'a', { a: 'b' }, { A: 'b' }, { a: 1 }, { a: '' }, { a: ' x  y ' }]
    .concat([
      { a: 'x'.repeat(201) },
      { __proto__: { a: 'b' } },
      { constructor: 'c' },
      JSON.parse('{"__proto__":"a"}'),
    ])
    .concat([Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`a${at}`, 'b']))]),
  changedAt: [undefined, '2020-05-02T09:30:00+02:00', 'yesterday'],
  withdrawn: [undefined, true, false, 'true'],
  other: [undefined, 'a'],
};

/** No form that reports come in has a property that is there without a value. */
function withoutMissing(value: object): object {
  return Object.fromEntries(Object.entries(value).filter(([, said]) => said !== undefined));
}

describe('readPlainReport', () => {
  it('reads what the schema reads, as it does', () => {
    const schema = statusRecordOn(TODAY);
    let read = 0;
    for (const [name, values] of Object.entries(SAID))
      for (const said of values)
        for (const base of [
          PLAIN,
          { ...PLAIN, validUntil: '2020-04-30', attributes: { committee: '145' } },
        ]) {
          const value = withoutMissing({ ...base, [name]: said });
          const plain = readPlainReport(value, TODAY);
          if (plain === undefined) continue;
          read += 1;
          assert.deepEqual({ ...plain }, schema.parse(value), `${name} ${JSON.stringify(said)}`);
        }
    assert.ok(read > 20, `${read} were read`);
  });

  it('reads what most reports say', () => {
    const employer = { enterpriseNumber: '0206731645', attributes: { jointCommittee: '145' } };
    for (const value of [PLAIN, { ...PLAIN, validUntil: '2020-04-30' }, { ...PLAIN, ...employer }])
      assert.equal(readPlainReport(value, TODAY)?.reference, PLAIN.reference);
  });

  it('leaves what is no record to the schema', () => {
    for (const value of [null, [], 'a', 7, { ...PLAIN, withdrawn: true }])
      assert.equal(readPlainReport(value, TODAY), undefined);
  });
});
