/** What a citizen sees of an eBox, and what others do not. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Answer } from './api.ts';
import { fillInbox, type Message, OTHER_SENDER } from './inbox.ts';
import { contentPath, INBOX, type Scene, startScene } from './scene.ts';

const UNKNOWN = '01935b1e-7c00-7000-8000-000000000001';

let scene: Scene;
let lena: string;
let amelie: string;
/** Lena's messages, newest first. */
let messages: readonly Message[];

before(async () => {
  scene = await startScene();
  lena = await scene.service.personToken('lena');
  amelie = await scene.service.personToken('amelie');
  messages = await fillInbox(scene);
  await scene.declareDays('amelie', ['2020-09-01']);
});
after(() => scene.stop());

function query<Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
  return scene.service.database.query<Row>(text, values);
}

async function list(
  filter = '',
): Promise<{ readonly items: readonly Message[]; readonly totalItems: number }> {
  const { status, body } = await scene.api.get(`${INBOX}${filter}`, lena);
  assert.equal(status, 200);
  return body;
}

/** Which of Lena's messages a filter lets through, by their place in the whole list. */
async function placesOf(filter: string): Promise<readonly number[]> {
  const { items, totalItems } = await list(filter);
  assert.equal(totalItems, items.length);
  return items.map(({ messageId }) => messages.findIndex((one) => one.messageId === messageId));
}

describe('the list of messages', () => {
  it('begins with the newest', () => {
    const dates = messages.map(({ receiptDate }) => Date.parse(receiptDate));
    assert.equal(messages.length, 5);
    assert.deepEqual(
      dates,
      dates.toSorted((one, other) => other - one),
    );
  });

  it('says which message took the place of which', () => {
    assert.equal(messages[0]?.originalMessageId, messages[3]?.messageId);
    assert.deepEqual(
      messages
        .filter(({ originalMessageId }) => originalMessageId !== undefined)
        .map((one) => messages.indexOf(one)),
      [0],
    );
  });

  it('comes in pages', async () => {
    const pages = await Promise.all([1, 2, 3, 4].map((page) => list(`?pageSize=2&page=${page}`)));
    assert.deepEqual(
      pages.map(({ items }) => items.map(({ messageId }) => messageId)),
      [messages.slice(0, 2), messages.slice(2, 4), messages.slice(4), []].map((page) =>
        page.map(({ messageId }) => messageId),
      ),
    );
    assert.ok(pages.every(({ totalItems }) => totalItems === 5));
  });

  it('is empty, not absent, for who has nothing', async () => {
    const lukasz = await scene.service.personToken('lukasz');
    assert.deepEqual((await scene.api.get(INBOX, lukasz)).body, { items: [], totalItems: 0 });
    const { body } = await scene.api.get('/ebox/citizen/v2/ebox', lukasz);
    assert.deepEqual(body, { numberOfMessages: 0, numberOfUnreadMessages: 0, eboxSize: 0 });
  });

  it('is counted in the summary', async () => {
    const { body } = await scene.api.get('/ebox/citizen/v2/ebox', lena);
    assert.deepEqual(body, {
      numberOfMessages: 5,
      numberOfUnreadMessages: 4,
      lastReceiptDate: messages[0]?.receiptDate,
      eboxSize: body.eboxSize,
    });
    const sizes = messages.flatMap(({ attachments }) => attachments.items.map(({ size }) => size));
    const sum = sizes.reduce((one, other) => one + other, 0);
    assert.ok(Math.abs(body.eboxSize - sum) < 0.1 * sizes.length, `${body.eboxSize} ${sum}`);
  });
});

describe('each filter', () => {
  it('lets through what it names', async () => {
    const type = 'quarantine-declaration-attestation';
    const filters: Readonly<Record<string, readonly number[]>> = {
      '?readStatus=true': [4],
      '?readStatus=false': [0, 1, 2, 3],
      '?visible=false': [4],
      '?visible=true': [0, 1, 2, 3],
      '?registeredMail=true': [],
      '?registeredMail=false': [0, 1, 2, 3, 4],
      [`?messageTypeId=${type}`]: [0, 1, 2, 3],
      '?messageTypeId=tax-letter': [4],
      '?messageTypeId=TAX-LETTER': [],
      [`?senderOrganizationId=${OTHER_SENDER}`]: [4],
      '?senderApplicationId=social-attestations': [0, 1, 2, 3],
      '?senderApplicationId=taxes&readStatus=false': [],
      '?receivedBefore=2019-07-01': [4],
      '?receivedBefore=2019-06-01': [],
      '?receivedAfter=2019-07-01': [0, 1, 2, 3],
      '?receivedAfter=2019-01-01&receivedBefore=2019-12-31': [4],
      '?expiredAfter=2036-01-01': [4],
      '?expiredBefore=2036-01-01': [0, 1, 2, 3],
    };
    for (const [filter, places] of Object.entries(filters))
      assert.deepEqual(await placesOf(filter), places, filter);
  });

  it('counts days as Brussels does, and the day itself as neither before nor after', async () => {
    const oldest = messages.at(-1)?.messageId;
    // The last minute of a day in Brussels, where it is summer time, and the first of the next one.
    const moments = { '2019-06-02': '2019-06-02 21:59Z', '2019-06-03': '2019-06-02 22:00Z' };
    for (const [day, moment] of Object.entries(moments)) {
      await query('update message set received_at = $1 where message_id = $2', [moment, oldest]);
      for (const other of ['2019-06-01', '2019-06-02', '2019-06-03', '2019-06-04']) {
        const before = await placesOf(`?senderApplicationId=taxes&receivedBefore=${other}`);
        const after = await placesOf(`?senderApplicationId=taxes&receivedAfter=${other}`);
        const expected = [day < other ? [4] : [], day > other ? [4] : []];
        assert.deepEqual([before, after], expected, `received ${moment}, compared with ${other}`);
      }
    }
  });

  it('of a text finds it in subject, file name, and what sender and type are called, whatever the accents', async () => {
    const filters: Readonly<Record<string, readonly number[]>> = {
      '?q=BRIEF&qlang=nl': [4],
      '?q=br%C3%AFef&qlang=nl': [4],
      '?q=brief&qlang=fr': [],
      '?q=QUA-&qlang=nl': [0, 1, 2, 3],
      // The type and the institution are called so in German, whatever the message is written in.
      '?q=quarantanemeldung&qlang=de': [0, 1, 2, 3],
      '?q=demonstrationsdienst&qlang=de': [0, 1, 2, 3],
      '?q=100%25&qlang=nl': [],
      '?q=_&qlang=nl': [],
      '?qlang=nl': [0, 1, 2, 3, 4],
    };
    for (const [filter, places] of Object.entries(filters))
      assert.deepEqual(await placesOf(filter), places, filter);
  });

  it('of a text needs the language that it is looked for in', async () => {
    for (const filter of ['?q=attest', '?q=attest&qlang=en', '?q=&qlang=nl']) {
      const { status, body } = await scene.api.get(`${INBOX}${filter}`, lena);
      assert.deepEqual([status, body.code], [400, 'INVALID_INPUT'], filter);
    }
  });
});

describe('a message of somebody else', () => {
  function withoutId({ status, body }: Answer): unknown {
    return { status, ...body, id: undefined };
  }

  it('is answered as one that does not exist', async () => {
    const [mine] = messages;
    assert.ok(mine);
    const [attachment] = mine.attachments.items;
    const parts = [
      '',
      '/attachments',
      `/attachments/${attachment?.attachmentId}`,
      `/attachments/${attachment?.attachmentId}/content`,
    ];
    for (const part of parts) {
      assert.equal((await scene.api.get(`${INBOX}/${mine.messageId}${part}`, lena)).status, 200);
      const foreign = await scene.api.get(`${INBOX}/${mine.messageId}${part}`, amelie);
      const unknown = await scene.api.get(`${INBOX}/${UNKNOWN}${part}`, amelie);
      assert.equal(foreign.status, 404);
      assert.deepEqual(withoutId(foreign), withoutId(unknown));
      assert.equal(
        (await scene.api.call('head', `${INBOX}/${mine.messageId}${part}`, { token: amelie })).status,
        404,
      );
    }
  });

  it('does not give away its attachment under a message of one’s own', async () => {
    const { body } = await scene.api.get(INBOX, amelie);
    const own = body.items[0].messageId;
    const foreign = messages[1]?.attachments.items[0]?.attachmentId;
    for (const part of [`/attachments/${foreign}`, `/attachments/${foreign}/content`])
      assert.equal((await scene.api.get(`${INBOX}/${own}${part}`, amelie)).status, 404);
  });

  it('was not read by any of this', async () => {
    const { items } = await list();
    assert.equal(items[1]?.readStatus, false);
  });
});

describe('a message that has expired', () => {
  it('is gone', async () => {
    const [, , third] = messages;
    assert.ok(third);
    await query(`update message set expires_at = now() - interval '1 second' where message_id = $1`, [
      third.messageId,
    ]);
    assert.equal((await scene.api.get(`${INBOX}/${third.messageId}`, lena)).status, 404);
    assert.equal((await scene.api.get(contentPath(third), lena)).status, 404);
    assert.equal((await list()).totalItems, 4);
  });
});
