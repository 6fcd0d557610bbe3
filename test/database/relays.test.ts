/** Asking what was read in another registry costs what is still unread, however much was read before. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { takeUnread, type UnreadRow } from '../../src/database/relays.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { inReplica, rowsRead } from '../support/rows-read.ts';

const MESSAGES = 5000;
const UNREAD = 10;
const LIMIT = 500;
const FEW = 20;

describe('messages whose status is to be asked for', () => {
  let test: TestDatabase;

  before(async () => {
    test = await createTestDatabase();
    await inReplica(test.database, async (connection) => {
      await connection.query(
        `insert into person (person_id, ssin_ciphertext, key_version, family_name, given_name, has_ebox)
         values ('00000000-0000-4000-8000-000000000000', '\\x00', 1, 'Peeters', 'Jan', true)`,
      );
      // All but the last few were read or have expired; a fifth was never asked of.
      await connection.query(
        `insert into message (message_id, person_id, message_type_id, sender_organization_id, sender_application_id, subject,
           language, received_at, expires_at, idempotency_key, read_at)
         select lpad(to_hex(n), 32, '0')::uuid, '00000000-0000-4000-8000-000000000000', 'type', '1900000196', 'app', 'Brief',
           'nl', now(), now() + case when n % 2 = 0 and n <= $1 then interval '-1 day' else interval '1 day' end, n::text,
           case when n % 2 = 1 and n <= $1 then now() end
         from generate_series(1, $2::int) n`,
        [MESSAGES - UNREAD, MESSAGES],
      );
      await connection.query(
        `insert into relay (message_id, state, ended_at, registry_message_id, recipient_id, status_asked_at)
         select message_id, 'published', now(), message_id::text, person_id,
           case when idempotency_key::int % 5 > 0 then now() - interval '1 hour' end from message`,
      );
    });
  });
  after(() => test.drop());

  const take = () => test.database.transaction((connection) => takeUnread(connection, 60, LIMIT));

  it('are each taken once, with those of which there is nothing to ask any more', async () => {
    const taken: UnreadRow[] = [];
    for (;;) {
      const some = await take();
      taken.push(...some);
      if (some.length < LIMIT) break;
    }
    assert.equal(new Set(taken.map(({ messageId }) => messageId)).size, MESSAGES);
    assert.equal(taken.length, MESSAGES);
    assert.equal(taken.filter(({ isOpen }) => isOpen).length, UNREAD);
  });

  it('are then found without a look at those that are settled', async () => {
    await test.query(
      `update relay set status_asked_at = now() - interval '1 hour' where status_asked_at < 'infinity'`,
    );
    await test.query('vacuum relay');
    let taken: readonly UnreadRow[] = [];
    const read = await rowsRead(test.database, ['relay', 'message'], async (connection) => {
      taken = await takeUnread(connection, 60, LIMIT);
    });
    assert.equal(taken.length, UNREAD);
    assert.ok(read <= 10 * UNREAD, `${read} rows read`);
  });

  for (const [when, askedAt] of Object.entries({ never: 'null', 'long ago': `now() - interval '1 hour'` })) {
    it(`are taken some at a time, of those asked for ${when}, with a look at few others`, async () => {
      await test.query(`update relay set status_asked_at = ${askedAt}`);
      await test.query('vacuum analyze relay');
      const read = await rowsRead(test.database, ['relay'], async (connection) => {
        assert.equal((await takeUnread(connection, 60, FEW)).length, FEW);
      });
      assert.ok(read <= 10 * FEW, `${read} rows read`);
    });
  }
});
