/** Which days a flow looks at, when it is due, and what its receiver may choose. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseEnterpriseNumber } from '../../src/domain/enterprise-number.ts';
import type { Flow } from '../../src/domain/flow.ts';
import { daysOf } from '../../src/domain/flow-period.ts';
import { faultsOfChoices, planFiles, planRun } from '../../src/domain/flow-plan.ts';
import { lastDue } from '../../src/domain/flow-schedule.ts';
import type { Municipality } from '../../src/domain/municipality.ts';
import type { LocalDate } from '../../src/domain/period.ts';

const day = (text: string) => text as LocalDate;

describe('daysOf', () => {
  for (const [wish, today, from, until] of [
    ['today', '2020-03-01', '2020-03-01', '2020-03-01'],
    ['yesterday', '2020-03-01', '2020-02-29', '2020-02-29'],
    ['thisMonth', '2020-02-10', '2020-02-01', '2020-02-29'],
    ['previousMonth', '2021-01-31', '2020-12-01', '2020-12-31'],
    ['previousQuarter', '2021-03-31', '2020-10-01', '2020-12-31'],
    ['previousQuarter', '2021-04-01', '2021-01-01', '2021-03-31'],
    ['thisYear', '2021-04-01', '2021-01-01', '2021-12-31'],
    ['previousYear', '2021-04-01', '2020-01-01', '2020-12-31'],
  ] as const)
    it(`takes ${wish} on ${today} for ${from} to ${until}`, () =>
      assert.deepEqual(daysOf(wish, day(today)), { from, until }));
});

describe('lastDue', () => {
  for (const [every, now, due] of [
    ['daily', '2020-03-29T03:59:00Z', '2020-03-28T06:00'],
    // The clocks of Brussels went forward that night.
    ['daily', '2020-03-29T04:00:00Z', '2020-03-29T06:00'],
    ['weekly', '2020-03-31T12:00:00Z', '2020-03-30T06:00'],
    ['monthly', '2021-01-01T04:00:00Z', '2020-12-01T06:00'],
    ['monthly', '2021-01-01T05:00:00Z', '2021-01-01T06:00'],
  ] as const)
    it(`finds ${every} at 06:00 due at ${due} when it is ${now}`, () =>
      assert.equal(lastDue({ every, at: '06:00', soon: false }, new Date(now)), due));

  it('finds nothing due where no rhythm is said', () =>
    assert.equal(lastDue({ at: '06:00', soon: true }, new Date()), undefined));
});

const receiver = parseEnterpriseNumber('1900080144');
assert.ok(receiver);
const flow: Flow = {
  id: 'trial',
  version: 1,
  name: { nl: '', fr: '', de: '', en: '' },
  receivers: [receiver],
  legalContext: 'CITY:TRIAL',
  row: 'period',
  select: {
    all: [],
    any: ['pension', 'bridgingRight'],
    none: [],
    sources: {},
    period: 'today',
    days: 1,
    attributes: {},
    enterprise: false,
  },
  choose: ['statuses', 'columns', 'attributes'],
  columns: [
    { heading: 'SSIN', field: 'ssin' },
    { heading: 'from', field: 'from' },
    { heading: 'kind', field: 'attributes.kind' },
  ],
  format: { kind: 'csv', separator: ';' },
  split: 'region',
  differences: false,
  fewest: 1,
};
const municipality = (nisCode: string, region: string, changes: object = {}) =>
  [nisCode, { nisCode, region, language: 'nl', validFrom: day('1977-01-01'), ...changes }] as unknown as [
    string,
    Municipality,
  ];
const municipalities = new Map([
  municipality('1', 'VLG', { validUntil: day('2018-12-31'), mergedInto: '2' }),
  municipality('2', 'VLG'),
  municipality('3', 'WAL'),
]);
const view = { municipalities, typeRules: [], today: day('2020-06-15') };

describe('planRun', () => {
  it('takes what the receiver chose, in the order wanted', () => {
    const plan = planRun(
      flow,
      { statuses: ['pension'], columns: ['from', 'SSIN'], format: 'json', attributes: { kind: ['a'] } },
      'whole',
      view,
    );
    assert.deepEqual(plan.codes, ['pension']);
    assert.deepEqual(
      plan.format.columns.map(({ heading }) => heading),
      ['from', 'SSIN'],
    );
    assert.deepEqual(
      [plan.format.kind, plan.attributes, plan.window],
      ['json', { kind: ['a'] }, { from: '2020-06-15', until: '2020-06-15' }],
    );
  });

  it('counts what merged to what it became, and splits by it', () => {
    const plan = planRun(
      { ...flow, choose: ['places'] },
      { places: { regions: ['VLG'], municipalities: [] } },
      'whole',
      view,
    );
    assert.deepEqual(plan.rules[0]?.places, ['1', '2']);
    assert.deepEqual(planFiles(flow, plan, view), [{ part: 'VLG', places: ['1', '2'] }]);
    assert.deepEqual(
      planFiles(
        { split: 'municipality' },
        { rules: [{ ...plan.rules[0], places: undefined } as never] },
        view,
      ),
      [
        { part: '2', places: ['1', '2'] },
        { part: '3', places: ['3'] },
      ],
    );
  });
});

describe('faultsOfChoices', () => {
  it('names everything that cannot be chosen', () => {
    const faults = faultsOfChoices(flow, {
      period: 'thisYear',
      statuses: ['pension', 'quarantine'],
      columns: ['SSIN', 'SSIN', 'name'],
      attributes: { other: ['a'] },
    });
    assert.deepEqual(
      faults.map(({ name }) => name),
      ['period', 'statuses[1]', 'columns[2]', 'attributes[0]', 'columns'],
    );
    assert.deepEqual(
      faultsOfChoices(flow, { statuses: ['pension'], columns: ['SSIN'], attributes: { kind: ['a'] } }),
      [],
    );
  });
});
