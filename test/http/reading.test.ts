/** What makes a message read, and what does not: the heart of the receipts. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { freePort } from '../../src/embedded/ports.ts';
import { type S3Server, startS3 } from '../../src/embedded/s3/server.ts';
import { until } from '../support/client.ts';
import type { Answer, Api } from './api.ts';
import type { Message } from './inbox.ts';
import { contentPath, INBOX, type Scene, startScene } from './scene.ts';

const ACCESS = { accessKeyId: 'reader', secretAccessKey: 'not-a-secret' };

let folder: string;
let s3: S3Server;
let scene: Scene;
let api: Api;
let lena: string;
/** Four unread messages. */
let messages: readonly Message[];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'reading-'));
  s3 = await startS3({ folder, port: await freePort(), ...ACCESS });
  scene = await startScene({
    S3_ENDPOINT: s3.endpoint,
    S3_ACCESS_KEY_ID: ACCESS.accessKeyId,
    S3_SECRET_ACCESS_KEY: ACCESS.secretAccessKey,
  });
  api = scene.api;
  lena = await scene.service.personToken('lena');
  await scene.declareDays('lena', ['2020-09-01', '2020-10-01', '2020-11-02', '2020-12-01']);
  messages = (await api.get(INBOX, lena)).body.items;
  assert.equal(messages.length, 4);
});
after(async () => {
  await scene.service.stop();
  await s3.stop();
  rmSync(folder, { recursive: true });
});

function message(place: number): Message {
  const found = messages[place];
  assert.ok(found);
  return found;
}

function open(one: Message, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return api.get(contentPath(one), lena, headers);
}

/** When a message was read, as the message, its receipts and the API say, which must agree. */
async function readingsOf({ messageId }: Message): Promise<readonly Date[]> {
  const rows = await scene.service.database.query<{ at: Date; readAt: Date | null }>(
    `select event_time as at, read_at as "readAt" from receipt join message using (message_id)
     where message_id = $1 and kind = 'read'`,
    [messageId],
  );
  const [{ readAt } = { readAt: null }] = await scene.service.database.query<{ readAt: Date | null }>(
    'select read_at as "readAt" from message where message_id = $1',
    [messageId],
  );
  assert.deepEqual(readAt, rows[0]?.at ?? null);
  const { body } = await api.get(`${INBOX}/${messageId}`, lena);
  assert.equal(body.readStatus, rows.length > 0);
  return rows.map(({ at }) => at);
}

/** What the evidence log holds of a message, beside the looks of `readingsOf`. */
async function countReads({ messageId }: Message): Promise<number> {
  const [row] = await scene.service.database.query<{ count: number }>(
    `select count(*)::int from audit_entry where object = $1 and action = 'message.read' and ground = 'ownData'`,
    [messageId],
  );
  return row?.count ?? 0;
}

describe('a message stays unread', () => {
  it('when it is listed, looked at, or its attachments are', async () => {
    const one = message(0);
    const attachments = `${INBOX}/${one.messageId}/attachments`;
    for (const path of [
      '/ebox/citizen/v2/ebox',
      INBOX,
      `${INBOX}?readStatus=false`,
      `${INBOX}/${one.messageId}`,
      attachments,
      `${attachments}/${one.attachments.items[0]?.attachmentId}`,
    ])
      assert.equal((await api.get(path, lena)).status, 200);
    assert.deepEqual(await readingsOf(one), []);
  });

  it('when its content is asked about with HEAD, which says how long it is', async () => {
    const one = message(0);
    for (const headers of [{}, { Range: 'bytes=0-99' }]) {
      const head = await api.call('head', contentPath(one), { token: lena, headers });
      assert.equal(head.status, 200);
      assert.equal(
        Math.round(Number(head.headers['content-length']) / 102.4) / 10,
        one.attachments.items[0]?.size,
      );
      assert.equal(head.headers['content-type'], 'application/pdf');
      assert.equal(head.headers['accept-ranges'], 'bytes');
    }
    assert.deepEqual(await readingsOf(one), []);
    assert.equal(await countReads(one), 0);
  });

  it('when a later part of its content is fetched', async () => {
    const one = message(0);
    for (const range of ['bytes=1-', 'bytes=1-1', 'bytes=500-999']) {
      const part = await open(one, { Range: range });
      assert.equal(part.status, 206);
      assert.match(part.headers['content-range'] ?? '', /^bytes (1|500)-\d+\/\d{4,}$/);
    }
    assert.deepEqual(await readingsOf(one), []);
    assert.equal(await countReads(one), 3);
  });

  it('when a part behind its end is asked for', async () => {
    const one = message(0);
    const before = await countReads(one);
    const answer = await open(one, { Range: 'bytes=99999999-' });
    assert.deepEqual([answer.status, answer.body.code], [416, 'RANGE_NOT_SATISFIABLE']);
    assert.match(answer.headers['content-range'] ?? '', /^bytes \*\/\d{4,}$/);
    assert.deepEqual(await readingsOf(one), []);
    assert.equal(await countReads(one), before);
  });

  it('when another attachment than the main content is opened', async () => {
    const one = message(1);
    const [row] = await scene.service.database.query<{ id: string }>(
      `insert into attachment (attachment_id, message_id, position, is_main_content, is_signed, file_name, media_type, bytes, sha256)
       select gen_random_uuid(), message_id, 2, false, false, 'annex.pdf', media_type, bytes, sha256 from attachment
       where message_id = $1 returning attachment_id as id`,
      [one.messageId],
    );
    const annex = `${INBOX}/${one.messageId}/attachments/${row?.id}/content`;
    assert.equal((await api.get(annex, lena)).status, 200);
    assert.deepEqual(await readingsOf(one), []);
  });

  it('when the archive does not answer: 503, and nothing is handed over', async () => {
    const one = message(0);
    const before = await countReads(one);
    await s3.stop();
    const answer = await open(one);
    const health = await api.get('/health');
    s3 = await startS3({ folder, port: s3.port, ...ACCESS });
    assert.deepEqual([answer.status, answer.body.code], [503, 'SERVICE_UNAVAILABLE']);
    assert.deepEqual([health.status, health.body.status], [200, 'DEGRADED']);
    assert.deepEqual(await readingsOf(one), []);
    assert.equal(await countReads(one), before);
  });

  it('when the reading cannot be written down: nothing is handed over', async () => {
    const one = message(0);
    await scene.service.database.query('alter table receipt rename to receipt_gone');
    const answer = await open(one);
    await scene.service.database.query('alter table receipt_gone rename to receipt');
    assert.equal(answer.status, 500);
    assert.deepEqual(await readingsOf(one), []);
  });
});

describe('a message becomes read', () => {
  it('when its main content is opened: before the first byte leaves', async () => {
    const one = message(0);
    let isAnswered = false;
    let opened: Promise<Answer> | undefined;
    await scene.service.database.database.transaction(async (connection) => {
      await connection.query('lock table receipt in share mode');
      opened = open(one).finally(() => {
        isAnswered = true;
      });
      await until(
        () =>
          scene.service.database.query<{ waits: boolean }>(
            `select exists (select from pg_locks join pg_database on oid = database where datname = current_database()
               and not granted and relation = 'receipt'::regclass) as waits`,
          ),
        ([row]) => row?.waits === true,
      );
      assert.ok(!isAnswered, 'it was handed over before the receipt was committed');
    });
    const answer = await opened;
    assert.equal(answer?.status, 200);
    assert.equal((await readingsOf(one)).length, 1);
  });

  it('once, however many open it at the same time', async () => {
    const one = message(1);
    const answers = await Promise.all(Array.from({ length: 10 }, () => open(one)));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    assert.equal(new Set(answers.map(({ bytes }) => bytes.toString('base64'))).size, 1);
    const first = await readingsOf(one);
    assert.equal(first.length, 1);
    await open(one);
    assert.deepEqual(await readingsOf(one), first);
    assert.equal(await countReads(one), 12);
  });

  it('when the part asked for begins at the first byte', async () => {
    const one = message(2);
    const part = await open(one, { Range: 'bytes=0-0' });
    assert.deepEqual([part.status, part.bytes.toString('latin1')], [206, '%']);
    assert.equal((await readingsOf(one)).length, 1);
  });

  it('when the whole is the answer to a range that makes no sense', async () => {
    const one = message(3);
    const whole = await open(one, { Range: 'bytes=9-3' });
    assert.equal(whole.status, 200);
    assert.equal((await readingsOf(one)).length, 1);
  });
});

describe('the content', () => {
  it('is what the attachment says it is', async () => {
    const one = message(0);
    const [attachment] = one.attachments.items;
    const { bytes, headers } = await open(one);
    assert.equal(createHash('sha256').update(bytes).digest('base64url'), attachment?.digest.digestValue);
    assert.equal(headers['content-length'], String(bytes.length));
    assert.equal(
      headers['content-disposition'],
      `inline; filename="${attachment?.fileName}"; filename*=UTF-8''${attachment?.fileName}`,
    );
    assert.equal((await scene.client.verify(bytes)).status, 'valid');
  });

  it('is the same in parts', async () => {
    const { bytes } = await open(message(0));
    const parts = await Promise.all(
      ['bytes=0-999', 'bytes=1000-1999', 'bytes=2000-'].map(
        async (range) => (await open(message(0), { Range: range })).bytes,
      ),
    );
    assert.deepEqual(Buffer.concat(parts), bytes);
  });
});
