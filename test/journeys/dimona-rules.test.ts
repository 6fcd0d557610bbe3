/** The rules of a quarantine declaration as a declarant meets them: over HTTP, with the answer's codes. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { registerFile } from '../../src/cli/demo-input.ts';
import { type Answer, type Client, createClient, until } from '../support/client.ts';
import { EMPLOYER_NUMBER, quaCancel, quaForm, quaIn, quaUpdate, quaXml } from '../support/declarations.ts';
import { demoSsin, startTestService, type TestService } from '../support/service.ts';

type Body = ReturnType<typeof quaIn>;
type Change = (body: Body) => unknown;

const dimonaIn =
  (changes: object): Change =>
  (body) => ({ ...body, dimonaIn: { ...body.dimonaIn, ...changes } });
const features =
  (changes: object): Change =>
  (body) =>
    dimonaIn({ features: { ...body.dimonaIn?.features, ...changes } })(body);
const employer =
  (value: object): Change =>
  (body) => ({ ...body, employer: value });
const worker =
  (changes: object): Change =>
  (body) => ({ ...body, worker: { ...body.worker, ...changes } });

/** What is wrong with one otherwise right IN, and the anomalies it gets beside being late. */
const REFUSED: readonly (readonly [string, Change, readonly string[]])[] = [
  [
    'a committee outside agriculture and horticulture',
    features({ jointCommissionNumber: '302' }),
    ['90374-349'],
  ],
  ['a committee that is none of the message', features({ jointCommissionNumber: '999' }), ['00046-003']],
  ['no committee', features({ jointCommissionNumber: undefined }), ['00046-001']],
  ['committee 322 without using employer', features({ jointCommissionNumber: '322' }), ['90107-351']],
  [
    'a using employer of committee 322',
    features({
      jointCommissionNumber: '322',
      usingEmployer: { jointCommissionNumber: '322', enterpriseNumber: EMPLOYER_NUMBER },
    }),
    ['00046-005'],
  ],
  [
    'a using employer with name and number',
    features({
      jointCommissionNumber: '322',
      usingEmployer: { jointCommissionNumber: '144', enterpriseNumber: EMPLOYER_NUMBER, name: 'Hoeve' },
    }),
    ['90107-352'],
  ],
  ['a using employer beside committee 144', features({ usingEmployer: { name: 'Hoeve' } }), ['00153-005']],
  ['an ending date after the starting date', dimonaIn({ endDate: '2020-09-02' }), ['00911-008']],
  [
    'an ending date before the starting date',
    dimonaIn({ endDate: '2020-08-31' }),
    ['00911-008', '00911-014'],
  ],
  ['no ending date', dimonaIn({ endDate: undefined }), ['00911-001']],
  ['a starting hour', dimonaIn({ startHour: '0800' }), ['00777-005']],
  ['an ending hour', dimonaIn({ endHour: '1700' }), ['00778-005']],
  ['planned hours', dimonaIn({ plannedHours: 8 }), ['01135-005']],
  [
    'a day before the scheme began',
    dimonaIn({ startDate: '2020-08-20', endDate: '2020-08-20' }),
    ['00655-005'],
  ],
  [
    'a day after the scheme ended',
    dimonaIn({ startDate: '2023-01-01', endDate: '2023-01-01' }),
    ['00655-005'],
  ],
  [
    'a day that does not exist',
    dimonaIn({ startDate: '2021-02-29', endDate: '2021-02-29' }),
    ['00910-003', '00911-003'],
  ],
  ['no employer', employer({}), ['90256-364']],
  [
    'an enterprise number with wrong check digits',
    employer({ enterpriseNumber: '0212345678' }),
    ['00014-003'],
  ],
  ['an NSSO number with wrong check digits', employer({ employerId: 156065072 }), ['00011-003']],
  [
    'no SSIN',
    (body) => ({ ...body, worker: { familyName: 'A', givenName: 'B', birthDate: '1990-01-01' } }),
    ['00024-001', '90017-363'],
  ],
  ...[
    '81043103522',
    '71022722580',
    '12345678900',
    '81130103578',
    '81022903534',
    '47060200096',
    '99020299964',
  ].map((ssin): [string, Change, string[]] => [`the SSIN ${ssin}`, worker({ ssin }), ['00024-003']]),
];

describe('declaring quarantine over HTTP', () => {
  let service: TestService;
  let client: Client;
  let day = 0;

  before(async () => {
    service = await startTestService();
    client = createClient(service);
    await client.load(registerFile());
  });
  after(() => service.stop());

  /** A day of its own for each declaration that is to be accepted. */
  function freshDay(): string {
    day += 1;
    return `2021-${String(3 + Math.floor(day / 28)).padStart(2, '0')}-${String(1 + (day % 28)).padStart(2, '0')}`;
  }

  describe('when one thing is wrong', () => {
    for (const [what, change, codes] of REFUSED) {
      it(`refuses ${what.replace(/\d{11}/, (ssin) => `${ssin.slice(0, 6)}…`)} with ${codes.join(' and ')}`, async () => {
        const good = quaIn({ ssin: demoSsin('lena'), day: '2020-09-01' });
        const answer = await client.declare(JSON.parse(JSON.stringify(change(good))));
        assert.equal(answer.result, 'B');
        assert.deepEqual(withoutLate(answer), codes);
        assert.equal(answer.periodId, undefined);
      });
    }
  });

  it('tells every anomaly at once', async () => {
    const body = {
      employer: { enterpriseNumber: '0212345678', employerId: 156065072 },
      worker: { ssin: '81130103578' },
      dimonaIn: {
        startDate: '2023-05-02',
        endDate: '2023-05-03',
        startHour: '0800',
        plannedHours: 8,
        features: { jointCommissionNumber: '302', workerType: 'QUA' },
      },
    };
    const answer = await client.declare(body);
    assert.deepEqual(withoutLate(answer), [
      '00011-003',
      '00014-003',
      '00024-003',
      '00655-005',
      '00777-005',
      '00911-008',
      '01135-005',
      '90374-349',
    ]);
  });

  it('accepts each employer number that passes its check, and temporary work for a grower', async () => {
    const accepted = [
      employer({ employerId: 175110801 }),
      employer({ employerId: 70500472 }),
      employer({ enterpriseNumber: EMPLOYER_NUMBER }),
      employer({ enterpriseNumber: '206731645' }),
      features({
        jointCommissionNumber: '322',
        usingEmployer: { jointCommissionNumber: '145', enterpriseNumber: EMPLOYER_NUMBER },
      }),
    ];
    for (const change of accepted) {
      const answer = await client.declare(change(quaIn({ ssin: demoSsin('lena'), day: freshDay() })));
      assert.deepEqual([answer.result, answer.anomalies], ['W', ['90373-460']]);
    }
  });

  it('answers A to a form made in time, and tolerates the first days of the scheme', async () => {
    const [inTime, firstDays, late] = await client.declareFile(
      quaXml([
        { ssin: demoSsin('lena'), day: '2021-01-05', createdOn: '2021-01-05', reference: 'in-time' },
        { ssin: demoSsin('lena'), day: '2020-08-21', createdOn: '2020-08-28', reference: 'first-days' },
        { ssin: demoSsin('lena'), day: '2021-01-06', createdOn: '2021-01-07', reference: 'late' },
      ]),
    );
    assert.deepEqual([inTime?.result, inTime?.anomalies], ['A', []]);
    assert.deepEqual([firstDays?.result, firstDays?.anomalies], ['A', []]);
    assert.deepEqual([late?.result, late?.anomalies], ['W', ['90373-460']]);
  });

  it('warns when names or birth date are not those of the SSIN', async () => {
    const change = worker({ familyName: 'Janssens', givenName: 'An', birthDate: '1988-03-15' });
    const answer = await client.declare(change(quaIn({ ssin: demoSsin('lena'), day: freshDay() })));
    assert.deepEqual([answer.result, withoutLate(answer)], ['W', ['00025-348', '00026-348', '00028-348']]);
    const accents = worker({ familyName: 'KUHN WISNIEWSKI', givenName: 'Lukasz' });
    const same = await client.declare(accents(quaIn({ ssin: demoSsin('lukasz'), day: freshDay() })));
    assert.deepEqual(withoutLate(same), []);
  });

  describe('when the same message is sent again', () => {
    it('gives the first answer, by Idempotency-Key', async () => {
      const body = quaIn({ ssin: demoSsin('lena'), day: freshDay() });
      const first = await client.declare(body, 'key-1');
      assert.deepEqual(await client.declare(body, 'key-1'), first);
      const other = request(service.url)
        .post('/dimona/v2/declarations')
        .auth(await service.clientToken('payroll', 'dimona:declare dimona:consult'), { type: 'bearer' })
        .set('Idempotency-Key', '"key-1"');
      await other.send(quaIn({ ssin: demoSsin('lena'), day: freshDay() })).expect(422);
    });

    it('gives the first answer, by the body alone, also to twenty at once', async () => {
      const body = quaIn({ ssin: demoSsin('serban'), day: freshDay() });
      const answers = await Promise.all(Array.from({ length: 20 }, () => client.declare(body)));
      assert.equal(new Set(answers.map(({ declarationId }) => declarationId)).size, 1);
      const refused = { ...body, dimonaIn: { ...body.dimonaIn, endDate: '2021-12-31' } };
      const [one, two] = [await client.declare(refused), await client.declare(refused)];
      assert.deepEqual(two, one);
    });

    it('gives the first answer, by the reference of a form; another form under it is refused', async () => {
      const form = { ssin: demoSsin('lena'), day: freshDay(), reference: 'R-1' };
      const [first] = await client.declareFile(quaXml([form]));
      const [again, reused] = await client.declareFile(quaXml([form, quaForm({ ...form, day: freshDay() })]));
      assert.deepEqual(again, first);
      assert.equal(reused?.result, 'B');
      assert.ok(reused.anomalies.includes('90082-006'));
    });
  });

  it('refuses another IN on a live day, and opens a new period after a cancellation', async () => {
    const taken = freshDay();
    const body = quaIn({ ssin: demoSsin('amelie'), day: taken });
    const first = await client.declare(body);
    const second = await client.declare(worker({ familyName: 'Noël-Lefèvre' })(body));
    assert.deepEqual([second.result, withoutLate(second)], ['B', ['90373-333']]);
    assert.equal((await client.declare(quaCancel({ periodId: first.periodId ?? '' }))).result, 'A');
    const third = await client.declare(body);
    assert.equal(third.result, 'W');
    assert.ok(third.periodId !== undefined && third.periodId !== first.periodId);
    assert.notEqual(third.declarationId, first.declarationId);
  });

  describe('when a period is changed', () => {
    let period: string;
    let start: string;

    before(async () => {
      start = freshDay();
      period = (await client.declare(quaIn({ ssin: demoSsin('lukasz'), day: start }))).periodId ?? '';
    });

    it('names what is wrong with the period', async () => {
      const wrongCheck = `${period.slice(0, 10)}${period.endsWith('01') ? '02' : '01'}`;
      assert.deepEqual((await client.declare(quaCancel({ periodId: wrongCheck }))).anomalies, ['00913-003']);
      assert.deepEqual((await client.declare(quaCancel({ periodId: '600027876089' }))).anomalies, [
        '00913-354',
      ]);
    });

    it('refuses an update without a change, onto a live day, to more days, or without end', async () => {
      assert.ok(
        (await client.declare(quaUpdate({ periodId: period, day: start }))).anomalies.includes('90378-444'),
      );
      const taken = freshDay();
      await client.declare(quaIn({ ssin: demoSsin('lukasz'), day: taken }));
      assert.ok(
        (await client.declare(quaUpdate({ periodId: period, day: taken }))).anomalies.includes('90378-333'),
      );
      const longer = { dimonaUpdate: { periodId: period, endDate: '2022-12-30' } };
      assert.ok((await client.declare(longer)).anomalies.includes('00911-008'));
      const open = { dimonaUpdate: { periodId: period, endDate: '9999-12-31' } };
      assert.ok((await client.declare(open)).anomalies.includes('00913-368'));
      assert.ok(
        (await client.declare({ dimonaUpdate: { periodId: period } })).anomalies.includes('90378-360'),
      );
    });

    it('refuses to end a period that has its end', async () => {
      const answer = await client.declare({ dimonaOut: { periodId: period, endDate: start } });
      assert.deepEqual([answer.result, answer.anomalies], ['B', ['00913-356']]);
    });

    it('lets only the declarant and the employer change it', async () => {
      const stranger = await service.database.query(
        `update dimona_period set declared_by = '1900012343' where period_id = $1`,
        [period],
      );
      assert.deepEqual(stranger, []);
      const answer = await client.declare(quaCancel({ periodId: period }));
      assert.deepEqual([answer.result, answer.anomalies], ['B', ['90256-155']]);
      await service.database.query(
        `update dimona_period set declared_by = '1900045601' where period_id = $1`,
        [period],
      );
    });

    it('refuses every change once it is cancelled', async () => {
      assert.equal((await client.declare(quaCancel({ periodId: period }))).result, 'A');
      assert.ok(
        (await client.declare(quaUpdate({ periodId: period, day: freshDay() }))).anomalies.includes(
          '00913-355',
        ),
      );
      const again = { dimonaCancel: { periodId: Number(period) } };
      assert.ok((await client.declare(again)).anomalies.includes('00913-355'));
    });
  });

  it('lets a declaration wait for its person and judges it once the person is loaded', async () => {
    const ssin = '85122499755';
    const waiting = await client.declare(quaIn({ ssin, day: freshDay() }));
    assert.deepEqual([waiting.result, waiting.periodId], ['S', undefined]);
    const wrong = await client.declare(
      features({ jointCommissionNumber: '302' })(quaIn({ ssin, day: freshDay() })),
    );
    assert.equal(wrong.result, 'B', 'what is refused anyway does not wait');
    await client.load(
      `${JSON.stringify({ ssin, familyName: 'De Smet', givenName: 'Håkon', language: 'nl' })}\n`,
    );
    const judged = await until(
      () => client.answerTo(waiting.declarationId),
      ({ result }) => result !== 'S',
    );
    assert.deepEqual([judged.result, judged.anomalies], ['W', ['90373-460']]);
    assert.ok(judged.periodId);
  });

  it('takes a number that was replaced for the person who has the new one', async () => {
    const when = freshDay();
    const byOldNumber = await client.declare(quaIn({ ssin: '94272199751', day: when }));
    assert.equal(byOldNumber.result, 'W');
    const byNewNumber = await client.declare(quaIn({ ssin: demoSsin('serban'), day: when }));
    assert.deepEqual(withoutLate(byNewNumber), ['90373-333']);
  });
});

function withoutLate({ anomalies }: Answer): string[] {
  return anomalies.filter((code) => !code.endsWith('-460'));
}
