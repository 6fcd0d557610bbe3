import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { type AttestationDataInput, attestationData } from '../../src/domain/attestation-data.ts';
import { attestationSchema } from '../../src/domain/attestation-schema.ts';
import type { AttestationType } from '../../src/domain/attestation-type.ts';
import type { LocalDate } from '../../src/domain/period.ts';
import { type Change, catalogue, quarantine, sample } from '../render/samples.ts';

const id = sample().schemaUrl;
const ajv = new Ajv2020({ strict: true, allErrors: true });
// The package's types describe its CommonJS form.
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
const validate = ajv.compile(attestationSchema(id));

const dataOf = (change: Change = {}) => {
  const data = attestationData(sample(change) satisfies AttestationDataInput, catalogue.issuer);
  assert.ok(validate(data), ajv.errorsText(validate.errors));
  return data;
};

/** The type with another page: these blocks, and words for them that name nothing. */
function typeOf(
  layout: AttestationType['layout'],
  words: Readonly<Record<string, string>> = {},
): AttestationType {
  const { title, subject } = quarantine.texts.nl;
  return { ...quarantine, layout, texts: { ...quarantine.texts, nl: { title, subject, words } } };
}

describe('attestationData', () => {
  it('repeats what the page shows', () => {
    const days = sample().facts.days.slice(0, 1);
    assert.deepEqual(dataOf({ days, supersedes: 'QUA-2026-00000041-33' }), {
      $schema: id,
      number: 'QUA-2026-00000042-17',
      type: 'quarantine',
      title: 'Attest van aangifte van quarantaine',
      language: 'nl',
      issuer: { enterpriseNumber: '1912345694', name: 'Demonstratiedienst voor Sociale Attesten' },
      issuedAt: '2026-11-21T16:04:05+01:00',
      supersedes: 'QUA-2026-00000041-33',
      holder: { familyName: 'Peeters', givenName: 'An', ssin: '81050003552' },
      employer: { name: 'Boomkwekerij De Linde BV', enterpriseNumber: '0206731645' },
      month: '2020-08',
      numberOfDays: 1,
      days: [{ date: '2020-08-24', reference: '960002787608', jointCommittee: '144' }],
      verificationUrl: 'https://attestations.example.org/v/Zx3fK9qLr7TgUw2PbN5cVA',
    });
  });

  it('speaks the language of the document', () => {
    assert.equal(dataOf({ language: 'fr' }).title, quarantine.texts.fr.title);
    assert.equal(dataOf({ language: 'de' }).issuer.name, catalogue.issuer.name.de);
  });

  describe('when the page hides the end of the number', () => {
    it('hides it too', () => {
      const masked = dataOf({ type: { ...quarantine, ssin: 'masked' } });
      assert.equal(masked.holder?.ssin, '81.05.00-***.**');
      assert.ok(!JSON.stringify(masked).includes('81050003552'));
    });
  });

  describe('when the page leaves something out', () => {
    it('leaves out the fields', () => {
      const data = dataOf({
        type: typeOf([{ kind: 'fields', heading: 'person', fields: [{ fact: 'holder' }] }]),
      });
      assert.deepEqual(data.holder, { familyName: 'Peeters', givenName: 'An' });
      for (const name of ['employer', 'month', 'numberOfDays', 'days'] as const)
        assert.equal(data[name], undefined);
    });
    it('leaves out the columns', () => {
      const data = dataOf({
        type: typeOf([
          { kind: 'table', heading: 'days', columns: [{ fact: 'date' }], total: 'numberOfDays' },
        ]),
      });
      assert.deepEqual(data.days?.[0], { date: '2020-08-24' });
      assert.equal(data.holder, undefined);
      assert.equal(data.numberOfDays, 3);
    });
    it('leaves out the number from the NSSO beside the number of the enterprise', () => {
      const employer = { name: 'X', enterpriseNumber: '0206731645', nssoNumber: '175110801' };
      assert.deepEqual(dataOf({ employer }).employer, { name: 'X', enterpriseNumber: '0206731645' });
    });
  });

  describe('when only a sentence names something', () => {
    it('repeats it', () => {
      const data = dataOf({
        type: typeOf([{ kind: 'paragraph', text: 'statement' }], {
          statement: '{holder} in {month} at {employer}',
        }),
        employer: { nssoNumber: '175110801' },
      });
      assert.deepEqual(data.holder, { familyName: 'Peeters', givenName: 'An' });
      assert.deepEqual(data.employer, { nssoNumber: '175110801' });
      assert.equal(data.month, '2020-08');
    });
  });

  describe('when little is known', () => {
    it('says nothing instead of nothing known', () => {
      const data = dataOf({ employer: {}, givenName: '' });
      assert.equal(data.employer, undefined);
      assert.deepEqual(data.holder, { familyName: 'Peeters', ssin: '81050003552' });
    });
  });

  it('writes letters as the page does', () => {
    assert.equal(dataOf({ familyName: 'Ångström' }).holder?.familyName, 'Ångström');
  });
});

describe('attestationData of periods', () => {
  const facts = new Map(
    (
      [
        ['from', 'date'],
        ['until', 'date'],
        ['source', 'enterprise'],
        ['partner', 'ssin'],
        ['office', 'address'],
        ['ground', 'text'],
      ] as const
    ).map(([name, format]) => [name, { name, format, of: 'row' as const }]),
  );
  const [period] = [
    {
      period: { startDate: '2020-01-01' as LocalDate, endDate: '2020-03-31' as LocalDate },
      source: 'Ziekenfonds',
      reference: '7',
      employer: { name: 'X' },
      attributes: {
        partner: '81050003552',
        office: { street: 'A\u030angstraat', postCode: '1000', municipality: '21004' },
        ground: 'secret',
      },
    },
  ];
  const periodData = (...shown: readonly string[]) => {
    const layout = [{ kind: 'table' as const, columns: shown.map((fact) => ({ fact })) }];
    const type = { ...typeOf(layout), row: 'period' as const, facts, ssin: 'masked' as const };
    const input = sample({ type });
    const data = attestationData(
      { ...input, facts: { ...input.facts, periods: [period] } },
      catalogue.issuer,
    );
    assert.ok(validate(data), ajv.errorsText(validate.errors));
    return data.periods;
  };

  it('repeats the columns and no more, numbers of people masked as on the page', () => {
    assert.deepEqual(periodData('from', 'partner', 'office'), [
      {
        startDate: '2020-01-01',
        attributes: {
          partner: '81.05.00-***.**',
          office: { street: 'Ångstraat', postCode: '1000', municipality: '21004' },
        },
      },
    ]);
    assert.deepEqual(periodData('until', 'source'), [{ endDate: '2020-03-31', source: 'Ziekenfonds' }]);
  });
  it('says nothing of periods that the page does not show', () =>
    assert.equal(periodData('holder'), undefined));
});

describe('attestationSchema', () => {
  it('refuses what is not printed or not so written', () => {
    const good = dataOf();
    const bad = [
      { ...good, email: 'an@example.org' },
      { ...good, holder: { ...good.holder, ssin: '81.05.00-035.52' } },
      { ...good, holder: {} },
      { ...good, days: [{ date: '24/08/2020' }] },
      { ...good, language: 'en' },
      { ...good, issuer: undefined },
    ];
    for (const data of bad) assert.ok(!validate(JSON.parse(JSON.stringify(data))));
  });
});
