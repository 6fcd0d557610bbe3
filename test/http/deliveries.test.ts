/** Deliveries over HTTP: whoever has no eBox in use gets paper, the sender sees it, and each step stands in evidence. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import request from 'supertest';
import { createClient, until } from '../support/client.ts';
import { quaIn } from '../support/declarations.ts';
import { demoSsin, startTestService, type TestService } from '../support/service.ts';
import { logIn } from '../web/people.ts';
import { createVisitor, wordsOf } from '../web/visitor.ts';
import { linesOf } from './scene.ts';

interface Delivery {
  readonly messageId: string;
  readonly readAt?: string;
  readonly mail: { readonly state: string; readonly status?: string };
  readonly paper: { readonly state: string; readonly reason?: string };
}

describe('deliveries', () => {
  let service: TestService;
  const scopes = 'deliveries:consult deliveries:print';

  before(async () => {
    service = await startTestService();
    const client = createClient(service);
    const person = (name: string, more: object) => ({
      ssin: demoSsin(name),
      familyName: name,
      givenName: 'Test',
      language: 'nl',
      ...more,
    });
    const loaded = await client.load(
      linesOf([
        { enterpriseNumber: '1900012343', name: 'Boomgaarden Haspengouw BV' },
        person('lena', { hasEbox: false, email: 'lena@example.org', mailLanguage: 'en' }),
        person('amelie', { hasEbox: true }),
        person('lukasz', { isExclusivelyElectronic: true, email: 'lukasz@example.org' }),
        person('serban', { hasEbox: false }),
      ]),
    );
    assert.equal(loaded.refused, 0);
    for (const name of ['lena', 'amelie', 'lukasz', 'serban'])
      await client.declare(quaIn({ ssin: demoSsin(name), day: '2020-09-01' }), `day-${name}`);
    await client.settled();
  });
  after(() => service.stop());

  const ask = async (path: string) =>
    request(service.url)
      .get(path)
      .auth(await service.clientToken('issuer', scopes), { type: 'bearer' });
  const deliveriesOf = async (name: string): Promise<Delivery[]> => {
    const { body } = await request(service.url)
      .post('/deliveries/v1/messages/query')
      .auth(await service.clientToken('issuer', scopes), { type: 'bearer' })
      .send({ ssin: demoSsin(name) })
      .expect(200);
    return body.items;
  };
  const say = async (path: string) =>
    request(service.url)
      .post(path)
      .auth(await service.clientToken('issuer', scopes), { type: 'bearer' });
  const entries = (object: string) =>
    service.database.query<{ action: string; ground: string }>(
      `select action, ground from audit_entry where object = $1 and action in ('message.deliver', 'message.print')
       order by audit_entry_id`,
      [object],
    );

  it('is on paper for whoever has no eBox in use, and not for whoever wants none', async () => {
    const papers = await Promise.all(
      ['lena', 'amelie', 'lukasz', 'serban'].map(async (name) => (await deliveriesOf(name))[0]?.paper.state),
    );
    assert.deepEqual(papers, ['waiting', 'none', 'none', 'waiting']);
  });

  it('is told by mail to whoever has an address, in the language of their mail', async () => {
    const told = await Promise.all(
      ['lena', 'amelie', 'lukasz', 'serban'].map(async (name) => (await deliveriesOf(name))[0]?.mail.state),
    );
    assert.deepEqual(told, ['sent', 'none', 'sent', 'none']);
  });

  it('lists what is to be printed without a word of whom it is for', async () => {
    const { status, body, text } = await ask('/deliveries/v1/printItems');
    assert.equal(status, 200);
    assert.equal(body.items.length, 2);
    assert.doesNotMatch(text, /(?<![\da-f])\d{11}(?![\da-f])|lena|serban/);
  });

  it('hands over document and recipient, is printed once, and each stands in evidence under the sender’s ground', async () => {
    const [delivery] = await deliveriesOf('lena');
    const path = `/deliveries/v1/printItems/${delivery?.messageId}`;
    const item = (await ask(path)).body;
    assert.deepEqual(item.recipient, { ssin: demoSsin('lena'), familyName: 'lena', givenName: 'Test' });
    const pdf = await (await ask(`${path}/content`)).body;
    assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
    assert.equal((await deliveriesOf('lena'))[0]?.paper.state, 'fetched');
    assert.equal((await deliveriesOf('lena'))[0]?.readAt, undefined, 'printing is not reading');
    const first = await say(`${path}/printing`);
    const second = await say(`${path}/printing`);
    assert.deepEqual([first.status, first.body.state], [200, 'printed']);
    assert.deepEqual(second.body, first.body);
    assert.deepEqual(
      (await entries(delivery?.messageId ?? '')).map(({ action, ground }) => `${action} ${ground}`),
      ['message.deliver sender', 'message.deliver sender', 'message.print sender'],
    );
  });

  it('is not printed any more once it was read in the eBox', async () => {
    const client = createClient(service);
    const [message] = await client.inbox('serban');
    assert.ok(message);
    await client.open('serban', message);
    assert.deepEqual((await ask('/deliveries/v1/printItems')).body.items, []);
    const { body } = await ask(`/deliveries/v1/printItems/${message.messageId}`);
    assert.equal(body.state, 'needless');
  });

  it('is printed all the same where the person asks for a copy', async () => {
    const [message] = await createClient(service).inbox('serban');
    const place = `/inbox/${message?.messageId}`;
    const serban = createVisitor(service.url);
    await logIn(service, serban, 'serban');
    for (const _again of [1, 2]) {
      const csrfToken = await serban.tokenOn('/inbox');
      assert.equal((await serban.sendFields(`${place}/paper`, { csrfToken })).status, 303);
    }
    const { items } = (await ask('/deliveries/v1/printItems')).body;
    assert.deepEqual(
      items.map(({ messageId, reason }: Record<string, string>) => [messageId, reason]),
      [[message?.messageId, 'asked']],
    );
    assert.match(wordsOf(await serban.get(place)), /You asked for a copy on paper on/);
    const asked = await service.database.query(
      `select ground from audit_entry where object = $1 and action = 'message.askPaper'`,
      [message?.messageId],
    );
    assert.deepEqual(asked, [{ ground: 'ownData' }, { ground: 'ownData' }]);
  });

  it('knows no item for a message that need not be printed', async () => {
    const token = await service.clientToken('issuer', scopes);
    const { messageId } = (await deliveriesOf('amelie'))[0] ?? {};
    const { status } = await request(service.url)
      .get(`/deliveries/v1/printItems/${messageId}`)
      .auth(token, { type: 'bearer' });
    assert.equal(status, 404);
  });

  it('shows a person what was done with their data', async () => {
    const actions = await until(
      async () => {
        const { body } = await request(service.url)
          .get('/myData/v1/accesses')
          .auth(await service.personToken('lena'), { type: 'bearer' })
          .expect(200);
        return JSON.stringify(body);
      },
      (text) => text.includes('message.print'),
    );
    assert.match(actions, /message\.deliver/);
  });
});
