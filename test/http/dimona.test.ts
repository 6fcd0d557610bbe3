/** Dimona over the wire: declarations one by one, files of forms, and who may read the answers. */
import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { registerFile } from '../../src/cli/demo-input.ts';
import { until } from '../support/client.ts';
import { quaCancel, quaForm, quaIn, quaXml } from '../support/declarations.ts';
import { demoSsin } from '../support/service.ts';
import type { Answer } from './api.ts';
import { type Scene, ssinFrom, startOpenScene } from './scene.ts';
import { OTHER_ORGANIZATION, type Tokens } from './tokens.ts';

const DECLARATIONS = '/dimona/v2/declarations';
const FILES = '/dimona/v2/files';
const UNKNOWN = '01935b1e-7c00-7000-8000-000000000001';
const SCOPES = 'dimona:declare dimona:consult';
const STRANGER = ssinFrom('900101997');

let scene: Scene & { readonly tokens: Tokens };
let token: string;
let other: string;

before(async () => {
  scene = await startOpenScene();
  token = scene.tokens.client(SCOPES);
  other = scene.tokens.client(SCOPES, OTHER_ORGANIZATION);
  await scene.client.load(registerFile());
});
after(() => scene.stop());

function query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
  return scene.service.database.query<Row>(text, values);
}

/** Which persons an object was read of, as the evidence log has it. */
async function readersOf(object: string): Promise<readonly unknown[]> {
  return query(
    `select actor_id as actor, actor_organization as organization, ground, given_name as "givenName"
     from audit_entry left join person using (person_id)
     where object = $1 and action = 'declaration.consult' order by audit_entry_id`,
    [object],
  );
}

/** Checks that two answers of 404 differ in nothing but their trace. */
function assertSame(one: Answer, another: Answer): void {
  assert.deepEqual([one.status, another.status], [404, 404]);
  assert.deepEqual({ ...one.body, instance: '' }, { ...another.body, instance: '' });
}

function sendFile(body: string, type = 'application/xml'): Promise<Answer> {
  return scene.api.call('post', FILES, { token, type, body });
}

async function processed(body: string): Promise<Answer> {
  const { status, headers } = await sendFile(body);
  assert.equal(status, 202);
  return until(
    () => scene.api.follow(headers.location, token),
    (answer) => answer.body.status.state === 'done',
  );
}

describe('a declaration', () => {
  it('is taken in with 201 and an empty answer; what became of it is at its Location', async () => {
    const body = quaIn({ ssin: demoSsin('lena'), day: '2020-09-01' });
    const taken = await scene.api.call('post', DECLARATIONS, { token, body });
    assert.deepEqual([taken.status, taken.bytes.length], [201, 0]);
    const { body: answer } = await scene.api.follow(taken.headers.location, token);
    assert.equal(answer.declarationStatus.result, 'W');
    assert.equal(answer.href, taken.headers.location);
    assert.deepEqual(answer.dimonaIn, body.dimonaIn);
    assert.deepEqual(await readersOf(answer.declarationStatus.declarationId), [
      { actor: 'program', organization: '1900045601', ground: 'declarant', givenName: 'Lena' },
    ]);
  });

  it('is read on behalf of its person when it only names a period', async () => {
    const made = await scene.client.declare(quaIn({ ssin: demoSsin('amelie'), day: '2020-09-01' }));
    const { declarationId } = await scene.client.declare(quaCancel({ periodId: made.periodId ?? '' }));
    const [entry] = (await readersOf(declarationId)) as { givenName: string }[];
    assert.equal(entry?.givenName, 'Amélie');
  });

  it('is nobody’s while nobody is known', async () => {
    const { declarationId, result } = await scene.client.declare(
      quaIn({ ssin: STRANGER, day: '2020-09-01' }),
    );
    assert.equal(result, 'S');
    const [entry] = (await readersOf(declarationId)) as { givenName: null }[];
    assert.equal(entry?.givenName, null);
  });

  it('of another organisation is answered as one that does not exist', async () => {
    const { declarationId } = await scene.client.declare(
      quaIn({ ssin: demoSsin('lena'), day: '2020-09-08' }),
    );
    const path = `${DECLARATIONS}/${declarationId}`;
    assert.equal((await scene.api.get(path, token)).status, 200);
    assertSame(await scene.api.get(path, other), await scene.api.get(`${DECLARATIONS}/${UNKNOWN}`, other));
    assert.equal((await readersOf(declarationId)).length, 2);
  });
});

describe('a file of forms', () => {
  const people = ['lena', 'amelie', 'lukasz'];

  it('is taken in with 202, processed, and answered form by form', async () => {
    const xml = quaXml(
      people.map((one) => ({ ssin: demoSsin(one), day: '2020-10-01', reference: `A-${one}` })),
    );
    const { body } = await processed(xml);
    assert.deepEqual([body.forms, body.answered, body.items.length], [3, 3, 3]);
    assert.deepEqual(
      body.items.map(({ form, result }: { form: number; result: string }) => [form, result]),
      [
        [1, 'A'],
        [2, 'A'],
        [3, 'A'],
      ],
    );
    const { body: last } = await scene.api.get(`${new URL(body.self).pathname}?afterForm=2`, token);
    assert.deepEqual(last.items, body.items.slice(2));
    assert.equal((await scene.api.follow(body.items[0].href, token)).status, 200);
  });

  it('is answered with a NOTIFICATION, which is an access to the data of each person in it', async () => {
    const xml = quaXml(
      people.map((one) => ({ ssin: demoSsin(one), day: '2020-10-02', reference: `B-${one}` })),
    );
    const { body } = await processed(xml);
    const texts = await Promise.all(
      ['nl', 'fr', 'de'].map((lang) =>
        scene.api.get(`${new URL(body.notifications).pathname}?lang=${lang}`, token),
      ),
    );
    for (const { status, headers, bytes } of texts) {
      assert.equal(status, 200);
      assert.equal(headers['content-type'], 'application/xml; charset=utf-8');
      assert.equal(bytes.toString('utf8').match(/<Form>/g)?.length, 3);
    }
    for (const [index, { declarationId }] of body.items.entries()) {
      const names = (await readersOf(declarationId)).map(
        (entry) => (entry as { givenName: string }).givenName,
      );
      assert.deepEqual(
        names,
        Array.from({ length: 3 }, () => ['Lena', 'Amélie', 'Łukasz'][index]),
      );
    }
  });

  it('has no NOTIFICATION while every form waits for its person', async () => {
    const { body } = await processed(quaXml([{ ssin: STRANGER, day: '2020-10-05', reference: 'C' }]));
    assert.equal(body.items[0].result, 'S');
    assert.equal((await scene.api.follow(body.notifications, token)).status, 404);
  });

  it('of another organisation is answered as one that does not exist', async () => {
    const { body } = await processed(quaXml([{ ssin: demoSsin('lena'), day: '2020-10-06', reference: 'D' }]));
    const path = new URL(body.self).pathname;
    for (const part of ['', '/notifications'])
      assertSame(
        await scene.api.get(`${path}${part}`, other),
        await scene.api.get(`${FILES}/${UNKNOWN}${part}`, other),
      );
  });
});

describe('a file that is not what it should be', () => {
  async function keptFiles(): Promise<number> {
    const [row] = await query<{ count: number }>('select count(*)::int from declaration_file');
    return row?.count ?? 0;
  }

  it('is refused whole, says where, and nothing of it is kept', async () => {
    const ssin = demoSsin('lena');
    const good = quaForm({ ssin, day: '2020-10-07', reference: 'E' });
    const before = await keptFiles();
    const wrong = [
      '',
      '<',
      '<Dimona/>',
      '<Other/>',
      quaXml([good]).slice(0, -20),
      quaXml([good, `<Form>${ssin}</Form>`, '</x>']),
      quaXml([good]).replace('<Dimona', '<!DOCTYPE Dimona [<!ENTITY x "y">]><Dimona'),
      ssin,
      `<Dimona><Form><${'x'.repeat(20)}>${ssin}`,
      quaXml([good]).replace('UTF-8', 'UTF-16'),
    ];
    for (const xml of wrong) {
      const { status, body, bytes } = await sendFile(xml);
      assert.equal(status, 400, xml.slice(0, 80));
      assert.match(body.issues[0].detail, /^\w+ at line \d+, column \d+: /);
      assert.ok(!bytes.includes(ssin));
    }
    assert.equal(await keptFiles(), before);
  });

  it('is refused while it is still arriving', async () => {
    const call = httpRequest(`${scene.service.url}${FILES}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/xml' },
    });
    const status = new Promise((resolve, reject) => {
      call.on('response', (response) => resolve(response.statusCode)).on('error', reject);
    });
    // What encoding it is in shows in the first bytes, so there have to be some.
    call.write(`<Dimona>${' '.repeat(500)}<<`);
    assert.equal(await status, 400);
    call.on('error', () => undefined).destroy();
  });

  it('is refused as another media type or coding', async () => {
    const xml = quaXml([{ ssin: demoSsin('lena'), day: '2020-10-07', reference: 'F' }]);
    assert.equal((await sendFile(xml, 'application/json')).status, 415);
    const headers = { 'Content-Encoding': 'gzip' };
    const coded = await scene.api.call('post', FILES, { token, headers, type: 'application/xml', body: xml });
    assert.equal(coded.status, 415);
    assert.equal((await sendFile(xml, 'text/xml; charset=utf-8')).status, 202);
    const latin = xml.replace('UTF-8', 'ISO-8859-1');
    assert.equal((await sendFile(latin, 'application/xml; charset=iso-8859-1')).status, 202);
  });

  it('that breaks off leaves nothing behind, and is no fault of the service', async () => {
    const before = await keptFiles();
    const call = httpRequest(`${scene.service.url}${FILES}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/xml' },
    });
    call.on('error', () => undefined);
    call.write(quaXml([{ ssin: demoSsin('lena'), day: '2020-10-08', reference: 'G' }]).slice(0, -20));
    await until(keptFiles, (count) => count === before + 1);
    call.destroy();
    await until(keptFiles, (count) => count === before);
    assert.ok(!scene.service.logLines.some((line) => line.includes('"level":"error"')));
  });
});
