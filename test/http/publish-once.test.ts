/** A key of version 3 makes one message, whatever happens on the way; and what becomes of a message when its person is erased. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Ssin } from '../../src/domain/ssin.ts';
import { armFailpoints, disarmFailpoints, type Failpoint, reached } from '../../src/failpoint.ts';
import { requestErasure } from '../../src/workflows/erase.ts';
import { sweepObjects } from '../../src/workflows/sweep-objects.ts';
import { until } from '../support/client.ts';
import { findPlain } from '../support/left-keys.ts';
import { demoSsin } from '../support/service.ts';
import {
  countKept,
  FORM_TYPE,
  filePart,
  formOf,
  jsonPart,
  letter3,
  type Part,
  PUBLISH_3,
  send,
} from './publishing.ts';
import { INBOX, type Scene, startScene } from './scene.ts';

let scene: Scene;
let lena: string;

before(async () => {
  scene = await startScene();
  lena = await scene.service.personToken('lena');
});
after(() => scene.stop());
afterEach(disarmFailpoints);

const LETTER: readonly Part[] = [filePart('upfile1'), jsonPart(letter3())];
const newKey = () => `"${randomUUID()}"`;
const publish = (key: string, parts = LETTER, client = 'city') =>
  send(scene, parts, { path: PUBLISH_3, key, client });

async function counts(): Promise<{
  readonly messages: number;
  readonly pending: number;
  readonly objects: number;
}> {
  const kept = await countKept(scene);
  return { messages: kept[0] ?? 0, pending: kept[4] ?? 0, objects: kept.at(-1) ?? 0 };
}

describe('the same key', () => {
  it('is answered with 409 and where the first message is', async () => {
    const before = await counts();
    const key = newKey();
    const first = await publish(key);
    const second = await publish(key);
    assert.deepEqual([first.status, second.status, second.body.code], [201, 409, 'CONFLICT']);
    assert.equal(second.headers.location, first.headers.location);
    const after = await counts();
    assert.deepEqual([after.messages, after.objects], [before.messages + 1, before.objects + 1]);
    const path = new URL(first.headers.location ?? '').pathname;
    assert.equal((await scene.api.get(path, lena)).status, 200);
  });

  it('with another message is answered alike, and told that it was another one', async () => {
    const key = newKey();
    const first = await publish(key);
    const other = await publish(key, [filePart('upfile1'), jsonPart(letter3({ subject: { nl: 'Anders' } }))]);
    assert.deepEqual([other.status, other.headers.location], [409, first.headers.location]);
    assert.match(other.body.message, /another/);
    assert.doesNotMatch((await publish(key)).body.message, /another/);
  });

  it('is another key for another application, and in other quotation marks none', async () => {
    const key = newKey();
    assert.equal((await publish(key)).status, 201);
    const own = letter3({
      sender: { eboxType: 'enterprise', enterpriseNumber: '1912345694' },
      messageTypeId: 'quarantine-declaration-attestation',
      senderApplicationId: undefined,
    });
    assert.equal((await publish(key, [filePart('upfile1'), jsonPart(own)], 'issuer')).status, 201);
    for (const wrong of [key.slice(1, -1), '"key"', '""', `${key}, ${key}`]) {
      const { status, body } = await publish(wrong);
      assert.deepEqual([status, body.code], [400, 'INVALID_INPUT'], wrong);
    }
  });

  it('is free again after what was sent with it was refused', async () => {
    const key = newKey();
    const unknown = letter3({ recipient: { eboxType: 'citizen', ssin: '85122499755' } });
    assert.equal((await publish(key, [filePart('upfile1'), jsonPart(unknown)])).status, 400);
    assert.equal((await publish(key)).status, 201);
  });

  it('sent several times at once makes one message', async () => {
    const before = await counts();
    const key = newKey();
    const answers = await Promise.all(Array.from({ length: 4 }, () => publish(key)));
    assert.deepEqual(
      answers.map(({ status }) => status).toSorted((one, other) => one - other),
      [201, 409, 409, 409],
    );
    assert.equal(new Set(answers.map(({ headers }) => headers.location)).size, 1);
    const after = await counts();
    assert.deepEqual(
      [after.messages, after.pending, after.objects],
      [before.messages + 1, before.pending, before.objects + 1],
    );
  });
});

describe('a process that dies', () => {
  /** Sends a message whose process stands still for ever at a place, which is all that anybody sees of its death. */
  async function die(place: Failpoint, key: string): Promise<void> {
    armFailpoints(`${place}=hang`);
    const token = await scene.service.clientToken('city', 'ebox:publish');
    const gone = new AbortController();
    const headers = { authorization: `Bearer ${token}`, 'content-type': FORM_TYPE, 'idempotency-key': key };
    const call = fetch(`${scene.service.url}${PUBLISH_3}`, {
      method: 'POST',
      headers,
      body: formOf(LETTER),
      signal: gone.signal,
    }).catch(() => undefined);
    await until(
      () => Promise.resolve(reached(place)),
      (count) => count === 1,
    );
    gone.abort();
    await call;
    disarmFailpoints();
  }

  for (const place of ['publish.named', 'publish.stored'] as const) {
    it(`at ${place} leaves a key with which the message is published, once, and no orphan`, async () => {
      const before = await counts();
      const key = newKey();
      await die(place, key);
      assert.equal((await counts()).messages, before.messages);
      assert.equal((await publish(key)).status, 201);
      assert.equal(await sweepObjects(scene.service.service.composition.services, 0), 1);
      const after = await counts();
      assert.deepEqual(after, { messages: before.messages + 1, pending: 0, objects: before.objects + 1 });
    });
  }

  it('between effect and answer changes nothing: the resend is told where the message is', async () => {
    const before = await counts();
    const key = newKey();
    await die('publish.committed', key);
    const { status, headers } = await publish(key);
    assert.equal(status, 409);
    const path = new URL(headers.location ?? '').pathname;
    assert.equal((await scene.api.get(path, lena)).status, 200);
    const after = await counts();
    assert.deepEqual([after.messages, after.objects], [before.messages + 1, before.objects + 1]);
  });

  it('is not taken for one by whoever only takes long: its objects are not swept before their time', async () => {
    const { services } = scene.service.service.composition;
    const key = newKey();
    await die('publish.stored', key);
    assert.equal(await sweepObjects(services), 0);
    assert.equal(await sweepObjects(services, 0), 1);
  });
});

describe('a fault on the way', () => {
  it('leaves neither row nor object', async () => {
    const before = await counts();
    armFailpoints('publish.stored=throw');
    const { status } = await publish(newKey());
    assert.equal(status, 500);
    const after = await counts();
    assert.deepEqual(after, before);
  });
});

describe('the person is erased', () => {
  it('and nothing that a sender wrote is left to be read', async () => {
    const words = ['Vertrouwelijk', 'Kwitantie', 'Bijzonder'];
    const secret = letter3({
      recipient: { eboxType: 'citizen', ssin: demoSsin('lukasz') },
      subject: { nl: words[0] },
      bodyContent: { nl: words[2] },
    });
    const parts = [filePart('upfile1', { fileName: `${words[1]}.pdf` }), jsonPart(secret)];
    const { body } = await publish(newKey(), parts);
    await scene.client.settled();
    const { database } = scene.service;
    assert.deepEqual((await findPlain(database, [words[0] ?? ''])).sort(), [
      'message.search_text',
      'message.subject',
    ]);
    const { services } = scene.service.service.composition;
    const measure = { actor: { kind: 'service', id: 'operator/test' }, reason: 'asked for' } as const;
    const outcome = await requestErasure(services, demoSsin('lukasz') as Ssin, measure);
    assert.equal(outcome.kind, 'requested');
    await scene.client.settled();
    for (const word of words) assert.deepEqual(await findPlain(database, [word]), []);
    const rows = await database.query('select 1 from message_content where message_id = $1', [
      body.messageId,
    ]);
    assert.deepEqual(rows, []);
    const lukasz = await scene.service.personToken('lukasz');
    assert.equal((await scene.api.get(`${INBOX}/${body.messageId}`, lukasz)).status, 404);
    assert.equal((await publish(newKey(), parts)).status, 400);
  });
});
