/** The verdict on a form: anomaly by anomaly, and against the XSD for thousands of forms. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { checkForm } from '../../src/dimona/form-check.ts';
import { readForm, readForms } from '../../src/dimona/form-reader.ts';
import { ZONES } from '../../src/dimona/zones.ts';
import {
  cancelForm,
  formOf,
  quaForm,
  quaXml,
  referenceOf,
  type Tree,
  updateForm,
  writeTree,
} from '../support/declarations.ts';
import { needsSpec, specsFolder } from '../support/needs.ts';
import { xsdValidator } from '../support/xsd.ts';
import { changedForms, validForms } from './changes.ts';
import { EDGE_VALUES } from './edge-values.ts';
import { WHOLE_ACTIONS, wholeForm, withValue } from './trees.ts';

const check = (tree: Tree) => checkForm(readForm(writeTree(tree)).root);
const CANCEL: Tree = ['DimonaCancel', [['DimonaPeriodId', '600027876089']]];

describe('checkForm', () => {
  it('finds nothing in whole forms of every action', () => {
    for (const action of WHOLE_ACTIONS) assert.deepEqual(check(wholeForm(action)), [], action[0]);
  });
  it('takes the form without action, as the schema does', () =>
    assert.deepEqual(check(formOf(undefined)), []));
  it('names a wrong value by its zone', () => {
    for (const action of WHOLE_ACTIONS) {
      const form = wholeForm(action);
      for (const [tag, { code }] of Object.entries(ZONES)) {
        const broken = withValue(form, tag, 'x'.repeat(97));
        if (JSON.stringify(broken) === JSON.stringify(form)) continue;
        const expected = tag === 'ActivityWithRisk' ? '90059-003' : `${code}-003`;
        assert.deepEqual([...new Set(check(broken))], [expected], tag);
      }
    }
  });
  it('names a mandatory zone that is missing', () => {
    assert.deepEqual(check(formOf(['DimonaIn', [['NaturalPerson', []]]])), ['00910-001']);
    assert.deepEqual(check(formOf(['DimonaOut', []])), ['00913-001', '00911-001']);
    assert.deepEqual(check(['Form', [CANCEL]]), [
      '00296-001',
      '00218-001',
      '00299-001',
      '00110-001',
      '00297-001',
    ]);
  });
  it('names a missing worker by the block', () =>
    assert.deepEqual(check(formOf(['DimonaIn', [['StartingDate', '2020-09-01']]])), ['90017-363']));
  it('names a fifth reference by its block', () => {
    const [name, content] = wholeForm(CANCEL);
    const references = (content as readonly Tree[]).toSpliced(5, 0, referenceOf('1', 'x'));
    assert.deepEqual(check([name, references]), ['90082-006']);
  });

  describe('when the form holds what the schema does not have there', () => {
    const misformed = (action: Tree) => assert.deepEqual(check(formOf(action)), ['90059-003']);

    it('names it by the form', () => {
      misformed(['DimonaCancel', [...(CANCEL[1] as readonly Tree[]), ['Foo', '']]]);
      misformed(['DimonaCancel', [['EmployerId', []], ...(CANCEL[1] as readonly Tree[])]]);
      misformed([
        'DimonaCancel',
        [
          ['DimonaPeriodId', '1'],
          ['DimonaPeriodId', '1'],
        ],
      ]);
    });
    it('does not take what stands in the wrong place for missing', () =>
      misformed([
        'DimonaOut',
        [
          ['EndingDate', '2020-09-01'],
          ['DimonaPeriodId', '600027876089'],
        ],
      ]));
    it('refuses elements that the schema keeps for others', () => {
      misformed([
        'DimonaCancel',
        [
          ['DimonaPeriodId', '1'],
          ['EmployerId', [['NOSSLPARegistrationNbr', '197']]],
        ],
      ]);
      const worker: Tree = ['NaturalPerson', [['SIS', '1']]];
      misformed(['DimonaIn', [['StartingDate', '2020-09-01'], worker]]);
    });
    it('refuses planned hours beside planned days', () => {
      const planned: Tree[] = [
        ['PlannedHoursNbr', '8'],
        ['PlannedDaysNbr', '1'],
      ];
      misformed(['DimonaUpdate', [['DimonaPeriodId', '1'], ...planned]]);
      misformed(['DimonaIn', [['StartingDate', '2020-09-01'], ...planned, ['NaturalPerson', []]]]);
    });
    it('refuses several actions', () =>
      assert.deepEqual(check(['Form', [...(formOf(CANCEL)[1] as readonly Tree[]), CANCEL]]), ['90059-003']));
    it('refuses text in blocks, elements in zones, attributes and namespaces', () => {
      const raw = writeTree(formOf(CANCEL));
      const broken = [
        raw.replace('<DimonaCancel>', '<DimonaCancel>x'),
        raw.replace('DIMONA<', 'DIMONA<b/><'),
        raw.replace('<DimonaCancel>', '<DimonaCancel id="1">'),
        raw.replace('<TypeForm>', '<TypeForm xml:lang="nl">'),
        raw.replace('<DimonaCancel>', '<DimonaCancel xmlns:a="urn:a" a:b="1">'),
        raw
          .replace('<DimonaCancel>', '<DimonaCancel xmlns="urn:a">')
          .replace('</DimonaPeriodId>', '</DimonaPeriodId>'),
      ];
      for (const text of broken)
        assert.deepEqual([...new Set(checkForm(readForm(text).root))], ['90059-003'], text);
    });
    it('tells wrong values there all the same', () => {
      const form = formOf([
        'DimonaOut',
        [
          ['EndingDate', 'x'],
          ['DimonaPeriodId', '600027876089'],
        ],
      ]);
      assert.deepEqual(check(form).toSorted(), ['00911-003', '90059-003']);
    });
  });

  describe('beside Dimona_20223.xsd', () => {
    const schema = 'dimona/Dimona_20223.xsd';

    /** Asserts that schema and reader agree on every form; the schema judges many at once, by their lines. */
    async function assertAgreement(forms: readonly Tree[], validate: ReturnType<typeof xsdValidator>) {
      const xml = quaXml(forms.map(writeTree));
      const errors = validate(xml);
      const chunks = (async function* () {
        yield xml;
      })();
      let count = 0;
      for await (const { line, raw, root } of readForms(chunks, { maxFormBytes: 100_000 })) {
        const last = line + raw.split('\n').length - 1;
        const against = errors.filter((error) => error.line >= line && error.line <= last);
        const codes = checkForm(root);
        assert.equal(
          codes.length > 0,
          against.length > 0,
          `${raw} ${codes.join()} ${against[0]?.message ?? ''}`,
        );
        count += 1;
      }
      assert.equal(count, forms.length);
    }

    it('agrees on forms of test builders and on whole forms', (t) => {
      if (!needsSpec(t, schema)) return;
      const validate = xsdValidator(schema);
      const built = [
        quaForm({
          ssin: '81050003552',
          day: '2020-09-01',
          reference: 'a & b',
          familyName: 'Ωmega',
          givenName: 'An',
        }),
        updateForm({ periodId: '600027876089', day: '2020-09-02', ssin: '81050003552' }),
        cancelForm({ periodId: '600027876089' }),
        ...WHOLE_ACTIONS.map((action) => writeTree(wholeForm(action))),
      ];
      assert.deepEqual(validate(quaXml(built)), []);
    });
    it('agrees on every zone with values on the edges of its rule', async (t) => {
      if (!needsSpec(t, schema)) return;
      const validate = xsdValidator(schema);
      for (const tag of Object.keys(ZONES)) {
        const carrier =
          WHOLE_ACTIONS.find((action) => JSON.stringify(action).includes(`["${tag}"`)) ?? CANCEL;
        const forms = EDGE_VALUES.map((value) => withValue(wholeForm(carrier), tag, value));
        await assertAgreement(forms, validate);
      }
    });
    it('agrees on random forms, whole and with one change', async (t) => {
      if (!needsSpec(t, schema)) return;
      const validate = xsdValidator(schema);
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.oneof(validForms, changedForms), { minLength: 1, maxLength: 8 }),
          (forms) => assertAgreement(forms, validate),
        ),
        { numRuns: 150 },
      );
      await fc.assert(
        fc.asyncProperty(fc.array(validForms, { minLength: 1, maxLength: 8 }), async (forms) => {
          for (const form of forms) assert.deepEqual(check(form), []);
        }),
      );
    });
    it('takes the samples', (t) => {
      for (const name of ['Dimona_20222_1', 'Dimona_20222_2', 'Dimona_20223_3']) {
        const path = `dimona/${name}.sample.xml`;
        if (!needsSpec(t, path)) return;
        const [form = ''] = /<Form>.*<\/Form>/s.exec(readFileSync(join(specsFolder, path), 'utf8')) ?? [];
        assert.deepEqual(checkForm(readForm(form).root), [], name);
      }
    });
  });
});
