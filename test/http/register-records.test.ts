/** Persons and enterprises by API, files in XML, and what comes back of a file that was refused. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { dropForms } from '../../src/database/erasures.ts';
import { enterpriseFrom, type Scene, ssinFrom, startOpenScene } from './scene.ts';
import { OTHER_ORGANIZATION, type Tokens } from './tokens.ts';

const FILES = '/register/v1/files';
const [NEW, OLD] = [ssinFrom('810501994'), ssinFrom('812501994')];
const ENTERPRISE = enterpriseFrom('19007001');
const [UNIT, OTHER_UNIT] = ['2297964444', enterpriseFrom('22000000')];

let scene: Scene & { readonly tokens: Tokens };
let token: string;

before(async () => {
  scene = await startOpenScene();
  token = scene.tokens.client('register:report');
});
after(() => scene.stop());

const query = <Row>(text: string, values: readonly unknown[] = []) =>
  scene.service.database.query<Row>(text, values);

const post = (path: string, items: readonly unknown[]) =>
  scene.api.call('post', path, { token, type: 'application/json', body: JSON.stringify({ items }) });

const load = (type: string, body: string | Buffer, parameters = '') =>
  scene.api.call('post', `${FILES}${parameters}`, { token, type, body });

async function rejectsOf(type: string, body: string): Promise<string> {
  const answer = await load(type, body);
  assert.equal(answer.status, 202);
  const path = `${new URL(String(answer.headers.location)).pathname}/rejects`;
  const rejects = await scene.api.get(path, token);
  assert.equal(rejects.status, 200);
  const foreign = await scene.api.get(path, scene.tokens.client('register:report', OTHER_ORGANIZATION));
  assert.equal(foreign.status, 404);
  return rejects.bytes.toString('utf8');
}

describe('POST /register/v1/persons', () => {
  it('keeps persons, corrects them and makes one of two', async () => {
    const old = { ssin: OLD, familyName: 'Oud', givenName: 'An' };
    assert.equal((await post('/register/v1/persons', [old])).status, 200);
    const person = { ssin: NEW, familyName: 'Nieuw', givenName: 'An', selfEmployedAs: ENTERPRISE };
    const { status, body } = await post('/register/v1/persons', [{ ...person, replaces: [OLD] }]);
    assert.deepEqual([status, body.kept], [200, 1]);
    const rows = await query<{ name: string; number: string | null; isReplaced: boolean }>(
      `select p.family_name as name, e.enterprise_number as number, p.replaced_by is not null as "isReplaced"
       from person p left join self_employment using (person_id) left join employer e using (employer_id) order by 3`,
    );
    assert.deepEqual(rows, [
      { name: 'Nieuw', number: ENTERPRISE, isReplaced: false },
      { name: 'Nieuw', number: null, isReplaced: true },
    ]);
    const [entries] = await query<{ count: number }>(
      `select count(*)::int from audit_entry where action = 'person.load' and ground = 'source' and person_id is not null`,
    );
    assert.equal(entries?.count, 2);
  });

  it('keeps none where one is wrong, in itself or in the light of the register', async () => {
    const fresh = { ssin: ssinFrom('830303998'), familyName: 'Fris', givenName: 'An' };
    const wrong = await post('/register/v1/persons', [fresh, { ...fresh, ssin: '83030399800' }]);
    const turned = { ssin: OLD, familyName: 'Oud', givenName: 'An', replaces: [NEW] };
    const contradicting = await post('/register/v1/persons', [fresh, turned]);
    assert.deepEqual([wrong.status, contradicting.status], [400, 400]);
    assert.deepEqual(contradicting.body.issues[0].name, 'items[1].replaces');
    assert.equal((await query(`select from person where family_name = 'Fris'`)).length, 0);
  });
});

describe('POST /register/v1/enterprises', () => {
  it('keeps what an enterprise is made of, and hands over a unit', async () => {
    const enterprise = {
      enterpriseNumber: ENTERPRISE,
      name: 'Hoeve BV',
      establishmentUnits: [UNIT, OTHER_UNIT],
    };
    const other = {
      enterpriseNumber: enterpriseFrom('19007002'),
      name: 'Serre BV',
      establishmentUnits: [UNIT],
    };
    const reported = [{ ...enterprise, jointCommittees: ['145', '140.03'], nssoNumber: '175110801' }, other];
    assert.equal((await post('/register/v1/enterprises', reported)).status, 200);
    assert.equal(
      (await post('/register/v1/enterprises', [{ ...enterprise, establishmentUnits: [OTHER_UNIT] }])).status,
      200,
    );
    const units = await query(
      `select name, unit_number as unit from establishment_unit join employer using (employer_id) order by name`,
    );
    assert.deepEqual(units, [
      { name: 'Hoeve BV', unit: OTHER_UNIT },
      { name: 'Serre BV', unit: UNIT },
    ]);
    const committees = await query(
      'select joint_committee as committee, nsso_number as nsso from employer_joint_committee join employer using (employer_id) order by 1',
    );
    assert.deepEqual(committees, [
      { committee: '140.03', nsso: '175110801' },
      { committee: '145', nsso: '175110801' },
    ]);
  });

  it('refuses numbers whose check digits are wrong, and an NSSO number that another has', async () => {
    const enterprise = { enterpriseNumber: enterpriseFrom('19007003'), name: 'Bos BV' };
    for (const wrong of [
      { establishmentUnits: ['2297964445'] },
      { jointCommittees: ['14'] },
      { nssoNumber: '175110801' },
    ]) {
      const { status, body } = await post('/register/v1/enterprises', [{ ...enterprise, ...wrong }]);
      assert.equal(status, 400);
      assert.ok(body.issues[0].name.startsWith(`items[0].${Object.keys(wrong)[0]}`));
    }
  });
});

describe('the rejects of a file', () => {
  it('come back in CSV, with reasons and without formulas, and may be sent again', async () => {
    const text = await rejectsOf(
      'text/csv',
      'ssin;familyName;givenName\n81050100157;=1+1;An\n81050100157;"Pee;ters";An\nx"y;1\n',
    );
    assert.equal(
      text,
      "ssin;familyName;givenName;reason\r\n81050100157;'=1+1;An;line 2: ssin is no SSIN\r\n" +
        '81050100157;"Pee;ters";An;line 3: ssin is no SSIN\r\n' +
        '"x""y;1";;;line 4: is no row of CSV: a quotation mark is missing or too many\r\n',
    );
    const mended = text.replaceAll('81050100157', NEW).split('\r\n').slice(0, 3).join('\n');
    const { headers } = await load('text/csv', mended);
    const { body } = await scene.api.follow(headers.location, token);
    assert.deepEqual([body.loaded, body.refused], [2, 0]);
  });

  it('come back in NDJSON and in XML, and are told by line and column', async () => {
    const lines = await rejectsOf('application/x-ndjson', '{"ssin":"1"}\nno json\n');
    const [first, second] = lines
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual([first.line, first.record, first.issues[0].name], [1, { ssin: '1' }, 'ssin']);
    assert.deepEqual([second.record, second.issues], ['no json', [{ name: '', detail: 'is not JSON' }]]);
    const record = '<record><ssin>1</ssin><familyName>A</familyName><givenName>B</givenName></record>';
    const xml = await rejectsOf('application/xml', `<records>\n  ${record}\n</records>`);
    assert.equal(
      xml,
      `<?xml version="1.0" encoding="UTF-8"?>\n<records>\n<!-- line 2, column 3: ssin is no SSIN -->\n${record}\n</records>\n`,
    );
  });

  it('are kept under the key of their file, and found by the marks of whom they name', async () => {
    const bytes = await query<{ row: Buffer }>('select sealed_row as row from register_reject');
    assert.ok(bytes.length > 0);
    for (const { row: sealed } of bytes) assert.ok(!sealed.includes('81050100157'));
    const marked = await query('select from register_reject where cardinality(subject_marks) = 1');
    assert.equal(marked.length, 2);
  });

  it('go when whom they name is erased', async () => {
    const [row] = await query<{ marks: Buffer[] }>(
      'select subject_marks as marks from register_reject where cardinality(subject_marks) = 1 limit 1',
    );
    await scene.service.database.database.transaction((connection) =>
      dropForms(connection, row?.marks ?? []),
    );
    assert.equal((await query('select from register_reject where cardinality(subject_marks) = 1')).length, 0);
  });
});
