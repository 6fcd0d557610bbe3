/** What a sender learns of its messages. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { demoSsin } from '../support/service.ts';
import type { Answer } from './api.ts';
import { fillInbox, type Message } from './inbox.ts';
import { contentPath, INBOX, type Scene, startScene } from './scene.ts';

const STATUS = '/ebox/citizen/v2/searchMessageStatus';
const UNKNOWN = '01935b1e-7c00-7000-8000-000000000001';

let scene: Scene;
/** Lena's messages, newest first; she has opened the first. */
let messages: readonly Message[];

before(async () => {
  scene = await startScene();
  messages = await fillInbox(scene);
  const [first] = messages;
  assert.ok(first);
  await scene.api.get(contentPath(first), await scene.service.personToken('lena'));
});
after(() => scene.stop());

describe('the status of messages', () => {
  async function ask(asked: readonly (readonly [string, string])[], clientId = 'issuer'): Promise<Answer> {
    const token = await scene.service.clientToken(clientId, 'ebox:publish');
    const body = asked.map(([messageId, ssin]) => ({
      messageId,
      eboxId: { eboxType: 'citizen', eboxIdValue: ssin },
    }));
    return scene.api.call('post', STATUS, { token, body });
  }

  it('is given for the sender’s own messages, with 201', async () => {
    const ids = messages.slice(0, 2).map(({ messageId }) => messageId);
    const { status, body } = await ask(ids.map((id) => [id, demoSsin('lena')]));
    assert.equal(status, 201);
    assert.deepEqual(
      body.map((one: Message) => [one.messageId, one.readStatus]),
      ids.map((id, index) => [id, index === 0]),
    );
  });

  it('leaves out another sender’s message, another recipient and what does not exist', async () => {
    const ids = messages.map(({ messageId }) => messageId);
    const { body } = await ask([
      [ids[4] ?? '', demoSsin('lena')],
      [ids[0] ?? '', demoSsin('amelie')],
      [ids[0] ?? '', '12345678900'],
      [UNKNOWN, demoSsin('lena')],
      ['no-uuid', demoSsin('lena')],
      [ids[1] ?? '', demoSsin('lena')],
    ]);
    assert.deepEqual(
      body.map(({ messageId }: Message) => messageId),
      [ids[1]],
    );
  });

  it('is 404 when none is left, the same for every reason', async () => {
    const [first, , , , fifth] = messages;
    const answers = [
      await ask([[fifth?.messageId ?? '', demoSsin('lena')]]),
      await ask([[first?.messageId ?? '', demoSsin('amelie')]]),
      await ask([[UNKNOWN, demoSsin('lena')]]),
    ];
    const texts = answers.map(({ status, body }) => JSON.stringify({ status, ...body, id: undefined }));
    assert.equal(answers[0]?.status, 404);
    assert.equal(new Set(texts).size, 1);
  });

  it('is given for five hundred at once', async () => {
    const many = Array.from({ length: 499 }, () => [UNKNOWN, demoSsin('lena')] as const);
    const { status, body } = await ask([...many, [messages[0]?.messageId ?? '', demoSsin('lena')]]);
    assert.deepEqual([status, body.length], [201, 1]);
    assert.equal((await ask([...many, ...many])).status, 400);
  });

  it('makes nothing read', async () => {
    const { body } = await scene.api.get(INBOX, await scene.service.personToken('lena'));
    assert.equal(body.items[1].readStatus, false);
  });
});
