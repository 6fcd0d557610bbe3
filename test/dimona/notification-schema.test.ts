/** Notifications against NOTIFICATION_20223.xsd. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import * as fc from 'fast-check';
import type { HandledForm } from '../../src/dimona/notification.ts';
import { DOCUMENT_LANGUAGES, type DocumentLanguage } from '../../src/domain/language.ts';
import { writeTree } from '../support/declarations.ts';
import { needsSpec } from '../support/needs.ts';
import { xsdValidator } from '../support/xsd.ts';
import { changedForms } from './changes.ts';
import { ALL_CODES, DAYS, handled, IMPACT, QUA, write } from './handled.ts';

const SCHEMA = 'dimona/NOTIFICATION_20223.xsd';

async function assertValid(t: TestContext, forms: readonly HandledForm[], language: DocumentLanguage = 'nl') {
  if (!needsSpec(t, SCHEMA)) return;
  const xml = await write(forms, language);
  assert.deepEqual(xsdValidator(SCHEMA)(xml), [], xml);
}

describe('writeNotification beside its schema', () => {
  it('is valid for every result, language and anomaly', async (t) => {
    const all = ALL_CODES.map((code) => ({ code }));
    const { impact: _impact, ...refused } = handled(QUA, { result: 'B', anomalies: all });
    for (const language of DOCUMENT_LANGUAGES)
      await assertValid(
        t,
        [handled(QUA), handled(QUA, { result: 'W', anomalies: [{ code: '90373-460' }] }), refused],
        language,
      );
  });
  it('is valid for everything a period may have', async (t) => {
    const address = {
      street: 'Kouter',
      houseNumber: '1',
      postBox: 'A',
      postCode: '9000',
      city: 'Gent',
      country: '150',
    };
    const usingEmployer = {
      jointCommittee: '145',
      name: 'Hoeve & Zoon',
      enterpriseNumber: '0202239951',
      address,
    };
    const hours = { ...DAYS, startHour: '0800', endHour: '1630' };
    const impact = {
      ...IMPACT,
      features: { workerType: 'EXT', jointCommittee: '322', usingEmployer },
      before: hours,
      after: hours,
    };
    const tooLong = {
      ...usingEmployer,
      name: 'x'.repeat(97),
      address: { ...address, street: 'x'.repeat(43) },
    };
    const odd = {
      ...impact,
      features: { workerType: '?', jointCommittee: '999999', usingEmployer: tooLong },
    };
    await assertValid(t, [handled(QUA, { impact }), handled(QUA, { impact: odd })]);
  });
  it('is valid for any form, however broken', async (t) => {
    if (!needsSpec(t, SCHEMA)) return;
    const validate = xsdValidator(SCHEMA);
    await fc.assert(
      fc.asyncProperty(fc.array(changedForms, { minLength: 1, maxLength: 5 }), async (trees) => {
        const forms = trees.map((tree) => {
          const { impact: _impact, ...form } = handled(writeTree(tree), { result: 'B' });
          return { ...form, anomalies: form.declaration.formAnomalies };
        });
        assert.deepEqual(validate(await write(forms)), []);
      }),
    );
  });
});
