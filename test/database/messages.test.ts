import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import type { Connection } from '../../src/database/database.ts';
import {
  countMessages,
  findInboxMessage,
  listMessages,
  type MessageFilter,
} from '../../src/database/inbox.ts';
import { insertReceipt, listSentMessages } from '../../src/database/messages.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { enterprise } from '../support/grounds.ts';
import { type Citizen, newAttestation, newMessage, newPerson } from '../support/register.ts';

let test: TestDatabase;
let citizen: Citizen;
const ids = new Map<string, string>();

const run = <T>(work: (connection: Connection) => Promise<T>): Promise<T> => test.database.transaction(work);

/** Publishes a message under a name of the test. */
async function publish(
  connection: Connection,
  name: string,
  changes: Parameters<typeof newMessage>[2],
  to = citizen,
): Promise<void> {
  const attestation = await newAttestation(connection, to, { caseId: name });
  ids.set(name, (await newMessage(connection, attestation, changes)).messageId);
}

function namesOf(rows: readonly { readonly messageId: string }[]): (string | undefined)[] {
  return rows.map(({ messageId }) => [...ids].find(([, id]) => id === messageId)?.[0]);
}

const own = () => ({ kind: 'ownData' as const, personId: citizen.personId });

async function list(filter: MessageFilter, page = { size: 100, offset: 0 }) {
  return namesOf(await run((connection) => listMessages(connection, own(), filter, page)));
}

before(async () => {
  test = await createTestDatabase();
  await run(async (connection) => {
    citizen = await newPerson(connection);
    const expiresAt = new Date('2099-07-01T10:00:00Z');
    // Brussels is one hour ahead of UTC in winter, two in summer.
    await publish(connection, 'winter, before midnight', {
      receivedAt: new Date('2026-01-09T22:59:59.999Z'),
      expiresAt,
    });
    await publish(connection, 'winter, midnight', {
      receivedAt: new Date('2026-01-09T23:00:00Z'),
      expiresAt,
    });
    await publish(connection, 'winter, end of day', {
      receivedAt: new Date('2026-01-10T22:59:59.999Z'),
      expiresAt,
    });
    await publish(connection, 'winter, next day', {
      receivedAt: new Date('2026-01-10T23:00:00Z'),
      expiresAt,
    });
    await publish(connection, 'summer, midnight', {
      receivedAt: new Date('2026-07-09T22:00:00Z'),
      expiresAt: new Date('2099-07-09T22:00:00Z'),
      messageTypeId: 'other',
      senderOrganizationId: '1900078956',
      senderApplicationId: 'other',
    });
    const expired = {
      receivedAt: new Date('2020-01-01T00:00:00Z'),
      expiresAt: new Date('2021-01-01T00:00:00Z'),
    };
    await publish(connection, 'expired', expired);
    await publish(connection, 'of another', { expiresAt }, await newPerson(connection));
  });
});
after(() => test.drop());

describe('listMessages', () => {
  it('reads a page of a large eBox and no more', async () => {
    const { personId } = await run((connection) => newPerson(connection));
    await test.query(
      `insert into message (message_id, person_id, message_type_id, sender_organization_id, sender_application_id, subject,
         language, received_at, expires_at, idempotency_key)
       select gen_random_uuid(), $1, 'letter', '1900080144', 'letters', 'Brief', 'nl', now() - make_interval(mins => n),
         now() + interval '1 year', 'n' || n from generate_series(1, 3000) n`,
      [personId],
    );
    await test.query('analyze message');
    const asked: [string, readonly unknown[] | undefined][] = [];
    // Takes note of the statement in place of a connection.
    const note = {
      query: (text: string, values?: readonly unknown[]) => {
        asked.push([text, values]);
        return Promise.resolve([]);
      },
    } as unknown as Connection;
    await listMessages(note, { kind: 'ownData', personId }, {}, { size: 25, offset: 0 });
    const [[text, values] = ['']] = asked;
    const plan = await run((connection) =>
      connection.query<{ 'QUERY PLAN': string }>(`explain (analyze, costs off) ${text}`, values),
    );
    const lines = plan.map((row) => row['QUERY PLAN']);
    const [, rows] = /rows=(\d+)/.exec(lines.find((line) => line.includes(' on message')) ?? '') ?? [];
    assert.ok(Number(rows) > 0 && Number(rows) <= 26, lines.join('\n'));
  });

  const all = [
    'summer, midnight',
    'winter, next day',
    'winter, end of day',
    'winter, midnight',
    'winter, before midnight',
  ];

  it('gives what is the person’s own and not expired, newest first', async () =>
    assert.deepEqual(await list({}), all));

  it('gives a page', async () => {
    assert.deepEqual(await list({}, { size: 2, offset: 1 }), all.slice(1, 3));
    assert.deepEqual(await list({}, { size: 2, offset: 5 }), []);
  });

  const filters: readonly (readonly [MessageFilter, readonly string[]])[] = [
    [{ receivedBefore: '2026-01-10' }, all.slice(4)],
    [{ receivedBefore: '2026-01-11' }, all.slice(2)],
    [{ receivedAfter: '2026-01-09' }, all.slice(0, 4)],
    [{ receivedAfter: '2026-01-10' }, all.slice(0, 2)],
    [{ receivedAfter: '2026-01-09', receivedBefore: '2026-01-11' }, all.slice(2, 4)],
    [{ receivedBefore: '2026-07-10' }, all.slice(1)],
    [{ receivedAfter: '2026-07-09' }, all.slice(0, 1)],
    [{ expiredBefore: '2099-07-10' }, all.slice(1)],
    [{ expiredAfter: '2099-07-09' }, all.slice(0, 1)],
    [{ expiredBefore: '2099-07-01' }, []],
    [{ messageTypeId: 'other' }, all.slice(0, 1)],
    [{ senderOrganizationId: '1900078956' }, all.slice(0, 1)],
    [{ senderApplicationId: 'attestations' }, all.slice(1)],
    [{ senderApplicationId: 'none' }, []],
  ];
  for (const [filter, expected] of filters) {
    it(`counts days as Brussels does: ${JSON.stringify(filter)}`, async () => {
      assert.deepEqual(await list(filter), expected);
      const { total } = await run((connection) => countMessages(connection, own(), filter));
      assert.equal(total, expected.length);
    });
  }

  it('tells read from unread, and hidden from visible', async () => {
    const messageId = ids.get('winter, midnight') ?? '';
    await run(async (connection) => {
      const receipt = { eventId: randomUUID(), messageId, kind: 'read' as const, eventTime: new Date() };
      await insertReceipt(connection, receipt);
      await connection.query('update message set is_visible = false where message_id = $1', [messageId]);
    });
    assert.deepEqual(await list({ readStatus: true }), ['winter, midnight']);
    assert.deepEqual(await list({ visible: false }), ['winter, midnight']);
    assert.equal((await list({ readStatus: false })).length, 4);
    assert.equal((await list({ visible: true })).length, 4);
    const counts = await run((connection) => countMessages(connection, own(), {}));
    assert.deepEqual(counts, { total: 5, unread: 4 });
  });
});

describe('findInboxMessage', () => {
  const find = (name: string, personId: string) =>
    run((connection) => findInboxMessage(connection, { kind: 'ownData', personId }, ids.get(name) ?? ''));

  it('finds a message of the person', async () =>
    assert.equal((await find('summer, midnight', citizen.personId))?.messageId, ids.get('summer, midnight')));

  it('finds none of another person, none that expired, and none for nobody', async () => {
    assert.equal(await find('of another', citizen.personId), undefined);
    assert.equal(await find('expired', citizen.personId), undefined);
    assert.equal(await find('summer, midnight', randomUUID()), undefined);
  });
});

describe('listSentMessages', () => {
  it('gives those of the sender only, also expired ones', async () => {
    const messageIds = [...ids.values(), randomUUID()];
    const sender = { kind: 'sender', organization: enterprise('1912345694') } as const;
    const rows = await run((connection) => listSentMessages(connection, sender, messageIds));
    assert.equal(rows.length, 6);
    assert.ok(!namesOf(rows).includes('summer, midnight'));
  });
});
