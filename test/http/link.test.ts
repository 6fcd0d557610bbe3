/** A sender gives a message to further recipients: each has it as their own. */
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { CONTRACT, readContract } from '../contract/registry.ts';
import { needsSpec } from '../support/needs.ts';
import { demoSsin } from '../support/service.ts';
import { countKept, filePart, jsonPart, letter, PDF, send } from './publishing.ts';
import { contentPath, INBOX, type Scene, startScene } from './scene.ts';

const LINK = '/ebox/citizen/v2/linkEboxMessage';
const STATUS = '/ebox/citizen/v2/searchMessageStatus';
const UNKNOWN = '01935b1e-7c00-7000-8000-000000000001';
const citizen = (personId: string) => ({ eboxType: 'citizen', eboxIdValue: demoSsin(personId) });

let scene: Scene;
let city: string;
let messageId: string;
let expirationDate: string;

before(async () => {
  scene = await startScene();
  city = await scene.service.clientToken('city', 'ebox:publish');
  const table = Buffer.from('naam;bedrag\n');
  const sent = letter({
    attachments: [
      { httpPartName: 'upfile1', mainContent: true },
      { httpPartName: 'upfile2', mainContent: false },
    ],
    bodyContent: { nl: 'Beste\nUw kaart ligt klaar.' },
    businessDataList: [{ key: 'FILE', values: [{ nl: '42' }] }],
    forTheAttentionOf: { name: 'Lena' },
  });
  const { status, body } = await send(scene, [
    filePart('upfile1'),
    filePart('upfile2', { content: table, type: 'text/csv', fileName: 'tabel.csv' }),
    jsonPart(sent),
  ]);
  assert.equal(status, 201);
  ({ messageId, expirationDate } = body);
});
after(() => scene.stop());

const link = (id: string, recipients: readonly object[], token = city) =>
  scene.api.call('post', LINK, { token, body: { messageId: id, recipients } });

async function newestOf(personId: string) {
  const token = await scene.service.personToken(personId);
  const { body } = await scene.api.get(INBOX, token);
  return { token, messages: body.items };
}

describe('a message that is linked', () => {
  it('is each recipient’s own, with everything but for whose attention it was', async (t: TestContext) => {
    const answer = await link(messageId, [citizen('amelie'), citizen('lukasz')]);
    assert.deepEqual(
      [answer.status, answer.body],
      [201, { messageId, expirationDate, nbSuccessLinks: 2, errorCases: [] }],
    );
    if (needsSpec(t, CONTRACT))
      assert.equal(readContract().answerFaults('linkMessage', answer.status, answer.body), '');
    const { token, messages } = await newestOf('amelie');
    const [message] = messages;
    assert.equal(messages.length, 1);
    assert.notEqual(message.messageId, messageId);
    assert.deepEqual([message.subject, message.readStatus], [{ nl: 'Uw nieuwe kaart' }, false]);
    assert.equal(message.expirationDate, expirationDate);
    assert.equal(message.forTheAttentionOf, undefined);
    assert.equal(message.businessDataList.items[0].values[0].nl, '42');
    assert.deepEqual(
      message.attachments.items.map(({ fileName }: { fileName: string }) => fileName),
      ['upfile1.pdf', 'tabel.csv'],
    );
    assert.deepEqual((await scene.api.get(contentPath(message), token)).bytes, PDF);
    const body = await scene.api.get(`${INBOX}/${message.messageId}/body`, token);
    assert.match(body.bytes.toString('utf8'), /Uw kaart ligt klaar/);
  });

  it('has a status of its own for each, under the id that the sender knows', async () => {
    const recipients = ['lena', 'amelie', 'lukasz'];
    const asked = recipients.map((one) => ({ messageId, eboxId: citizen(one) }));
    const { body } = await scene.api.call('post', STATUS, { token: city, body: asked });
    assert.deepEqual(
      body.map((one: { readStatus: boolean }) => one.readStatus),
      [false, true, false],
    );
  });

  it('lies under a key and in objects of each recipient', async () => {
    const rows = await scene.service.database.query<{ keys: number; objects: number }>(
      `select count(distinct citizen_key_id)::int as keys, count(distinct object_key)::int as objects
       from message join message_content using (message_id) join attachment using (message_id)
       where coalesce(linked_to, message_id) = $1`,
      [messageId],
    );
    assert.deepEqual(rows, [{ keys: 3, objects: 6 }]);
  });

  it('changes nothing for whoever has it already, the first recipient too', async () => {
    const before = await countKept(scene);
    const { body } = await link(messageId, [citizen('lena'), citizen('amelie'), citizen('amelie')]);
    assert.deepEqual([body.nbSuccessLinks, body.errorCases], [3, []]);
    assert.deepEqual(await countKept(scene), before);
  });

  it('comes once when two requests link it at the same time', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => link(messageId, [citizen('serban')])));
    assert.deepEqual(
      answers.map(({ status, body }) => [status, body.nbSuccessLinks]),
      [1, 2, 3].map(() => [201, 1]),
    );
    assert.equal((await newestOf('serban')).messages.length, 1);
  });

  it('reaches the others when some are not known, and names those', async () => {
    const strangers = [
      { eboxType: 'citizen', eboxIdValue: '12345678900' },
      { eboxType: 'enterprise', eboxIdValue: '1900080144' },
    ];
    const { status, body } = await link(messageId, [...strangers, citizen('lena')]);
    assert.deepEqual([status, body.nbSuccessLinks, body.errorCases], [201, 1, strangers]);
  });
});

describe('linking', () => {
  it('is 404 for a message that is not there, another sender’s, an attestation, and one that is linked itself', async () => {
    await scene.declareDays('lena', ['2020-09-01']);
    const attestation = (await newestOf('lena')).messages[0].messageId;
    const copy = (await newestOf('amelie')).messages[0].messageId;
    const issuer = await scene.service.clientToken('issuer', 'ebox:publish');
    const to = [citizen('lukasz')];
    const answers = [
      await link(UNKNOWN, to),
      await link('no-uuid', to),
      await link(copy, to),
      await link(messageId, to, issuer),
      await link(attestation, to, issuer),
    ];
    const texts = answers.map(({ status, body }) => JSON.stringify({ status, ...body, id: undefined }));
    assert.equal(answers[0]?.status, 404);
    assert.equal(new Set(texts).size, 1);
  });

  it('takes a hundred recipients and refuses more', async () => {
    const many = Array.from({ length: 101 }, () => citizen('lena'));
    assert.equal((await link(messageId, many)).status, 400);
    assert.equal((await link(messageId, many.slice(1))).body.nbSuccessLinks, 100);
    assert.equal((await link(messageId, [])).status, 400);
  });
});
