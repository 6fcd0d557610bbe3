/** Records of the register: what a line may say, and refusals that name the property and never the value. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { LocalDate } from '../../src/domain/period.ts';
import { jsonRow } from '../../src/flow/record-rows.ts';
import { type RegisterRecord, readRegisterRecord } from '../../src/flow/register-record.ts';

const today = '2026-01-15' as LocalDate;
const PERSON = { ssin: '81050003552', familyName: 'Vermeulen', givenName: 'Lena' };
const ENTERPRISE = { enterpriseNumber: '0206731645', name: 'Vermeulen BV' };
/** A word that stands in every wrong value, so that a refusal that repeats a value is seen. */
const SECRET = 'Zaventem';

function read(value: unknown): RegisterRecord {
  return readRegisterRecord(jsonRow({ number: 1, text: JSON.stringify(value) }), today);
}

/** The names of what a line is refused for. Fails when the line is taken or when the refusal tells a value. */
function refusedFor(value: unknown): string[] {
  const record = read(value);
  if (record.kind !== 'refused') throw new Error('the line was taken');
  assert.ok(record.issues.length > 0);
  for (const { detail } of record.issues) assert.match(detail, /^\S/);
  const told = JSON.stringify(record);
  assert.doesNotMatch(told, new RegExp(SECRET, 'i'));
  assert.doesNotMatch(told, /\d{6}/);
  return record.issues.map(({ name }) => name);
}

describe('readRegisterRecord', () => {
  describe('when the line is a person', () => {
    it('takes one with a name and a number, and says that there is no eBox', () =>
      assert.deepEqual(read(PERSON), {
        kind: 'person',
        person: { ...PERSON, hasEbox: false, isExclusivelyElectronic: false, replaces: [] },
      }));

    it('takes one with everything', () => {
      const person = {
        ...PERSON,
        birthDate: '1981-05-00'.replace('-00', '-01'),
        language: 'de',
        municipality: { nisCode: '63023', since: '2020-02-29' },
        email: 'lena@example.org',
        hasEbox: true,
        isExclusivelyElectronic: true,
        mailLanguage: 'en',
        replaces: ['92200006963'],
      };
      assert.deepEqual(read(person), { kind: 'person', person });
    });

    it('takes names of every script, in composed form and without spaces around', () => {
      const record = read({
        ...PERSON,
        familyName: '  Noe\u0308l-Lefèvre ',
        givenName: "D'Ærøskøbing Șerban 王",
      });
      assert.ok(record.kind === 'person');
      assert.equal(record.person.familyName, 'Noël-Lefèvre');
      assert.equal(record.person.givenName, "D'Ærøskøbing Șerban 王");
    });

    const wrong: readonly (readonly [property: string, changes: object])[] = [
      ['ssin', { ssin: '81050003553' }],
      ['ssin', { ssin: '81.05.00-035.52' }],
      ['ssin', { ssin: 81_050_003_552 }],
      ['ssin', { ssin: undefined }],
      ['ssin', { ssin: null }],
      ['familyName', { familyName: undefined }],
      ['familyName', { familyName: '' }],
      ['familyName', { familyName: ' \t ' }],
      ['familyName', { familyName: SECRET.repeat(30) }],
      ['familyName', { familyName: [SECRET] }],
      ['givenName', { givenName: `${SECRET}\nBcc: x` }],
      ['givenName', { givenName: `${SECRET}\u202e` }],
      ['givenName', { givenName: `${SECRET}\u200b` }],
      ['givenName', { givenName: `${SECRET}\ue000` }],
      ['givenName', { givenName: `${SECRET}\u0378` }],
      ['givenName', { givenName: `${SECRET}\u2028x` }],
      ['givenName', { givenName: `${SECRET}\0` }],
      ['givenName', { givenName: `${SECRET}\ud800` }],
      ['birthDate', { birthDate: '1981-02-30' }],
      ['birthDate', { birthDate: SECRET }],
      ['birthDate', { birthDate: null }],
      ['language', { language: 'en' }],
      ['language', { language: SECRET }],
      ['municipality', { municipality: SECRET }],
      ['municipality.nisCode', { municipality: { nisCode: SECRET } }],
      ['municipality.nisCode', { municipality: {} }],
      ['municipality.since', { municipality: { nisCode: '63023', since: '29-02-2020' } }],
      ['municipality.name', { municipality: { nisCode: '63023', name: SECRET } }],
      ['email', { email: SECRET }],
      ['email', { email: `${SECRET}@example.org\r\nBcc: x@example.org` }],
      [
        'email',
        {
          email: `a@${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(60)}.${'e'.repeat(60)}.${'f'.repeat(60)}.be`,
        },
      ],
      ['hasEbox', { hasEbox: 'true' }],
      ['hasEbox', { hasEbox: 1 }],
      ['replaces', { replaces: PERSON.ssin }],
      ['replaces[0]', { replaces: ['81050003553'] }],
      ['replaces', { replaces: Array.from({ length: 11 }, () => '92200006963') }],
      ['street', { street: SECRET }],
    ];
    for (const [property, changes] of wrong) {
      it(`refuses ${JSON.stringify(changes).slice(0, 60)} and names ${property}`, () =>
        assert.deepEqual(refusedFor({ ...PERSON, ...changes }), [property]));
    }

    it('names everything that is wrong', () =>
      assert.deepEqual(refusedFor({ ssin: 'x', familyName: '', givenName: SECRET, language: 'xx' }), [
        'ssin',
        'familyName',
        'language',
      ]));
  });

  describe('when the line is an enterprise', () => {
    it('takes one with number and name', () =>
      assert.deepEqual(read(ENTERPRISE), { kind: 'enterprise', enterprise: ENTERPRISE }));

    it('takes one with everything', () => {
      const enterprise = { ...ENTERPRISE, nssoNumber: '100006', activeUntil: '2025-12-31' };
      assert.deepEqual(read(enterprise), { kind: 'enterprise', enterprise });
    });

    const wrong: readonly (readonly [property: string, changes: object])[] = [
      ['enterpriseNumber', { enterpriseNumber: '0206731646' }],
      ['enterpriseNumber', { enterpriseNumber: '0206.731.645' }],
      ['enterpriseNumber', { enterpriseNumber: null }],
      ['nssoNumber', { nssoNumber: '100007' }],
      ['name', { name: undefined }],
      ['name', { name: `${SECRET}\u0007` }],
      ['activeUntil', { activeUntil: '2025-13-01' }],
      ['ssin', { ssin: PERSON.ssin }],
    ];
    for (const [property, changes] of wrong) {
      it(`refuses ${JSON.stringify(changes)} and names ${property}`, () =>
        assert.deepEqual(refusedFor({ ...ENTERPRISE, ...changes }), [property]));
    }
  });

  describe('when the line is neither', () => {
    for (const text of ['', '{', '{"ssin":}', 'null x', "{'ssin':1}", '\u0000']) {
      it(`refuses ${JSON.stringify(text)}`, () =>
        assert.equal(readRegisterRecord(jsonRow({ number: 1, text }), today).kind, 'refused'));
    }
    for (const value of [null, 1, 'text', true, [], [PERSON]]) {
      it(`refuses ${JSON.stringify(value)}`, () => assert.deepEqual(refusedFor(value), ['']));
    }

    it('refuses a line that could not be read', () =>
      assert.equal(readRegisterRecord(jsonRow({ number: 1, text: undefined }), today).kind, 'refused'));
  });

  describe('when a property itself says too much', () => {
    it('masks an SSIN in its name', () =>
      assert.deepEqual(refusedFor({ ...PERSON, '81050003552': 1 }), ['***********']));

    it('cuts a long name', () => {
      const [name = ''] = refusedFor({ ...PERSON, ['x'.repeat(5000)]: 1 });
      assert.ok(name.length <= 100 && name.startsWith('xxx'));
    });

    it('lists a few of many', () => {
      const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`p${index}`, 1]));
      assert.ok(refusedFor({ ...PERSON, ...many }).length <= 20);
    });

    it('refuses one that is given twice', () => {
      const text = `{"ssin":"${PERSON.ssin}","familyName":"A","givenName":"B","givenName":"C"}`;
      const record = readRegisterRecord(jsonRow({ number: 1, text }), today);
      assert.deepEqual(record.kind === 'refused' && record.issues.map(({ name }) => name), ['givenName']);
    });

    it('knows no property by inheritance', () => {
      for (const name of ['__proto__', 'constructor', 'toString']) {
        const text = `{"ssin":"${PERSON.ssin}","familyName":"A","givenName":"B","${name}":{"hasEbox":true}}`;
        const record = readRegisterRecord(jsonRow({ number: 1, text }), today);
        assert.ok(record.kind === 'refused');
        assert.deepEqual(
          record.issues.map((issue) => issue.name),
          [name],
        );
      }
    });
  });

  it('never throws and never tells a value, whatever the line says', () => {
    const anything = fc.jsonValue();
    const record = fc.record({
      ssin: anything,
      familyName: anything,
      email: anything,
      municipality: anything,
    });
    const value = fc.oneof(
      fc.json(),
      fc.string(),
      record.map((one) => JSON.stringify(one)),
    );
    fc.assert(
      fc.property(value, (text) => {
        assert.equal(readRegisterRecord(jsonRow({ number: 1, text }), today).kind, 'refused');
      }),
    );
  });
});
