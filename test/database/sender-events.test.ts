/** Taking leaves up for senders costs what the leaves cost, however many receipts there ever were. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { takeUpLeaves } from '../../src/database/sender-events.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const RECEIPTS = 30_000;
const LEAVES = 500;

describe('taking up leaves', () => {
  let test: TestDatabase;

  before(async () => {
    test = await createTestDatabase();
    // What else there would be of each message is left out.
    await test.database.transaction(async (connection) => {
      await connection.query('set local session_replication_role = replica');
      await connection.query(
        `insert into message (message_id, person_id, message_type_id, sender_organization_id, sender_application_id, subject,
           language, received_at, expires_at, idempotency_key)
         select uuidv7(), uuidv7(), 'letter', '1900000196', 'city', 'A letter', 'nl', now(), now() + interval '1 year', n::text
         from generate_series(1, ${RECEIPTS}) n`,
      );
      await connection.query(
        `insert into receipt (event_id, message_id, kind, event_time) select uuidv7(), message_id, 'published', now() from message`,
      );
      await connection.query(
        `insert into evidence_leaf (leaf_index, kind, record_id, salt, commitment, leaf_hash)
         select row_number() over () - 1, 'receipt', event_id, decode(repeat('00', 16), 'hex'), decode(repeat('00', 32), 'hex'),
           decode(repeat('00', 32), 'hex') from receipt`,
      );
    });
    await test.database.statement('analyze message, receipt, evidence_leaf', [], 60_000);
  });
  after(() => test.drop());

  it('reads the receipts of these leaves and no others', async () => {
    const { looked, read, events } = await test.database.transaction(async (connection) => {
      const taken = await takeUpLeaves(connection, [], LEAVES);
      const [counts] = await connection.query<{ read: number }>(
        `select sum(seq_tup_read)::int as read from pg_stat_xact_user_tables where relname in ('receipt', 'message')`,
      );
      const [found] = await connection.query<{ count: number }>(
        'select count(*)::int as count from sender_event',
      );
      return { looked: taken, read: counts?.read, events: found?.count };
    });
    assert.deepEqual({ looked, events }, { looked: LEAVES, events: LEAVES });
    assert.equal(read, 0, 'rows read one after the other');
  });
});
