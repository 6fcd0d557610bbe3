/** Rules of entitlement, one condition at a time, and against days counted one by one. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { casesOfFact } from '../../src/domain/entitlement.ts';
import {
  ageOn,
  type EntitlementRule,
  explain,
  looksAgainOn,
  type Subject,
} from '../../src/domain/entitlement-rule.ts';
import type { Municipality } from '../../src/domain/municipality.ts';
import { addDays, type LocalDate } from '../../src/domain/period.ts';
import type { Status } from '../../src/domain/status.ts';

const day = (text: string) => text as LocalDate;
const TODAY = day('2026-01-15');
const OPEN: EntitlementRule = { id: 'r', all: [], any: [], none: [], sources: {}, days: 1 };
const UNKNOWN: Subject = { birthDate: undefined, householdSize: undefined, municipalityOn: () => undefined };

function fact(code: string, startDate: string, endDate?: string, source = 'onem'): Status {
  const period = { startDate: day(startDate), ...(endDate !== undefined && { endDate: day(endDate) }) };
  return { personId: 'p', code, source, period, reference: `${code} ${startDate}`, attributes: {} };
}

const reasonsOf = (
  rule: Partial<EntitlementRule>,
  facts: readonly Status[],
  subject = UNKNOWN,
  today = TODAY,
) => explain({ ...OPEN, ...rule }, facts, subject, today).reasons;

describe('explain', () => {
  const one = fact('a', '2020-03-01', '2020-03-31');

  it('wants all of some, one of others and none of the rest', () => {
    const rule = { all: ['a', 'b'], any: ['c', 'd'], none: ['e'] };
    const [a, b, c, e] = ['a', 'b', 'c', 'e'].map((code) => fact(code, '2020-03-01'));
    assert.ok(a && b && c && e);
    assert.deepEqual(reasonsOf(rule, [a, b, c]), []);
    assert.deepEqual(reasonsOf(rule, []), ['noFacts']);
    assert.deepEqual(reasonsOf(rule, [a, c]), ['statusMissing']);
    assert.deepEqual(reasonsOf(rule, [a, b]), ['statusMissing']);
    assert.deepEqual(reasonsOf(rule, [a, b, c, e]), ['statusExcluded']);
    assert.deepEqual(explain({ ...OPEN, ...rule }, [a, b, c, e], UNKNOWN, TODAY).facts, [e]);
  });

  it('takes the word of the sources named, for the statuses named', () => {
    const rule = { any: ['a'], sources: { a: ['inami'], b: ['other'] } };
    assert.deepEqual(reasonsOf(rule, [one]), ['noFacts']);
    assert.deepEqual(reasonsOf(rule, [fact('a', '2020-03-01', undefined, 'inami')]), []);
  });

  it('looks at one day, and not before it has come', () => {
    const on = (at: string, today = TODAY) => reasonsOf({ any: ['a'], at: day(at) }, [one], UNKNOWN, today);
    assert.deepEqual([on('2020-03-01'), on('2020-03-31'), on('2020-04-01')], [[], [], ['noFacts']]);
    assert.deepEqual(on('2020-03-02', day('2020-03-01')), ['notYet']);
    assert.deepEqual(on('2020-03-02', day('2020-03-02')), []);
  });

  it('looks at facts of its days alone', () => {
    assert.deepEqual(reasonsOf({ any: ['a'], from: day('2020-03-31') }, [one]), []);
    assert.deepEqual(reasonsOf({ any: ['a'], from: day('2020-04-01') }, [one]), ['noFacts']);
    assert.deepEqual(reasonsOf({ any: ['a'], until: day('2020-02-29') }, [one]), ['noFacts']);
  });

  it('looks at age, domicile and household, and takes what is not known for unmet', () => {
    const place = { nisCode: '24062', region: 'VLG' } as unknown as Municipality;
    const known: Subject = { birthDate: day('2002-03-15'), householdSize: 3, municipalityOn: () => place };
    const rule = { any: ['a'], at: day('2020-03-15') };
    const domicile = (regions: string[], municipalities: string[]) => ({
      domicile: { regions, municipalities },
    });
    const table: [Partial<EntitlementRule>, Subject, string[]][] = [
      [{ age: { from: 18 } }, known, []],
      [{ age: { from: 18 } }, { ...known, birthDate: day('2002-03-16') }, ['age']],
      [{ age: { until: 17 } }, known, ['age']],
      [{ age: { from: 0 } }, UNKNOWN, ['age']],
      [domicile(['VLG'], []), known, []],
      [domicile(['WAL'], ['24062']), known, []],
      [domicile(['WAL'], ['24001']), known, ['domicile']],
      [domicile(['VLG'], []), UNKNOWN, ['domicile']],
      [{ household: { until: 3 } }, known, []],
      [{ household: { from: 4 } }, known, ['household']],
      [{ household: {} }, UNKNOWN, ['household']],
    ];
    for (const [condition, subject, reasons] of table)
      assert.deepEqual(
        reasonsOf({ ...rule, ...condition }, [one], subject),
        reasons,
        JSON.stringify(condition),
      );
  });

  it('counts days once, however many facts cover them', () => {
    const start = day('2020-03-01');
    const periods = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 40 }), fc.option(fc.integer({ min: 0, max: 9 }))),
      {
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(periods, fc.integer({ min: 2, max: 25 }), (list, days) => {
        const rule = { ...OPEN, any: ['a'], from: addDays(start, 5), until: addDays(start, 35), days };
        const today = addDays(start, 30);
        const facts = list.map(([from, length], at) => ({
          ...fact('a', addDays(start, from), length === null ? undefined : addDays(start, from + length)),
          reference: String(at),
        }));
        const covered = Array.from({ length: 26 }, (_, at) => addDays(start, at + 5)).filter((date) =>
          facts.some(({ period }) => period.startDate <= date && date <= (period.endDate ?? '9999')),
        );
        const isMet = explain(rule, facts, UNKNOWN, today).reasons.length === 0;
        assert.equal(isMet, covered.length >= days);
      }),
    );
  });
});

describe('looksAgainOn', () => {
  it('is the day that is looked at, or tomorrow while days may still be added', () => {
    const going = fact('a', '2026-01-01');
    const again = (rule: Partial<EntitlementRule>, facts: readonly Status[] = [going]) =>
      looksAgainOn({ ...OPEN, any: ['a'], ...rule }, facts, TODAY);
    assert.equal(again({ at: day('2026-02-01') }), '2026-02-01');
    assert.equal(again({ at: TODAY }), undefined);
    assert.equal(again({ days: 30 }), '2026-01-16');
    assert.equal(again({ days: 30 }, [fact('a', '2026-01-01', '2026-01-15')]), undefined);
    assert.equal(again({ days: 30, until: TODAY }), undefined);
    assert.equal(again({}), undefined);
  });
});

describe('ageOn', () => {
  it('counts whole years', () => {
    assert.equal(ageOn(day('2000-06-15'), day('2020-06-14')), 19);
    assert.equal(ageOn(day('2000-06-15'), day('2020-06-15')), 20);
    assert.equal(ageOn(day('2004-02-29'), day('2022-02-28')), 17);
    assert.equal(ageOn(day('2004-02-29'), day('2022-03-01')), 18);
  });
});

describe('casesOfFact', () => {
  const rules = [
    { ...OPEN, id: '2020', any: ['a'], from: day('2020-01-01'), until: day('2020-12-31') },
    { ...OPEN, id: '2021', any: ['b'], none: ['a'], from: day('2021-01-01'), until: day('2021-12-31') },
  ];
  const casesOf = (caseKeys: readonly 'rule'[], one: Status) =>
    casesOfFact({ id: 't', caseKeys, rules }, one).map(({ keys }) => keys);

  it('are one for each rule that looks at it, or one where none is told apart', () => {
    assert.deepEqual(casesOf(['rule'], fact('a', '2020-12-31', '2021-01-01')), [
      { rule: '2020' },
      { rule: '2021' },
    ]);
    assert.deepEqual(casesOf(['rule'], fact('b', '2020-12-31', '2021-01-01')), [{ rule: '2021' }]);
    assert.deepEqual(casesOf([], fact('a', '2020-12-31', '2021-01-01')), [{}]);
  });

  it('are none where no rule looks at it', () => {
    assert.deepEqual(casesOf(['rule'], fact('c', '2020-12-31')), []);
    assert.deepEqual(casesOf(['rule'], fact('a', '2022-01-01')), []);
    assert.deepEqual(casesOf([], fact('a', '2022-01-01')), []);
  });
});
