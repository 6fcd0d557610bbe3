/** Register files over the wire: what is loaded, what is refused and how that is told. */
import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { until } from '../support/client.ts';
import type { Answer } from './api.ts';
import { enterpriseFrom, linesOf, type Scene, ssinFrom, startOpenScene } from './scene.ts';
import { OTHER_ORGANIZATION, type Tokens } from './tokens.ts';

const FILES = '/register/v1/files';
const PERSON = {
  ssin: ssinFrom('810501996'),
  familyName: 'Peeters',
  givenName: 'An',
  birthDate: '1981-05-01',
};

let scene: Scene & { readonly tokens: Tokens };
let token: string;

before(async () => {
  scene = await startOpenScene();
  token = scene.tokens.client('register:report');
});
after(() => scene.stop());

function query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
  return scene.service.database.query<Row>(text, values);
}

async function load(body: string | Buffer): Promise<Answer> {
  const answer = await scene.api.call('post', FILES, { token, type: 'application/x-ndjson', body });
  assert.equal(answer.status, 202);
  return scene.api.follow(answer.headers.location, token);
}

/** Loads lines of which some must be refused, and gives what is said of them. */
async function refusalsOf(body: string | Buffer): Promise<readonly (readonly [number, ...string[]])[]> {
  const { body: file } = await load(body);
  assert.equal(file.state, 'loaded');
  return file.refusals.map(({ line, issues }: { line: number; issues: { name: string }[] }) => [
    line,
    ...issues.map(({ name }) => name),
  ]);
}

/** Everything that loading may change. */
async function register(): Promise<unknown> {
  return {
    persons:
      await query(`select person_id, (select l.ssin_hmac from person_look_up l where l.person_id = person.person_id), replaced_by, family_name, given_name, birth_date, language, email, has_ebox
      from person order by person_id`),
    domiciles: await query('select * from domicile order by person_id, valid_from'),
    employers: await query('select * from employer order by employer_id'),
    attestations: await query('select attestation_id, state from attestation order by attestation_id'),
  };
}

describe('a register file', () => {
  it('is loaded line by line, persons and enterprises', async () => {
    const { body } = await load(
      linesOf([
        { enterpriseNumber: enterpriseFrom('19000456'), nssoNumber: '175110801', name: 'Hoeve BV' },
        { ...PERSON, language: 'fr', municipality: { nisCode: '24062' }, hasEbox: true },
        { ssin: ssinFrom('820000997'), familyName: '  Ángel  ', givenName: 'Zoë' },
      ]),
    );
    assert.deepEqual([body.state, body.loaded, body.refused, body.refusals], ['loaded', 3, 0, []]);
    const persons = await query(
      `select family_name as "familyName", language, nis_code as "nisCode", valid_from as since
       from person left join domicile using (person_id) order by family_name desc`,
    );
    assert.deepEqual(persons, [
      { familyName: 'Ángel', language: null, nisCode: null, since: null },
      { familyName: 'Peeters', language: 'fr', nisCode: '24062', since: '1981-05-01' },
    ]);
  });

  it('changes nothing when it is loaded again', async () => {
    const file = linesOf([
      { enterpriseNumber: enterpriseFrom('19000457'), name: 'Serre BV' },
      { ...PERSON, municipality: { nisCode: '44021', since: '2020-01-01' } },
      { ssin: ssinFrom('830303996'), familyName: 'Nu', givenName: 'Nu', replaces: [ssinFrom('832303996')] },
    ]);
    await load(file);
    const before = await register();
    const { body } = await load(file);
    assert.deepEqual([body.loaded, body.refused], [3, 0]);
    assert.deepEqual(await register(), before);
  });

  it('may lack its last line end, have blank lines and end lines as Windows does', async () => {
    const lines = ['', JSON.stringify(PERSON), '  ', JSON.stringify({ ...PERSON, ssin: '1' })];
    for (const end of ['\n', '\r\n']) assert.deepEqual(await refusalsOf(lines.join(end)), [[4, 'ssin']]);
  });

  it('may be empty', async () => {
    const { body } = await load('');
    assert.deepEqual([body.state, body.loaded, body.refused], ['loaded', 0, 0]);
  });
});

describe('a refused line', () => {
  it('is told by its number and the names of its properties', async () => {
    const faults = [
      { ...PERSON, ssin: '81050100157' },
      { ...PERSON, familyName: '', givenName: 'a\u202eb', birthDate: '1981-02-29' },
      { ...PERSON, municipality: { nisCode: '2406', until: '2020-01-01' } },
      { ...PERSON, replaces: [PERSON.ssin, '1'], nickname: 'x' },
      { ssin: PERSON.ssin },
      [PERSON],
      { enterpriseNumber: enterpriseFrom('19000458'), name: 'x', nssoNumber: '1' },
      { enterpriseNumber: '1900045800', name: 'x', email: 'x@example.org' },
    ];
    const body = Buffer.concat([
      Buffer.from(linesOf([PERSON, ...faults])),
      Buffer.from('{"ssin":\n'),
      Buffer.from(`${JSON.stringify({ ...PERSON, givenName: 'Noël' })}\n`, 'latin1'),
      Buffer.from(`${JSON.stringify({ ...PERSON, email: 'x'.repeat(70_000) })}\n`),
    ]);
    const { body: file } = await load(body);
    assert.deepEqual([file.loaded, file.refused], [1, 11]);
    assert.deepEqual(await refusalsOf(body), [
      [2, 'ssin'],
      [3, 'familyName', 'givenName', 'birthDate'],
      [4, 'municipality.nisCode', 'municipality.until'],
      [5, 'replaces[1]', 'nickname'],
      [6, 'familyName', 'givenName'],
      [7, ''],
      [8, 'nssoNumber'],
      [9, 'enterpriseNumber', 'email'],
      [10, ''],
      [11, ''],
      [12, ''],
    ]);
  });

  it('is never told by its values, nor an SSIN by standing as a name', async () => {
    const secret = {
      ssin: '81050100157',
      familyName: 'Geheim\0',
      givenName: 'An',
      email: 'geheim',
      [PERSON.ssin]: 1,
    };
    const { body, bytes } = await load(linesOf([secret]));
    assert.equal(body.refused, 1);
    assert.doesNotMatch(bytes.toString('utf8'), /Geheim|geheim|81050100157/);
    assert.ok(!bytes.includes(PERSON.ssin));
    const [row] = await query<{ text: string }>(
      'select string_agg(refused::text, $1) as text from register_file',
      [' '],
    );
    assert.ok(!row?.text.includes(PERSON.ssin) && !row?.text.includes('81050100157'));
  });

  it('is listed up to the thousandth, and counted beyond', async () => {
    const { body } = await load('{}\n'.repeat(1200));
    assert.deepEqual([body.refused, body.refusals.length], [1200, 1000]);
    assert.equal(body.refusals.at(-1).line, 1000);
  });

  it('may contradict the register: a number that replaced the one that is to replace it', async () => {
    const [older, newer] = [ssinFrom('842404996'), ssinFrom('840404996')];
    const name = { familyName: 'Rond', givenName: 'Om' };
    await load(linesOf([{ ...name, ssin: newer, replaces: [older] }]));
    const before = await register();
    const circle = { ...name, familyName: 'Anders', ssin: older, replaces: [newer] };
    assert.deepEqual(await refusalsOf(linesOf([PERSON, circle, { ...PERSON, ssin: 'x' }])), [
      [2, 'replaces'],
      [3, 'ssin'],
    ]);
    assert.deepEqual(await register(), before);
  });

  it('may contradict the register: an NSSO number that is another enterprise’s', async () => {
    const before = await register();
    const thief = { enterpriseNumber: enterpriseFrom('19000459'), nssoNumber: '175110801', name: 'Dief BV' };
    assert.deepEqual(await refusalsOf(linesOf([thief])), [[1, 'nssoNumber']]);
    assert.deepEqual(await register(), before);
  });
});

describe('an enterprise', () => {
  it('that was known by one number learns the other one', async () => {
    const enterpriseNumber = enterpriseFrom('19000460');
    await load(linesOf([{ enterpriseNumber, name: 'Een' }]));
    await load(linesOf([{ enterpriseNumber, nssoNumber: '70500472', name: 'Een' }]));
    const rows = await query(
      'select nsso_number as "nssoNumber", name from employer where enterprise_number = $1 or nsso_number = $2',
      [enterpriseNumber, '70500472'],
    );
    assert.deepEqual(rows, [{ nssoNumber: '70500472', name: 'Een' }]);
  });
});

describe('a transfer that breaks off', () => {
  it('leaves what was loaded, and says that the file is broken', async () => {
    const enterprises = Array.from({ length: 2300 }, (_, index) => ({
      enterpriseNumber: enterpriseFrom(String(19_010_000 + index)),
      name: `E${index}`,
    }));
    const count = () =>
      query<{ count: number }>(`select count(*)::int from employer where enterprise_number like '1901%'`);
    const call = httpRequest(`${scene.service.url}${FILES}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/x-ndjson' },
    });
    call.on('error', () => undefined);
    call.write(linesOf(enterprises));
    await until(count, ([row]) => row?.count === 2000);
    call.destroy();
    const states = () =>
      query<{ id: string }>(`select file_id as id from register_file where state = 'broken'`);
    const [file] = await until(states, (rows) => rows.length === 1);
    const { body } = await scene.api.get(`${FILES}/${file?.id}`, token);
    assert.deepEqual([body.state, body.loaded], ['broken', 2000]);
    assert.ok(!scene.service.logLines.some((line) => line.includes('"level":"error"')));
  });
});

describe('a file of another organisation', () => {
  it('is answered as one that does not exist', async () => {
    const { body } = await load(linesOf([PERSON]));
    const path = new URL(body.self).pathname;
    const other = scene.tokens.client('register:report', OTHER_ORGANIZATION);
    const foreign = await scene.api.get(path, other);
    const unknown = await scene.api.get(`${FILES}/01935b1e-7c00-7000-8000-000000000001`, other);
    assert.equal(foreign.status, 404);
    assert.deepEqual({ ...foreign.body, instance: '' }, { ...unknown.body, instance: '' });
  });
});

describe('the evidence log', () => {
  it('has who loaded whom, on which ground', async () => {
    const rows = await query(
      `select distinct concat_ws(' ', actor_kind, actor_id, actor_organization) as actor, ground,
         person_id is null as "isOfNobody", trace_id is null as "isUntraced"
       from audit_entry where action = 'person.load'`,
    );
    assert.deepEqual(rows, [
      { actor: 'client program 1900045601', ground: 'source', isOfNobody: false, isUntraced: false },
    ]);
  });
});
