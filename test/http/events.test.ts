/** What a sender is told, over HTTP: the feed, webhooks, the evidence of a message, and what it reports itself. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { verifyFile } from '../../src/cli/evidence-file.ts';
import { readAttachedFile } from '../../src/verify/attached-file.ts';
import { readHeadKeys } from '../../src/verify/head.ts';
import { readEvidence, verifyEvidenceFile } from '../../src/verify/message-evidence.ts';
import { verifySeal } from '../../src/verify/seal.ts';
import { until } from '../support/client.ts';
import { projectRoot } from '../support/needs.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { demoSsin } from '../support/service.ts';
import { contentPath, INBOX, type Scene, startScene } from './scene.ts';

const FEED = '/events/v1/events';
const SUBSCRIPTIONS = '/events/v1/subscriptions';
const RECEIPTS = '/receipts/v1/receipts';

let scene: Scene;
let receiver: Receiver;
let lena: string;
let sender: string;
let messageId: string;

before(async () => {
  receiver = await startReceiver();
  scene = await startScene({
    EVIDENCE_HEAD_SECONDS: '0',
    WEBHOOK_ORIGINS: `${receiver.origin},https://events.sender.example`,
    WEBHOOK_ADDRESSES: 'any',
    FEDERATION_EVENTS: 'on',
  });
  lena = await scene.service.personToken('lena');
  sender = await scene.service.clientToken('issuer', 'ebox:publish events:subscribe');
});
after(async () => {
  await scene.stop();
  await receiver.stop();
});

const post = (path: string, body?: unknown) => scene.api.call('post', path, { token: sender, body });

async function subscribe(wish: object) {
  const { status, body } = await post(SUBSCRIPTIONS, wish);
  assert.equal(status, 201);
  return body as { subscriptionId: string; secret: string };
}

const eventsAt = (path: string) =>
  receiver.received
    .filter((one) => one.path === path)
    .map((one) => ({ ...one, event: JSON.parse(one.body) }));

describe('a webhook', () => {
  it('is called for each receipt of a message, signed, and names no citizen', async () => {
    const { secret } = await subscribe({ url: `${receiver.origin}/all` });
    await scene.declareDays('lena', ['2020-09-01']);
    const { body } = await scene.api.get(INBOX, lena);
    const [message] = body.items;
    messageId = message.messageId;
    await scene.api.get(contentPath(message), lena);
    const events = await until(
      async () => eventsAt('/all'),
      ({ length }) => length >= 3,
    );
    const kinds = new Set(events.map(({ event }) => event.data.kind));
    assert.deepEqual(kinds, new Set(['notified', 'published', 'read']));
    for (const { headers, body, event } of events) {
      assert.equal(headers['content-type'], 'application/cloudevents+json');
      assert.equal(event.specversion, '1.0');
      assert.equal(event.subject, messageId);
      assert.equal(event.type, `be.citizen-ebox.message.${event.data.kind}`);
      const signed = [headers['webhook-id'], headers['webhook-timestamp'], body].join('.');
      const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
      const hmac = createHmac('sha256', key).update(signed).digest('base64');
      assert.equal(headers['webhook-signature'], `v1,${hmac}`);
      assert.ok(!body.includes(demoSsin('lena')) && !/Vermeulen|lena@/i.test(body), body);
    }
  });

  it('is tried again under the same id, and the log of deliveries says so', async () => {
    const { subscriptionId } = await subscribe({ url: `${receiver.origin}/twice`, kinds: ['published'] });
    const before = eventsAt('/all').length;
    // The receiver is the same for both subscriptions: whoever comes first gets the 500.
    await scene.service.database.query('update subscription set ended_at = now() where url like $1', [
      '%/all',
    ]);
    receiver.answerWith(500);
    await scene.declareDays('lena', ['2020-10-01']);
    const tries = await until(
      async () => eventsAt('/twice'),
      ({ length }) => length >= 2,
    );
    assert.equal(new Set(tries.map(({ headers }) => headers['webhook-id'])).size, 1);
    assert.equal(eventsAt('/all').length, before);
    const path = `${SUBSCRIPTIONS}/${subscriptionId}/deliveries`;
    const { body } = await until(
      () => scene.api.get(path, sender),
      ({ body: log }) => log.items[0]?.state === 'delivered',
    );
    const [delivery] = body.items;
    assert.deepEqual(
      delivery.tries.map(({ outcome, status }: { outcome: string; status: number }) => [outcome, status]),
      [
        ['unreachable', 500],
        ['delivered', 204],
      ],
    );
    assert.equal(delivery.deliveryId, tries[0]?.headers['webhook-id']);
    const again = await post(`${path}/${delivery.deliveryId}/repetition`);
    assert.equal(again.status, 202);
    const all = await until(
      async () => eventsAt('/twice'),
      ({ length }) => length >= 3,
    );
    assert.equal(all[2]?.headers['webhook-id'], delivery.deliveryId);
  });

  it('does not follow a redirect, and its failure delays no other event', async () => {
    const { subscriptionId } = await subscribe({ url: `${receiver.origin}/moved`, kinds: ['read'] });
    const { body } = await scene.api.get(INBOX, lena);
    receiver.answerWith(302);
    await scene.api.get(contentPath(body.items[0]), lena);
    const path = `${SUBSCRIPTIONS}/${subscriptionId}/deliveries?state=waiting`;
    const log = await until(
      () => scene.api.get(path, sender),
      ({ body: found }) => found.items[0]?.tries.length === 1,
    );
    assert.deepEqual(
      [log.body.items[0].tries[0].outcome, log.body.items[0].tries[0].reason],
      ['refused', 'redirect'],
    );
    assert.deepEqual(eventsAt('/elsewhere'), []);
    assert.equal(
      (await scene.api.call('delete', `${SUBSCRIPTIONS}/${subscriptionId}`, { token: sender })).status,
      204,
    );
    assert.equal((await scene.api.get(path, sender)).body.items.length, 0);
  });

  it('tells the federation in its own format, with the citizen’s number', async () => {
    await subscribe({ url: `${receiver.origin}/federation`, format: 'federation' });
    receiver.answerWith(409);
    await scene.declareDays('lena', ['2020-11-02']);
    const [told] = await until(
      async () => eventsAt('/federation'),
      ({ length }) => length > 0,
    );
    const [event] = told?.event ?? [];
    assert.deepEqual(
      [event.eventType, event.ssin, event.registeredMail],
      ['newDocument', demoSsin('lena'), false],
    );
  });

  it('may be at allowed origins only, over https', async () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      ['https://elsewhere.example/hook', /origin that the institution does not allow/],
      ['http://events.sender.example/hook', /does not use https/],
      ['https://user:secret@events.sender.example/', /user name or password/],
      ['no address', /is no address/],
    ];
    for (const [url, detail] of cases) {
      const { status, body } = await post(SUBSCRIPTIONS, { url });
      assert.equal(status, 400, url);
      assert.deepEqual([body.issues[0].in, body.issues[0].name], ['body', 'url']);
      assert.match(body.issues[0].detail, detail);
    }
  });
});

describe('the feed', () => {
  it('gives the same again from any place, one after the other', async () => {
    const whole = await until(
      () => scene.api.get(`${FEED}?pageSize=1000`, sender),
      ({ body }) => body.items.length >= 5,
    );
    const ids = whole.body.items.map(({ id }: { id: string }) => id);
    const seen: string[] = [];
    let cursor = '0';
    for (;;) {
      const { body } = await scene.api.get(`${FEED}?after=${cursor}&pageSize=2`, sender);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.cursor;
      if (!body.isMore) break;
    }
    assert.deepEqual(seen.slice(0, ids.length), ids);
    assert.equal(new Set(seen).size, seen.length);
    const rest = await scene.api.get(`${FEED}?after=${cursor}`, sender);
    assert.equal(rest.body.cursor, cursor);
    assert.equal((await scene.api.get(`${FEED}?after=x`, sender)).status, 400);
  });
});

describe('the evidence of a message', () => {
  it('is the same for citizen and sender, and holds against public keys alone', async () => {
    const get = (path: string, token: string) =>
      until(
        () => scene.api.get(`${path}/${messageId}/evidence`, token),
        ({ status, body }) => status === 200 && body.statement.receipts.length === 3,
      );
    const own = (await get('/myData/v1/messages', lena)).body;
    const sent = (await get('/receipts/v1/messages', sender)).body;
    assert.deepEqual([own.statement, own.proofs], [sent.statement, sent.proofs]);
    assert.equal(own.statement.state, 'read');
    const { evidenceKey } = scene.service.service.composition.services;
    const keys = readHeadKeys(JSON.stringify(evidenceKey.publicKey));
    for (const one of [own, sent]) {
      const file = readEvidence(JSON.stringify(one)) ?? assert.fail();
      const verdict = verifyEvidenceFile(file, keys);
      assert.ok(verdict.isProved, JSON.stringify(verdict));
      assert.equal(verdict.state, 'read');
    }
    assert.equal(
      (
        await scene.api.get(
          `/myData/v1/messages/${messageId}/evidence`,
          await scene.service.personToken('amelie'),
        )
      ).status,
      404,
    );
  });

  it('comes as a sealed PDF with the evidence attached, of which no byte may change', async () => {
    const path = `/receipts/v1/messages/${messageId}/evidence/content`;
    const { status, headers, bytes } = await scene.api.get(path, sender);
    assert.deepEqual([status, headers['content-type']], [200, 'application/pdf']);
    const trust = { ...scene.service.service.composition.services.sealTrust, at: new Date() };
    assert.equal(verifySeal(bytes, trust).indication, 'TOTAL_PASSED');
    const asked = await scene.api.call('post', '/verifications/v1/verifications', {
      type: 'application/pdf',
      body: bytes,
    });
    assert.equal(asked.body.conclusion.verdict, 'messageEvidence');
    const { statement } = readEvidence(readAttachedFile(bytes) ?? '') ?? assert.fail();
    const { body } = await scene.api.get(`/receipts/v1/messages/${messageId}/evidence`, sender);
    assert.deepEqual(statement, body.statement);
    for (let part = 1; part < 40; part += 1) {
      const changed = Buffer.from(bytes);
      const at = Math.floor((bytes.length * part) / 40);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      assert.notEqual(verifySeal(changed, trust).indication, 'TOTAL_PASSED', `byte ${at}`);
    }
  });

  it('is checked by `ebox evidence verify <file>`, and refused when it was changed', async () => {
    const { dataDir } = scene.service;
    const path = `/receipts/v1/messages/${messageId}/evidence`;
    const pdf = (await scene.api.get(`${path}/content`, sender)).bytes;
    const json = (await scene.api.get(path, sender)).bytes.toString('utf8');
    const place = (name: string, content: string | Buffer) => {
      const file = join(dataDir, name);
      writeFileSync(file, content);
      return file;
    };
    const key = scene.service.service.composition.services.evidenceKey.publicKey;
    const certificate = (name: string) => readFileSync(join(dataDir, 'pki', `${name}.crt`), 'utf8');
    const trust = {
      keys: place('keys.json', JSON.stringify(key)),
      sealTrust: place('seal.pem', certificate('root') + certificate('issuing')),
      tsaTrust: join(dataDir, 'pki', 'root.crt'),
    };
    const changed = Buffer.from(pdf);
    changed.writeUInt8(changed.readUInt8(pdf.length >> 1) ^ 1, pdf.length >> 1);
    const files: readonly (readonly [string, string | Buffer, number])[] = [
      ['whole.pdf', pdf, 0],
      ['whole.json', json, 0],
      ['changed.json', json.replace('"state":"read"', '"state":"neverRead"'), 1],
      ['changed.pdf', changed, 1],
      ['longer.pdf', Buffer.concat([pdf, Buffer.from(' ')]), 1],
      ['nothing.json', '{}', 2],
    ];
    for (const [name, content, status] of files)
      assert.equal(await verifyFile(place(name, content), { ...trust, json: false }), status, name);
    // Who names keys of another service has to name its certificates too.
    const { keys } = trust;
    assert.equal(await verifyFile(join(dataDir, 'whole.pdf'), { keys, json: false }), 1);
    const args = ['--import', 'tsx', join(projectRoot, 'src', 'cli.ts'), 'evidence', 'verify'];
    const env = { PATH: process.env.PATH, NODE_ENV: 'test', DATA_DIR: dataDir };
    const options = { cwd: projectRoot, env };
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...args, join(dataDir, 'whole.pdf')],
      options,
    );
    assert.match(stdout, /State +read\nVerdict +every receipt is in the log, unchanged/);
  });
});

describe('a receipt that a sender reports', () => {
  const reported = () => ({
    eventId: randomUUID(),
    messageId,
    kind: 'printed',
    eventTime: new Date().toISOString(),
  });
  const securityLines = (from: number) =>
    scene.service.logLines
      .slice(from)
      .map((line) => JSON.parse(line))
      .filter(({ logger }) => logger === 'security')
      .map(({ defect, status, operation }) => [operation, status, defect]);
  const receipts = () =>
    scene.service.database.query('select event_id, kind, event_time from receipt order by event_id');

  it('changes nothing when it is forged, replayed, reordered, early or future-dated, and leaves one line', async () => {
    const { body } = await scene.api.get(INBOX, lena);
    const unread = body.items.find(({ readStatus }: { readStatus: boolean }) => !readStatus);
    const at = (ms: number) => new Date(Date.now() + ms).toISOString();
    const [row] = await scene.service.database.query<{ at: Date }>(
      'select received_at as at from message where message_id = $1',
      [unread.messageId],
    );
    const justAfter = new Date((row?.at.getTime() ?? 0) + 1).toISOString();
    const first = { ...reported(), messageId: unread.messageId, kind: 'notified' };
    assert.equal((await post(RECEIPTS, first)).status, 201);
    const cases: readonly (readonly [string, object, number, string | undefined])[] = [
      ['replayed', first, 200, 'replayed'],
      ['forged: altered', { ...first, kind: 'printed' }, 409, 'forged'],
      ['forged: of another message', { ...first, messageId }, 409, 'forged'],
      ['forged: unknown message', { ...reported(), messageId: randomUUID() }, 404, undefined],
      [
        'early',
        { ...reported(), messageId: unread.messageId, eventTime: '2019-01-01T00:00:00Z' },
        400,
        'early',
      ],
      ['future', { ...reported(), messageId: unread.messageId, eventTime: at(3_600_000) }, 400, 'future'],
      ['reordered', { ...reported(), messageId: unread.messageId, eventTime: justAfter }, 409, 'outOfOrder'],
      ['after it was read', reported(), 409, 'outOfOrder'],
    ];
    const before = await receipts();
    for (const [name, body_, status, defect] of cases) {
      const from = scene.service.logLines.length;
      const answer = await post(RECEIPTS, body_);
      assert.equal(answer.status, status, `${name}: ${JSON.stringify(answer.body)}`);
      assert.deepEqual(securityLines(from), [['reportReceipt', status, defect]], name);
    }
    assert.deepEqual(await receipts(), before);
  });
});
