/** What time alone does to unread messages, for many at once, and what the register refuses of receipts. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Catalogue } from '../../src/catalogue/catalogue.ts';
import { insertReceipt } from '../../src/database/messages.ts';
import type { AttestationType } from '../../src/domain/attestation-type.ts';
import { remindReaders } from '../../src/workflows/remind.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let test: TestDatabase;
let personId: string;

before(async () => {
  test = await createTestDatabase();
});
after(() => test.drop());
beforeEach(async () => {
  personId = randomUUID();
  await test.query('truncate reminder_clock');
  await test.query(
    `insert into person (person_id, ssin_ciphertext, key_version, family_name, given_name)
     values ($1, '\\x01', 1, 'Peeters', 'An')`,
    [personId],
  );
});

/** A message that arrived and expires so many days from now. */
async function addMessage(arrived: number, expires: number, type = 'letter'): Promise<string> {
  const messageId = randomUUID();
  await test.query(
    `insert into message (message_id, person_id, message_type_id, sender_organization_id, sender_application_id, subject,
       language, received_at, expires_at, idempotency_key)
     values ($1, $2, $5, '0206731645', 'app', 'Brief', 'nl', now() + make_interval(days => $3, mins => -1),
       now() + make_interval(days => $4, mins => -1), $6)`,
    [messageId, personId, arrived, expires, type, randomUUID()],
  );
  return messageId;
}

/** Of types of which one has days of its own; the workflow reads nothing else of a catalogue. */
const catalogue = {
  types: new Map([
    [
      'slow',
      {
        messageType: {
          messageTypeId: 'slow',
          senderApplicationId: 'app',
          reminders: { unreadAfterDays: 40, beforeExpiryDays: undefined },
        },
      } as unknown as AttestationType,
    ],
  ]),
};
const remind = () => remindReaders({ database: test.database, catalogue: catalogue as unknown as Catalogue });
const kindsOf = async (messageId: string) =>
  (
    await test.query<{ kind: string }>('select kind from receipt where message_id = $1 order by kind', [
      messageId,
    ])
  ).map(({ kind }) => kind);

describe('an unread message', () => {
  const cases: readonly (readonly [string, readonly [number, number, string?], readonly string[]])[] = [
    ['that is new gets nothing', [-14, 365], []],
    ['of 15 days is reminded of', [-15, 365], ['reminded']],
    ['that expires in 7 days too', [-300, 7], ['expiryAlerted', 'reminded']],
    ['that is available for a few days is not alerted of', [-1, 5], []],
    ['that expired was never read, and is not reminded of any more', [-30, 0], ['neverRead']],
    ['has the days of its type', [-39, 365, 'slow'], []],
    ['of 40 days is reminded of where its type says so, and not alerted of', [-40, 3, 'slow'], ['reminded']],
  ];
  for (const [name, [arrived, expires, type], kinds] of cases)
    it(name, async () => {
      const messageId = await addMessage(arrived, expires, type);
      await remind();
      assert.deepEqual(await kindsOf(messageId), kinds);
      const entries = await test.query('select from audit_entry where object = $1', [messageId]);
      assert.equal(entries.length, kinds.length);
    });

  it('gets each of them once, whoever is at it and however often', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => addMessage(-20, 3)));
    await Promise.all([remind(), remind(), remind()]);
    await remind();
    await test.query('truncate reminder_clock');
    await remind();
    for (const id of ids) assert.deepEqual(await kindsOf(id), ['expiryAlerted', 'reminded']);
  });

  it('that came later than others of the same age is not passed over', async () => {
    await addMessage(-15, 365);
    await remind();
    const next = await addMessage(-15, 365);
    await remind();
    assert.deepEqual(await kindsOf(next), ['reminded']);
  });

  it('expired at its expiry, whenever that is written down', async () => {
    const messageId = await addMessage(-30, -2);
    await remind();
    const [row] = await test.query<{ same: boolean; later: boolean }>(
      `select event_time = expires_at as same, recorded_time > event_time + interval '1 day' as later
       from receipt join message using (message_id) where message_id = $1`,
      [messageId],
    );
    assert.deepEqual(row, { same: true, later: true });
  });

  it('of somebody who was erased gets nothing', async () => {
    const messageId = await addMessage(-20, 0);
    await test.query(
      `update person set erased_at = now(), ssin_ciphertext = '', family_name = '', given_name = '' where person_id = $1`,
      [personId],
    );
    await remind();
    assert.deepEqual(await kindsOf(messageId), []);
  });
});

describe('a receipt', () => {
  const read = (messageId: string) =>
    test.database.transaction((connection) =>
      insertReceipt(connection, { eventId: randomUUID(), messageId, kind: 'read', eventTime: new Date() }),
    );

  it('that a message was read keeps it from everything that time would do', async () => {
    const messageId = await addMessage(-30, 0);
    assert.equal(await read(messageId), true);
    await remind();
    assert.deepEqual(await kindsOf(messageId), ['read']);
  });

  it('that it was never read is the end: no reading comes after it', async () => {
    const messageId = await addMessage(-30, 0);
    await remind();
    assert.equal(await read(messageId), false);
    const [row] = await test.query<{ readAt: Date | null }>(
      'select read_at as "readAt" from message where message_id = $1',
      [messageId],
    );
    assert.equal(row?.readAt, null);
  });

  it('alone says that a message was read, and is never changed or taken away', async () => {
    const messageId = await addMessage(-1, 365);
    const wrongs = [
      ['update message set read_at = now() where message_id = $1', /was read by no receipt/],
      ['update receipt set kind = $$read$$ where message_id = $1', /receipt/],
      ['delete from receipt where message_id = $1', /receipt/],
    ] as const;
    await test.database.transaction((connection) =>
      insertReceipt(connection, {
        eventId: randomUUID(),
        messageId,
        kind: 'notified',
        eventTime: new Date(),
      }),
    );
    for (const [statement, reason] of wrongs)
      await assert.rejects(test.query(statement, [messageId]), reason);
    await read(messageId);
    await assert.rejects(
      test.query('update message set read_at = null where message_id = $1', [messageId]),
      /no receipt/,
    );
  });
});
