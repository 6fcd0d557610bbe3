/** The answer in JSON: the declaration again, its result and its anomalies in three languages. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { type AnsweredDeclaration, answerSchema, toAnswer } from '../../src/dimona/answer.ts';
import { readForm } from '../../src/dimona/form-reader.ts';
import { toDeclaration } from '../../src/dimona/json.ts';
import { type DeclarationBody, declarationSchema } from '../../src/dimona/json-schema.ts';
import { toDeclaration as toXmlDeclaration } from '../../src/dimona/xml.ts';
import { quaCancel, quaForm, quaIn, quaUpdate, writeTree } from '../support/declarations.ts';
import { changedForms } from './changes.ts';

const receivedAt = new Date('2020-09-01T06:00:00Z');
const href = '/dimona/v2/declarations/01900000-0000-7000-8000-000000000000';
const QUA = quaIn({ ssin: '81050003552', day: '2020-09-01' });

const answered = (
  body: DeclarationBody,
  changes: Partial<AnsweredDeclaration> = {},
): AnsweredDeclaration => ({
  declarationId: '01900000-0000-7000-8000-000000000000',
  href,
  declaration: toDeclaration(body, receivedAt),
  result: 'A',
  anomalies: [],
  period: { periodId: '900000000178', href: '/dimona/v2/periods/900000000178' },
  ...changes,
});

/** Bodies with every property in the form in which the answer writes it. */
const bodies: fc.Arbitrary<DeclarationBody> = (() => {
  const optional = <T extends object>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
    fc.record(model, { requiredKeys: [] });
  const text = fc.constantFrom('Gent', 'É & <b>', 'Ω');
  const country = fc.constantFrom(150, 0, 99_999);
  const address = optional({
    street: text,
    houseNumber: text,
    boxNumber: text,
    postCode: text,
    municipality: fc.constantFrom({ name: 'Gent' }, { code: 44021 }),
    country,
  });
  const worker = optional({
    ssin: fc.constantFrom('81050003552', '00000000000'),
    familyName: text,
    givenName: text,
    initial: text,
    birthDate: fc.constantFrom('1981-00-00', '9999-99-99'),
    birthPlace: text,
    birthCountry: country,
    sex: fc.constantFrom(1, 2, 9),
    nationality: country,
    address,
  });
  const day = fc.constantFrom('2020-09-01', '2020-99-99');
  const hour = fc.constantFrom('0800', '9999');
  const planned = fc.constantFrom(0, 8, 9999);
  const periodId = fc.constantFrom(600_027_876_089, 1);
  const features = optional({
    jointCommissionNumber: fc.constantFrom('144', '?'),
    workerType: fc.constantFrom('QUA', '?'),
    subEntityNumber: fc.constantFrom(0, 9_999_999_999),
    usingEmployer: optional({
      jointCommissionNumber: fc.constantFrom('145', '?'),
      name: text,
      enterpriseNumber: fc.constantFrom('0202239951', '202239951'),
      address,
    }),
  });
  const dates = { startDate: day, endDate: day };
  const hours = { startHour: hour, endHour: hour, plannedHours: planned, plannedDays: planned };
  const action = fc.oneof(
    fc.record({ dimonaIn: optional({ ...dates, ...hours, features }) }),
    fc.record({ dimonaOut: optional({ periodId, endDate: day }) }),
    fc.record({ dimonaUpdate: optional({ periodId, ...dates, ...hours }) }),
    fc.record({ dimonaCancel: optional({ periodId }) }),
  );
  const employer = optional({
    enterpriseNumber: fc.constantFrom('0206731645', '206731645'),
    employerId: fc.constantFrom(175_110_801, 5_000_000_120, 1),
  });
  const parties = optional({ employer, worker });
  return fc.tuple(parties, action).map(([who, what]) => ({ ...who, ...what }));
})();

describe('toAnswer', () => {
  it('tells an accepted declaration and its period', () => {
    assert.deepEqual(toAnswer(answered(QUA)), {
      href,
      ...QUA,
      declarationStatus: {
        declarationId: '01900000-0000-7000-8000-000000000000',
        result: 'A',
        period: { id: 900000000178, href: '/dimona/v2/periods/900000000178' },
        anomalies: [],
      },
    });
  });
  it('tells anomalies in three languages', () => {
    const { period: _period, ...rest } = answered(QUA, { result: 'B', anomalies: [{ code: '00913-355' }] });
    assert.deepEqual(toAnswer(rest).declarationStatus, {
      declarationId: rest.declarationId,
      result: 'B',
      anomalies: [
        {
          code: '00913-355',
          descriptionNl:
            'Identificatienummer van Dimonaperiode – Reeds geannuleerde Dimonaperiode of dagelijkse registratie',
          descriptionFr:
            'Numéro d’identification de la période Dimona – Période Dimona ou enregistrement journalier déjà annulé',
          descriptionDe:
            'Kennnummer der Dimona-Periode – Dimona-Periode oder tägliche Registrierung bereits annulliert',
        },
      ],
    });
  });
  it('tells of a period without address its number alone', () => {
    const { period } = toAnswer(answered(QUA, { period: { periodId: '900000000178' } })).declarationStatus;
    assert.deepEqual(period, { id: 900000000178 });
  });
  it('repeats UPDATE and CANCEL, the period id as a number', () => {
    const update = toAnswer(answered(quaUpdate({ periodId: '600027876089', day: '2020-09-02' })));
    assert.deepEqual(update.dimonaUpdate, {
      periodId: 600027876089,
      startDate: '2020-09-02',
      endDate: '2020-09-02',
    });
    assert.deepEqual(toAnswer(answered(quaCancel({ periodId: '600027876089' }))).dimonaCancel, {
      periodId: 600027876089,
    });
  });
  it('repeats every declaration that the schema takes, and keeps to its own schema', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const parsed = declarationSchema.parse(body);
        const {
          href: _href,
          declarationStatus: _status,
          ...echo
        } = answerSchema.parse(toAnswer(answered(parsed)));
        assert.deepEqual(echo, parsed);
      }),
      { numRuns: 300 },
    );
  });
  it('repeats a declaration that came as XML', () => {
    const form = readForm(quaForm({ ssin: '81050003552', day: '2020-09-01' }));
    const { declaration } = toXmlDeclaration(form, receivedAt);
    const { declarationStatus: _status, href: _href, ...echo } = toAnswer(answered(QUA, { declaration }));
    assert.deepEqual(echo, QUA);
  });
  it('keeps to its schema for any form, leaving out what JSON cannot hold', () => {
    fc.assert(
      fc.property(changedForms, (tree) => {
        const { declaration } = toXmlDeclaration(readForm(writeTree(tree)), receivedAt);
        answerSchema.parse(toAnswer(answered(QUA, { declaration, anomalies: declaration.formAnomalies })));
      }),
      { numRuns: 300 },
    );
  });
});
