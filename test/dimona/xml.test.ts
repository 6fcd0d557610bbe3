/** From form to declaration: what is read, when it was made, and what the form itself has wrong. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { checkForm } from '../../src/dimona/form-check.ts';
import { readForm } from '../../src/dimona/form-reader.ts';
import { toDeclaration } from '../../src/dimona/xml.ts';
import { assessDeclaration } from '../../src/domain/assessment.ts';
import { QUA_RULES, register } from '../support/assessments.ts';
import {
  cancelForm,
  formOf,
  quaForm,
  quaXml,
  type Tree,
  updateForm,
  writeTree,
} from '../support/declarations.ts';
import { needsSpec, specsFolder } from '../support/needs.ts';
import { changedForms } from './changes.ts';
import { WHOLE_ACTIONS, wholeForm } from './trees.ts';

const receivedAt = new Date('2020-09-01T10:00:00Z');
const ID = '600027876089';

const read = (form: Tree | string, at = receivedAt) =>
  toDeclaration(readForm(typeof form === 'string' ? form : writeTree(form)), at);
const codesOf = (form: Tree | string, at = receivedAt) =>
  read(form, at).declaration.formAnomalies.map(({ code }) => code);
const CANCEL: Tree = ['DimonaCancel', [['DimonaPeriodId', ID]]];

describe('toDeclaration', () => {
  it('reads a QUA day that is accepted', () => {
    const { declaration, ...rest } = read(
      quaForm({ ssin: '81050003552', day: '2020-09-01', reference: 'my ref' }),
    );
    assert.deepEqual(declaration, {
      action: 'in',
      declaredAt: new Date('2020-09-01T06:00:00Z'),
      declaredOn: '2020-09-01',
      receivedOn: '2020-09-01',
      startDate: '2020-09-01',
      endDate: '2020-09-01',
      employer: { enterpriseNumber: '0206731645' },
      worker: { ssin: '81050003552' },
      features: { jointCommittee: '144', workerType: 'QUA' },
      formAnomalies: [],
    });
    assert.deepEqual(rest, {
      head: {
        identification: 'DIMONA',
        creationDate: '2020-09-01',
        creationHour: '08:00:00.000',
        attestationStatus: '0',
        typeForm: 'SU',
      },
      references: [{ type: '1', number: 'my ref' }],
      messageReference: 'my ref',
    });
    assert.equal(assessDeclaration(declaration, register(), QUA_RULES).result, 'A');
  });
  it('reads every zone of an IN', () => {
    const { declaration } = read(wholeForm(WHOLE_ACTIONS[0] as Tree));
    const address = {
      street: 'Kouter',
      houseNumber: '1',
      postBox: 'A',
      postCode: '9000',
      city: 'Gent',
      country: '150',
    };
    assert.deepEqual(declaration.worker, {
      ssin: '81050003552',
      familyName: 'Peeters & Söhne',
      givenName: 'An',
      initial: 'É',
      birthDate: '1981-05-00',
      birthPlace: 'Gent',
      birthCountry: '150',
      sex: '2',
      address,
      nationality: '150',
    });
    assert.deepEqual(declaration.features, {
      jointCommittee: '322',
      workerType: 'QUA',
      subEntity: '12',
      usingEmployer: { jointCommittee: '145', name: 'Hoeve', address },
    });
    assert.deepEqual(declaration.employer, { nssoNumber: '175110801', enterpriseNumber: '0206731645' });
    assert.deepEqual(
      [declaration.startHour, declaration.endHour, declaration.plannedHours, declaration.plannedDays],
      ['0800', '1630', '8', undefined],
    );
    assert.deepEqual(declaration.otherBlocks, ['controlCards', 'studentPlaceOfWork', 'smallStatutes']);
  });
  it('reads UPDATE, OUT and CANCEL', () => {
    const update = read(updateForm({ periodId: ID, day: '2020-09-02', ssin: '81050003552' })).declaration;
    assert.deepEqual(
      [update.action, update.periodId, update.startDate, update.endDate, update.worker],
      ['update', ID, '2020-09-02', '2020-09-02', { ssin: '81050003552' }],
    );
    const out = read(
      formOf([
        'DimonaOut',
        [
          ['DimonaPeriodId', ID],
          ['EndingDate', '2020-09-02'],
        ],
      ]),
    ).declaration;
    assert.deepEqual([out.action, out.endDate, out.worker], ['out', '2020-09-02', undefined]);
    const cancel = read(cancelForm({ periodId: ID })).declaration;
    assert.deepEqual([cancel.action, cancel.periodId, cancel.formAnomalies], ['cancel', ID, []]);
  });
  it('reads the samples', (t) => {
    const sample = (name: string) => {
      const text = readFileSync(join(specsFolder, `dimona/${name}.sample.xml`), 'utf8');
      return read(/<Form>.*<\/Form>/s.exec(text)?.[0] ?? '', new Date('2022-09-02T10:00:00Z'));
    };
    for (const name of ['Dimona_20222_1', 'Dimona_20222_2', 'Dimona_20223_3'])
      if (!needsSpec(t, `dimona/${name}.sample.xml`)) return;
    const first = sample('Dimona_20222_1');
    assert.deepEqual(first.declaration.formAnomalies, []);
    assert.deepEqual(first.declaration.employer, { nssoNumber: '175110801' });
    assert.equal(first.messageReference, 'string');
    assert.equal(first.declaration.declaredAt.toISOString(), '2022-05-06T12:35:00.000Z');
    assert.deepEqual(
      sample('Dimona_20222_2').references.map(({ type }) => type),
      ['1', '7', '8'],
    );
    const daily = sample('Dimona_20223_3').declaration;
    assert.deepEqual([daily.action, daily.formAnomalies], [undefined, [{ code: '90480-003' }]]);
  });

  describe('when a number is written in another way', () => {
    const periodId = (text: string) =>
      read(formOf(['DimonaCancel', [['DimonaPeriodId', text]]])).declaration.periodId;

    it('takes INSS 0 and using employer 0 for not given', () => {
      const lent: Tree = [
        'DimonaFeatures',
        [
          ['WorkerType', 'QUA'],
          ['UsingEmployer', [['UsingEmployerCompanyID', '0']]],
        ],
      ];
      const worker: Tree = ['NaturalPerson', [['INSS', '0']]];
      const { declaration } = read(formOf(['DimonaIn', [['StartingDate', '2020-09-01'], worker, lent]]));
      assert.deepEqual([declaration.worker, declaration.features?.usingEmployer], [undefined, {}]);
      assert.deepEqual(declaration.formAnomalies, []);
    });
    it('gives a period id its leading zeros back', () => {
      assert.equal(periodId(' +1234567890 '), '001234567890');
      assert.equal(periodId('0600027876089'), ID);
      assert.equal(periodId('x'), 'x');
    });
  });

  describe('when the action is not one', () => {
    it('names no action and says why', () => {
      assert.deepEqual(read(formOf(undefined)).declaration.formAnomalies, [{ code: '90059-134' }]);
      const two: Tree = ['Form', [...(formOf(CANCEL)[1] as readonly Tree[]), CANCEL]];
      assert.deepEqual(codesOf(two), ['90059-003']);
      const daily = wholeForm(WHOLE_ACTIONS.at(-1) as Tree);
      assert.deepEqual(codesOf(daily), ['90480-003']);
      const [name, content] = daily;
      assert.deepEqual(codesOf([name, [...(content as readonly Tree[]), CANCEL]]), [
        '90059-003',
        '90480-003',
      ]);
      for (const form of [formOf(undefined), two, daily]) {
        const { declaration } = read(form);
        assert.equal('action' in declaration, false);
        const { result, anomalies } = assessDeclaration(declaration, register(), QUA_RULES);
        assert.deepEqual([result, anomalies], ['B', declaration.formAnomalies]);
      }
    });
  });

  it('tells everything at once, each in order and once', () => {
    const broken = writeTree(
      formOf(
        [
          'DimonaIn',
          [
            ['StartingDate', '2020-13-01'],
            ['EndingHour', '99'],
            ['StartingHour', '0800'],
            [
              'NaturalPerson',
              [
                ['INSS', '123'],
                ['WorkerSex', '5'],
                ['WorkerName', ''],
              ],
            ],
            [
              'DimonaFeatures',
              [
                ['WorkerType', 'XYZ'],
                ['Foo', 'bar'],
                ['Bar', ''],
              ],
            ],
          ],
        ],
        { createdOn: '2020-09-02' },
      ),
    );
    assert.deepEqual(codesOf(broken), [
      '00024-003',
      '00025-003',
      '00029-003',
      '00218-003',
      '00655-003',
      '00778-003',
      '00910-003',
      '90059-003',
    ]);
  });
  it('never fails, and keeps every anomaly of the schema, whatever the form', () => {
    fc.assert(
      fc.property(changedForms, (tree) => {
        const form = readForm(writeTree(tree));
        const { declaration } = toDeclaration(form, receivedAt);
        const told = new Set(declaration.formAnomalies.map(({ code }) => code));
        assert.deepEqual(
          checkForm(form.root).filter((code) => !told.has(code)),
          [],
        );
        const { result } = assessDeclaration(declaration, register(), QUA_RULES);
        if (told.size > 0) assert.equal(result, 'B');
      }),
      { numRuns: 500 },
    );
  });
  it('is not disturbed by how the file lays it out', () => {
    const pretty = quaForm({ ssin: '81050003552', day: '2020-09-01' }).replaceAll('><', '>\n\t<');
    assert.deepEqual(read(pretty).declaration.formAnomalies, []);
    assert.ok(quaXml([pretty]).includes('\t<INSS>'));
  });
});
