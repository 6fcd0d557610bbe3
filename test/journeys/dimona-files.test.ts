/** Files of declarations: taken in whole or not at all, judged afterwards, answered with a NOTIFICATION. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { registerFile } from '../../src/cli/demo-input.ts';
import { type Client, createClient, until } from '../support/client.ts';
import { quaForm, quaXml } from '../support/declarations.ts';
import { needsSpec } from '../support/needs.ts';
import { demoSsin, startTestService, type TestService } from '../support/service.ts';
import { xsdValidator } from '../support/xsd.ts';

describe('declaring with a file', () => {
  let service: TestService;
  let client: Client;
  let token: string;

  before(async () => {
    service = await startTestService();
    client = createClient(service);
    token = await service.clientToken('payroll', 'dimona:declare dimona:consult');
    await client.load(registerFile());
  });
  after(() => service.stop());

  const send = (xml: string | Buffer) =>
    request(service.url)
      .post('/dimona/v2/files')
      .auth(token, { type: 'bearer' })
      .type('application/xml')
      .send(xml);
  const get = (url: string | undefined, path = '') => {
    const { pathname } = new URL(url ?? '');
    return request(service.url)
      .get(pathname + path)
      .auth(token, { type: 'bearer' });
  };
  const done = (location: string | undefined) =>
    until(
      async () => (await get(location).expect(200)).body,
      (file) => file.status.state === 'done',
    );

  it('answers with a NOTIFICATION that is valid in its schema, in the language asked', async (t) => {
    if (!needsSpec(t, 'dimona/NOTIFICATION_20223.xsd')) return;
    const forms = [
      { ssin: demoSsin('lena'), day: '2021-06-01', reference: 'N-1' },
      { ssin: demoSsin('lena'), day: '2021-06-01', reference: 'N-2', jointCommittee: '302' },
      { ssin: '81022903534', day: '2021-06-02', reference: 'N-3' },
      quaForm({ ssin: demoSsin('lena'), day: '2021-06-03', reference: 'N-4' }).replace('144', '999'),
    ];
    const { headers } = await send(quaXml(forms)).expect(202);
    const file = await done(headers.location);
    assert.deepEqual(
      file.items.map(({ result }: { result: string }) => result),
      ['A', 'B', 'B', 'B'],
    );
    const validate = xsdValidator('dimona/NOTIFICATION_20223.xsd');
    for (const [language, word] of [
      ['nl', 'Paritair|paritair'],
      ['fr', 'ommission paritaire'],
      ['de', 'aritätische'],
    ]) {
      const { text, type } = await get(headers.location, `/notifications?lang=${language}`).expect(200);
      assert.match(type, /application\/xml/);
      assert.deepEqual(validate(text), []);
      assert.match(text, new RegExp(word ?? ''));
      assert.equal(text.match(/<ResultCode>1</g)?.length, 1);
      assert.equal(text.match(/<ResultCode>0</g)?.length, 3);
    }
  });

  it('takes thousands of forms and answers each in its place', async () => {
    const count = 1500;
    const forms = Array.from({ length: count }, (_, index) => ({
      ssin: index % 2 === 0 ? demoSsin('lena') : demoSsin('lukasz'),
      day: '2021-07-01',
      reference: `B-${index}`,
    }));
    const { headers } = await send(quaXml(forms)).expect(202);
    const file = await until(
      async () => (await get(headers.location).expect(200)).body,
      ({ status }) => status.state === 'done',
    );
    assert.deepEqual([file.forms, file.answered], [count, count]);
    const results = new Map<string, number>();
    for (let from = 0; from < count; from += 500) {
      const page = (await get(headers.location, `?afterForm=${from}`).expect(200)).body;
      assert.deepEqual(
        page.items.map(({ form }: { form: number }) => form),
        Array.from({ length: 500 }, (_, at) => from + at + 1),
      );
      for (const { result } of page.items) results.set(result, (results.get(result) ?? 0) + 1);
    }
    // One form for each of the two workers is the first on that day; the others are double.
    assert.deepEqual(
      [...results].toSorted(([a], [b]) => String(a).localeCompare(String(b))),
      [
        ['A', 2],
        ['B', count - 2],
      ],
    );
  });

  it('answers 404 to notifications until every form was judged, and to anybody else', async () => {
    const { headers } = await send(
      quaXml([{ ssin: '85122499755', day: '2021-06-01', reference: 'W-1' }]),
    ).expect(202);
    await done(headers.location);
    // Its only form waits for its person: there is no final answer yet.
    await get(headers.location, '/notifications').expect(404);
    await service.database.query(
      `update declaration_file set sender_organization = '1900012343' where file_id = $1`,
      [headers.location?.split('/').at(-1)],
    );
    await get(headers.location).expect(404);
  });

  describe('when the file is not what it should be', () => {
    const form = () => quaForm({ ssin: demoSsin('lena'), day: '2021-08-02', reference: 'never' });
    const files: readonly (readonly [string, () => string, string])[] = [
      [
        'a DOCTYPE',
        () => `<!DOCTYPE Dimona [<!ENTITY x "y">]>${quaXml([form()]).split('?>')[1]}`,
        'doctypeForbidden',
      ],
      ['an undeclared entity', () => quaXml([form().replace('144', '&xxe;')]), 'illFormed'],
      ['an unclosed form', () => quaXml([form(), form().replace('</Form>', '')]), 'illFormed'],
      ['an end in the middle', () => quaXml([form(), form()]).slice(0, -200), 'illFormed'],
      [
        'another root',
        () => quaXml([form()]).replaceAll('Dimona ', 'Other ').replaceAll('</Dimona>', '</Other>'),
        'wrongRoot',
      ],
      ['no form', () => quaXml([]), 'noForm'],
      [
        'a form of a megabyte',
        () => quaXml([form().replace('144', 'x'.repeat(1024 * 1024))]),
        'formTooLarge',
      ],
      ['JSON', () => '{"a":1}', 'illFormed'],
    ];
    for (const [what, write, reason] of files) {
      it(`refuses ${what} as a whole and keeps nothing of it`, async () => {
        const earlier = await counts();
        const { body } = await send(write()).expect(400);
        assert.match(body.issues[0].detail, new RegExp(`^${reason} at line \\d+`));
        assert.doesNotMatch(JSON.stringify(body), /(?<![\da-f])\d{11}(?![\da-f])/);
        await client.settled();
        assert.deepEqual(await counts(), earlier);
      });
    }

    it('keeps nothing of a file whose sender hangs up', async () => {
      const earlier = await counts();
      const half = quaXml(Array.from({ length: 2000 }, () => form()));
      const controller = new AbortController();
      const body = new ReadableStream({
        start(stream) {
          stream.enqueue(new TextEncoder().encode(half.slice(0, half.length / 2)));
          setTimeout(() => controller.abort(), 500);
        },
      });
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/xml' };
      const call = fetch(`${service.url}/dimona/v2/files`, {
        method: 'POST',
        headers,
        body,
        duplex: 'half',
        signal: controller.signal,
      });
      await assert.rejects(call);
      await until(counts, (now) => JSON.stringify(now) === JSON.stringify(earlier));
    });
  });

  async function counts(): Promise<unknown> {
    const [row] = await service.database.query(
      `select (select count(*)::int from declaration_file) as files, (select count(*)::int from declaration_form) as forms,
         (select count(*)::int from declaration) as declarations`,
    );
    return row;
  }
});
