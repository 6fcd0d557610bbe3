/** Recalling a chunk costs what the chunk costs, however many cases of others are to be settled. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { listRecallable, type RecallableRow } from '../../src/database/batch-recall.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { inReplica, rowsRead } from '../support/rows-read.ts';

const OTHERS = 20_000;
const ROWS = 100;
const BATCH = '00000000-0000-7000-8000-000000000001';

describe('rows to recall', () => {
  let test: TestDatabase;

  before(async () => {
    test = await createTestDatabase();
    await test.query('alter table job set (autovacuum_enabled = false)');
    await inReplica(test.database, async (connection) => {
      await connection.query(
        `insert into batch (batch_id, organization, submitted_by, form, file_name, state, runs_at_once, created_at)
         values ($1, '1900000196', 'client', 'csv', '', 'recalling', true, '2021-03-01')`,
        [BATCH],
      );
      await connection.query(
        `insert into declaration (declaration_id, sender_organization, sender_client, channel, message_key, body_hmac,
           declared_at, received_at)
         select lpad(to_hex(n), 32, '0')::uuid, '1900000196', 'client', 'csv', n::text, sha256(n::text::bytea), now(),
           '2021-03-01' from generate_series(1, ${ROWS}) n`,
      );
      await connection.query(
        `insert into batch_row (batch_id, row_number, body, state, outcome, ended_at, declaration_id, case_id)
         select $1, n, '', 'ended', 'issued', now(), lpad(to_hex(n), 32, '0')::uuid, 'case/' || n
         from generate_series(1, ${ROWS}) n`,
        [BATCH],
      );
    });
    await queue('other', OTHERS, 'null');
  });
  after(() => test.drop());

  function queue(name: string, count: number, lease: string, after = '0 s'): Promise<unknown> {
    return test.query(
      `insert into job (lane, kind, payload, dedupe_key, lease_token, lease_until, run_after)
       select 'bulk', 'settle', jsonb_build_object('caseId', $1 || '/' || n), $1 || '/' || n, ${lease},
         case when ${lease} is null then null else now() + interval '1 hour' end, now() + $2::interval
       from generate_series(1, ${count}) n`,
      [name, after],
    );
  }

  async function list(): Promise<{ readonly rows: readonly RecallableRow[]; readonly read: number }> {
    let rows: readonly RecallableRow[] = [];
    const read = await rowsRead(test.database, ['job'], async (connection) => {
      rows = await listRecallable(connection, BATCH, 1, ROWS);
    });
    return { rows, read };
  }

  it('are listed without a look at the cases of others', async () => {
    const { rows, read } = await list();
    assert.equal(rows.length, ROWS);
    assert.ok(!rows.some(({ isPending }) => isPending));
    assert.ok(read <= 2 * ROWS, `${read} rows read`);
  });

  it('are not over while their case is to be settled', async () => {
    await queue('case', 3, 'null');
    assert.equal((await list()).rows.filter(({ isPending }) => isPending).length, 3);
    await test.query(`delete from job where dedupe_key like 'case/%'`);
  });

  it('nor while it is being settled', async () => {
    await queue('case', 2, 'gen_random_uuid()');
    const { rows, read } = await list();
    assert.equal(rows.filter(({ isPending }) => isPending).length, 2);
    assert.ok(read <= 2 * ROWS, `${read} rows read`);
    await test.query(`delete from job where dedupe_key like 'case/%'`);
  });

  it('but are where it waits for another day', async () => {
    await queue('case', 1, 'null', '1 day');
    assert.ok(!(await list()).rows.some(({ isPending }) => isPending));
  });
});
