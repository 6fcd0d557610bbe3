/** The answer to a file as NOTIFICATION XML: what it tells, in which words, and what it leaves out. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type HandledForm, writeNotification } from '../../src/dimona/notification.ts';
import { day } from '../support/assessments.ts';
import { quaForm, writeTree } from '../support/declarations.ts';
import { ALL_CODES, declarationId, handled, IMPACT, QUA, write } from './handled.ts';
import { REFERENCES, WHOLE_ACTIONS, wholeForm } from './trees.ts';

/** The contents of an element, each time it occurs. */
const contents = (xml: string, name: string) =>
  [...xml.matchAll(new RegExp(`<${name}>(.*?)</${name}>`, 'gs'))].map(([, content]) => content);

describe('writeNotification', () => {
  it('writes a form as the final answer, made when it was answered in Brussels', async () => {
    const [form = ''] = contents(await write([handled(QUA)]), 'Form');
    assert.deepEqual(contents(form, 'Identification'), ['NOTI001', 'DIMONA']);
    assert.deepEqual(contents(form, 'TypeForm'), ['FA', 'SU']);
    assert.deepEqual(contents(form, 'FormCreationDate'), ['2020-09-02', '2020-09-01']);
    assert.deepEqual(contents(form, 'FormCreationHour'), ['00:30:05.007', '08:00:00.000']);
    assert.deepEqual(contents(form, 'ResultCode'), ['1']);
    assert.deepEqual(contents(form, 'NaturalPerson'), ['<INSS>81050003552</INSS>']);
  });
  it('answers to the reference of the declarant, and gives ours', async () => {
    const xml = await write([handled(QUA)]);
    assert.deepEqual(contents(xml, 'HandledReference'), [
      '<ReferenceType>1</ReferenceType><ReferenceOrigin>1</ReferenceOrigin><ReferenceNbr>my ref</ReferenceNbr>',
    ]);
    assert.deepEqual(contents(xml, 'Reference'), [
      `<ReferenceType>1</ReferenceType><ReferenceOrigin>2</ReferenceOrigin><ReferenceNbr>${declarationId}</ReferenceNbr>`,
    ]);
  });
  it('answers to our reference where the declarant gave none', async () => {
    const xml = await write([handled(quaForm({ ssin: '81050003552', day: '2020-09-01' }))]);
    assert.deepEqual(contents(contents(xml, 'HandledReference')[0] ?? '', 'ReferenceNbr'), [declarationId]);
  });
  it('repeats references to employer, worker and refused declaration', async () => {
    const xml = await write([handled(writeTree(wholeForm(WHOLE_ACTIONS[3]!)))]);
    assert.equal(REFERENCES.length, 4);
    assert.deepEqual(
      contents(xml, 'Reference').map((one) => contents(one ?? '', 'ReferenceNbr')[0]),
      [declarationId, 'ref 6', 'ref 7', 'ref 8'],
    );
  });

  describe('when the result is W, B or S', () => {
    const anomalies = [{ code: '90373-460' as const }, { code: '00911-008' as const }];

    it('tells warnings beside the accepting code', async () => {
      const xml = await write([handled(QUA, { result: 'W', anomalies: [{ code: '90373-460' }] })]);
      assert.deepEqual(contents(xml, 'ResultCode'), ['1']);
      assert.deepEqual(contents(xml, 'AnomalyClass'), ['NP']);
    });
    it('tells what was found, in the language asked', async () => {
      const { impact: _impact, ...refused } = handled(QUA, { result: 'B', anomalies });
      const xml = await write([refused], 'fr');
      assert.deepEqual(contents(xml, 'ResultCode'), ['0']);
      assert.deepEqual(
        contents(xml, 'AnomalyReport')[1],
        [
          '<ErrorID>00911-008</ErrorID><TagName>EndingDate</TagName><AnomalyClass>B</AnomalyClass>',
          '<AnomalyLabel>Date de fin – Pas dans le domaine autorisé</AnomalyLabel>',
        ].join(''),
      );
      assert.deepEqual(contents(xml, 'ImpactReport'), []);
      assert.match(await write([refused], 'de'), /Enddatum – Nicht im zulässigen Bereich/);
    });
    it('leaves a waiting form out, and gives nothing when nothing is answered', async () => {
      const { impact: _impact, ...waiting } = handled(QUA, { result: 'S' });
      assert.equal(contents(await write([waiting, handled(QUA), waiting]), 'Form').length, 1);
      assert.equal(await write([waiting]), '');
      assert.equal(await write([]), '');
    });
    it('repeats an SSIN in no other place than its own', async () => {
      const all = ALL_CODES.map((code) => ({ code }));
      const xml = await write([handled(QUA, { result: 'B', anomalies: all })]);
      assert.equal(xml.split('81050003552').length - 1, 1);
      assert.deepEqual(contents(xml, 'Value'), []);
    });
  });

  describe('when a period was touched', () => {
    const impactOf = async (impact: HandledForm['impact']) =>
      contents(await write([handled(QUA, impact ? { impact } : {})]), 'DimonaImpactReport')[0] ?? '';

    it('tells its number, features and days before and after', async () => {
      const before = { startDate: day('2020-08-31'), endDate: day('2020-08-31') };
      const usingEmployer = { jointCommittee: '145', enterpriseNumber: '0202239951' };
      const features = { workerType: 'QUA', jointCommittee: '322', usingEmployer };
      assert.equal(
        await impactOf({ ...IMPACT, features, before }),
        [
          '<DimonaPeriodId>900000000178</DimonaPeriodId><IsLocked>0</IsLocked>',
          '<DimonaFeatures><JointCommissionNbr>322</JointCommissionNbr><WorkerType>QUA</WorkerType>',
          '<UsingEmployer><JointCommissionNbr>145</JointCommissionNbr>',
          '<UsingEmployerCompanyID>0202239951</UsingEmployerCompanyID></UsingEmployer></DimonaFeatures>',
          '<DimonaPeriodBefore><StartingDate>2020-08-31</StartingDate><EndingDate>2020-08-31</EndingDate></DimonaPeriodBefore>',
          '<DimonaPeriodAfter><StartingDate>2020-09-01</StartingDate><EndingDate>2020-09-01</EndingDate></DimonaPeriodAfter>',
        ].join(''),
      );
    });
    it('tells of a cancelled one the days before alone', async () => {
      const { after, ...cancelled } = IMPACT;
      const report = await impactOf({ ...cancelled, ...(after && { before: after }) });
      assert.match(report, /DimonaPeriodBefore/);
      assert.doesNotMatch(report, /DimonaPeriodAfter/);
    });
  });

  describe('when the employer is named', () => {
    const employerOf = async (employer: object) => {
      const form = handled(QUA);
      return contents(
        await write([{ ...form, declaration: { ...form.declaration, employer } }]),
        'EmployerId',
      )[0];
    };
    it('tells it only by NSSO number and enterprise number together', async () => {
      assert.equal(await employerOf({ enterpriseNumber: '0206731645' }), undefined);
      assert.equal(await employerOf({ nssoNumber: '175110801' }), undefined);
      assert.equal(await employerOf({ nssoNumber: '1', enterpriseNumber: '0206731645' }), undefined);
      assert.equal(
        await employerOf({ nssoNumber: '175110801', enterpriseNumber: '0206731645' }),
        '<NOSSRegistrationNbr>175110801</NOSSRegistrationNbr><CompanyID>0206731645</CompanyID>',
      );
      assert.equal(
        await employerOf({ provisionalNssoNumber: '5000000120', enterpriseNumber: '0206731645' }),
        '<ProvisionalNSSONbr>5000000120</ProvisionalNSSONbr><CompanyID>0206731645</CompanyID>',
      );
    });
  });

  it('escapes markup and what XML does not have', async () => {
    const usingEmployer = { name: `<a> & "b" \u0001\ud800\uffff\r😀` };
    const features = { workerType: 'QUA', usingEmployer };
    const xml = await write([handled(QUA, { impact: { ...IMPACT, features } })]);
    assert.deepEqual(contents(xml, 'UsingEmployerName'), [
      '&lt;a&gt; &amp; &quot;b&quot; \ufffd\ufffd\ufffd&#13;😀',
    ]);
  });
  it('writes many forms one by one', async () => {
    let asked = 0;
    const forms = (async function* () {
      for (; asked < 5000; asked += 1) yield handled(QUA);
    })();
    const parts = writeNotification(forms, 'nl');
    assert.match((await parts.next()).value ?? '', /^<\?xml/);
    assert.match((await parts.next()).value ?? '', /^<Form>/);
    assert.ok(asked < 3);
    let count = 1;
    for await (const part of parts) count += part.startsWith('<Form>') ? 1 : 0;
    assert.equal(count, 5000);
  });
});
