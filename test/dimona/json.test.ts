/** The JSON declaration: what the schema refuses, and what passes to become an anomaly. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toDeclaration } from '../../src/dimona/json.ts';
import { type DeclarationBody, declarationSchema } from '../../src/dimona/json-schema.ts';
import { assessDeclaration } from '../../src/domain/assessment.ts';
import { QUA_RULES, register } from '../support/assessments.ts';
import { quaCancel, quaIn, quaUpdate } from '../support/declarations.ts';

const receivedAt = new Date('2020-09-01T06:00:00Z');
const QUA = quaIn({ ssin: '81050003552', day: '2020-09-01' });

const refused = (body: unknown) => {
  const { error } = declarationSchema.safeParse(body);
  return error?.issues.map(({ code, path }) => [code, path.join('.')]) ?? [];
};
const read = (body: unknown) => toDeclaration(declarationSchema.parse(body), receivedAt);
const codesOf = (body: unknown) => read(body).formAnomalies.map(({ code }) => code);
/** The QUA day with other properties of its IN. */
const withIn = (changes: object) => ({ ...QUA, dimonaIn: { ...QUA.dimonaIn, ...changes } });
const withWorker = (changes: object) => ({ ...QUA, worker: { ...QUA.worker, ...changes } });

describe('declarationSchema', () => {
  it('takes the declaration of the client in production', () => {
    const body = {
      employer: { enterpriseNumber: '0206731645' },
      worker: { ssin: '81050003552' },
      dimonaIn: {
        startDate: '2020-09-01',
        endDate: '2020-09-01',
        features: { jointCommissionNumber: '144', workerType: 'QUA' },
      },
    };
    assert.deepEqual(declarationSchema.parse(body), body);
    assert.deepEqual(QUA, body);
  });
  it('takes every action and every property', () => {
    const address = {
      street: 'Kouter',
      houseNumber: '1',
      boxNumber: 'A',
      postCode: '9000',
      municipality: { code: 44021, name: 'Gent' },
      country: 150,
    };
    const worker = {
      familyName: 'Peeters',
      givenName: 'An',
      initial: 'M',
      birthDate: '1981-00-00',
      birthPlace: 'Gent',
      birthCountry: 150,
      sex: 2,
      nationality: 150,
      address,
    };
    const usingEmployer = {
      jointCommissionNumber: '145',
      name: 'Hoeve',
      enterpriseNumber: '202239951',
      address,
    };
    for (const body of [
      quaUpdate({ periodId: '600027876089', day: '2020-09-02' }),
      quaCancel({ periodId: '600027876089' }),
      { employer: { employerId: 175110801 }, dimonaOut: { periodId: 600027876089, endDate: '2020-09-02' } },
      {
        worker,
        dimonaIn: { features: { subEntityNumber: 1, usingEmployer }, plannedHours: 8, plannedDays: 1 },
      },
      { dimonaUpdate: { startHour: '0800', endHour: '1700' } },
    ])
      assert.deepEqual(refused(body), [], JSON.stringify(body));
  });
  it('asks for exactly one action', () => {
    assert.deepEqual(refused({ worker: QUA.worker }), [['custom', '']]);
    assert.deepEqual(refused({ ...QUA, dimonaCancel: { periodId: '600027876089' } }), [['custom', '']]);
    assert.deepEqual(refused({}), [['custom', '']]);
  });
  it('says of that which properties it is about', () => {
    const issue = declarationSchema.safeParse({}).error?.issues[0];
    assert.equal(issue?.code, 'custom');
    assert.deepEqual(issue.params, {
      issueType: 'exactlyOneOfExpected',
      inputs: ['dimonaIn', 'dimonaOut', 'dimonaUpdate', 'dimonaCancel'],
    });
  });
  it('refuses properties it does not know, at every level', () => {
    assert.deepEqual(refused({ ...QUA, foo: 1 }), [['unrecognized_keys', '']]);
    assert.deepEqual(refused(withWorker({ niss: 'x' })), [['unrecognized_keys', 'worker']]);
    assert.deepEqual(refused(withIn({ periodId: 1 })), [['unrecognized_keys', 'dimonaIn']]);
    assert.deepEqual(refused(withIn({ features: { workertype: 'QUA' } })), [
      ['unrecognized_keys', 'dimonaIn.features'],
    ]);
    assert.deepEqual(refused({ dimonaCancel: { endDate: '2020-09-01' } }), [
      ['unrecognized_keys', 'dimonaCancel'],
    ]);
  });
  it('refuses null, wherever it stands', () => {
    assert.deepEqual(refused({ ...QUA, worker: null }), [['invalid_type', 'worker']]);
    assert.deepEqual(refused(withIn({ endDate: null })), [['invalid_type', 'dimonaIn.endDate']]);
    assert.deepEqual(refused({ dimonaCancel: null }), [['invalid_type', 'dimonaCancel']]);
    assert.deepEqual(refused({ dimonaCancel: { periodId: null } }), [
      ['invalid_union', 'dimonaCancel.periodId'],
    ]);
  });
  it('refuses other types and other forms of a value', () => {
    const bad: readonly (readonly [string, unknown])[] = [
      ['worker.ssin', withWorker({ ssin: 81050003552 })],
      ['worker.ssin', withWorker({ ssin: '8105000355' })],
      ['worker.ssin', withWorker({ ssin: '81.05.00-035.52' })],
      ['worker.sex', withWorker({ sex: 1.5 })],
      ['worker.familyName', withWorker({ familyName: '' })],
      ['worker.familyName', withWorker({ familyName: 'a\u0000b' })],
      ['worker.familyName', withWorker({ familyName: 'a\ud800b' })],
      ['employer.enterpriseNumber', { ...QUA, employer: { enterpriseNumber: 'BE0206731645' } }],
      ['employer.employerId', { ...QUA, employer: { employerId: '175110801' } }],
      ['employer.employerId', { ...QUA, employer: { employerId: -1 } }],
      ['dimonaIn.startDate', withIn({ startDate: '01/09/2020' })],
      ['dimonaIn.startDate', withIn({ startDate: '2020-09-01T00:00:00Z' })],
      ['dimonaIn.startHour', withIn({ startHour: 1700 })],
      ['dimonaIn.startHour', withIn({ startHour: '17:00' })],
      ['dimonaIn.plannedHours', withIn({ plannedHours: '8' })],
      ['dimonaCancel.periodId', { dimonaCancel: { periodId: '60002787608' } }],
      ['dimonaCancel.periodId', { dimonaCancel: { periodId: 1_000_000_000_000 } }],
      ['dimonaCancel.periodId', { dimonaCancel: { periodId: 1.5 } }],
      ['', []],
      ['', 'QUA'],
      ['', null],
    ];
    for (const [path, body] of bad)
      assert.deepEqual(
        refused(body).map(([, where]) => where),
        [path],
        JSON.stringify(body),
      );
  });
  it('lets pass what the NSSO has an anomaly for', () => {
    for (const body of [
      withWorker({ ssin: '71022722580' }),
      { ...QUA, employer: { enterpriseNumber: '2212345678' } },
      { ...QUA, employer: { employerId: 156065072 } },
      withIn({ startDate: '2020-02-30', endDate: '9999-12-31', startHour: '9999' }),
      withIn({ features: { jointCommissionNumber: '999', workerType: 'XYZ' } }),
      { dimonaIn: {} },
      { dimonaCancel: {} },
      { dimonaCancel: { periodId: '600027876088' } },
    ])
      assert.deepEqual(refused(body), [], JSON.stringify(body));
  });
});

describe('toDeclaration', () => {
  it('reads a QUA day that is accepted', () => {
    const declaration = read(QUA);
    assert.deepEqual(declaration, {
      action: 'in',
      declaredAt: receivedAt,
      declaredOn: '2020-09-01',
      receivedOn: '2020-09-01',
      employer: { enterpriseNumber: '0206731645' },
      worker: { ssin: '81050003552' },
      startDate: '2020-09-01',
      endDate: '2020-09-01',
      features: { jointCommittee: '144', workerType: 'QUA' },
      formAnomalies: [],
    });
    assert.equal(assessDeclaration(declaration, register(), QUA_RULES).result, 'A');
  });
  it('counts the day of receipt in Brussels', () => {
    const { declaredOn } = toDeclaration(QUA, new Date('2020-08-31T22:00:00Z'));
    assert.equal(declaredOn, '2020-09-01');
  });
  it('reads period ids as numbers and as text', () => {
    const idOf = (periodId: number | string) => read({ dimonaCancel: { periodId } }).periodId;
    assert.equal(idOf(600027876089), '600027876089');
    assert.equal(idOf('600027876089'), '600027876089');
    assert.equal(idOf(1234567890), '001234567890');
  });
  it('tells definitive and provisional NSSO numbers apart', () => {
    const employer = (employerId: number) => read({ ...QUA, employer: { employerId } }).employer;
    assert.deepEqual(employer(175110801), { nssoNumber: '175110801' });
    assert.deepEqual(employer(5000000120), { provisionalNssoNumber: '5000000120' });
  });
  it('reads a worker without SSIN and a using employer', () => {
    const address = { street: 'Kouter', municipality: { code: 44021, name: 'Gent' }, country: 150 };
    const body: DeclarationBody = {
      worker: { familyName: 'Peeters', sex: 2, nationality: 150, address },
      dimonaIn: {
        features: {
          usingEmployer: { name: 'Hoeve', address: { ...address, municipality: { code: 44021 } } },
        },
      },
    };
    const { worker, features } = read(body);
    const read1 = { street: 'Kouter', city: 'Gent', country: '150' };
    assert.deepEqual(worker, { familyName: 'Peeters', sex: '2', nationality: '150', address: read1 });
    assert.deepEqual(features, { usingEmployer: { name: 'Hoeve', address: { ...read1, city: '44021' } } });
  });
  it('finds zones of a form that the NSSO does not take', () => {
    assert.deepEqual(
      codesOf(withWorker({ familyName: 'x'.repeat(49), givenName: 'x'.repeat(25), initial: '12', sex: 3 })),
      ['00025-003', '00026-003', '00027-003', '00029-003'],
    );
    assert.deepEqual(codesOf(withIn({ plannedHours: 0, plannedDays: 1000 })), ['01135-003', '01017-003']);
    const usingEmployer = { name: 'x'.repeat(97), address: { street: 'x'.repeat(43), boxNumber: '12345' } };
    assert.deepEqual(codesOf(withIn({ features: { usingEmployer } })), [
      '00153-003',
      '00517-003',
      '00519-003',
    ]);
  });
  it('leaves what is missing to the checks', () => {
    const { result, anomalies } = assessDeclaration(read({ dimonaIn: {} }), register(), QUA_RULES);
    assert.equal(result, 'B');
    assert.deepEqual(
      anomalies.map(({ code }) => code),
      ['00046-001', '00655-001', '00910-001', '90017-363', '90256-364'],
    );
  });
});
