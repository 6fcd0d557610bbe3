/** Marking a chunk of rows costs what the chunk costs, however large its batch and whatever the planner knows of it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { keepRecalls } from '../../src/database/batch-recall.ts';
import { endRows, markAcceptedAll } from '../../src/database/batch-row-sets.ts';
import { markChecked } from '../../src/database/batch-rows.ts';
import type { Connection } from '../../src/database/database.ts';
import { listStagedRows } from '../../src/database/plain-reports.ts';
import { markReports } from '../../src/database/status-reports.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { inReplica, rowsRead } from '../support/rows-read.ts';

const ROWS = 20_000;
const CHUNK = Array.from({ length: 200 }, (_, index) => 5000 + index);
const BATCH = '00000000-0000-7000-8000-000000000001';

describe('marking a chunk of a large batch that nothing was counted of yet', () => {
  let test: TestDatabase;

  before(async () => {
    test = await createTestDatabase();
    for (const table of ['batch_row', 'status_report'])
      await test.query(`alter table ${table} set (autovacuum_enabled = false)`);
    await inReplica(test.database, (connection) =>
      connection.query(
        `insert into batch_row (batch_id, row_number, body, state, message_mark, body_mark)
         select $1, n, '\\x00', 'checked', '\\x00', '\\x00' from generate_series(1, ${ROWS}) n`,
        [BATCH],
      ),
    );
    await inReplica(test.database, (connection) =>
      connection.query(
        `insert into status_report (file_id, row_number, source, status, reference, changed_at, valid_from, is_withdrawn)
         select $1, n, 'onem', 'temporary-unemployment', n::text, now(), '2021-03-01', false from generate_series(1, ${ROWS}) n`,
        [BATCH],
      ),
    );
  });
  after(() => test.drop());

  const marks: Readonly<Record<string, readonly [string, (connection: Connection) => Promise<void>]>> = {
    accepted: [
      'batch_row',
      (connection) =>
        markAcceptedAll(
          connection,
          BATCH,
          CHUNK.map((rowNumber) => ({ rowNumber, declarationId: null, caseId: 'case', anomalies: [] })),
        ),
    ],
    ended: [
      'batch_row',
      (connection) =>
        endRows(
          connection,
          BATCH,
          CHUNK.map((rowNumber) => ({ rowNumber, outcome: 'refused', declarationId: null, anomalies: [] })),
        ),
    ],
    recalled: [
      'batch_row',
      (connection) =>
        keepRecalls(
          connection,
          BATCH,
          CHUNK.map((rowNumber) => ({ rowNumber, result: 'kept' })),
        ),
    ],
    applied: ['status_report', (connection) => markReports(connection, BATCH, CHUNK, [], true)],
    'held for release': [
      'status_report',
      (connection) =>
        markReports(
          connection,
          BATCH,
          [],
          CHUNK.map((rowNumber) => ({ rowNumber, doubts: ['doubt'] })),
          true,
        ),
    ],
  };
  for (const [name, [table, mark]] of Object.entries(marks)) {
    it(`reads the rows that are ${name} and few others`, async () => {
      const read = await rowsRead(test.database, [table], mark);
      assert.ok(read >= CHUNK.length && read <= 5 * CHUNK.length, `${read} rows read`);
    });
  }

  it('reads the rows that are next and few others, of a whole delivery whose former rows stay', async () => {
    await inReplica(test.database, (connection) =>
      connection.query(`update status_report set state = 'applied' where row_number <= $1`, [CHUNK[0]]),
    );
    await test.query('analyze status_report');
    const read = await rowsRead(test.database, ['status_report'], async (connection) => {
      const rows = await listStagedRows(connection, BATCH, CHUNK[0] ?? 0, CHUNK.length);
      assert.equal(rows[0]?.rowNumber, 5001);
    });
    assert.ok(read >= CHUNK.length && read <= 5 * CHUNK.length, `${read} rows read`);
  });

  it('reads the rows that are checked and few others', async () => {
    await inReplica(test.database, (connection) => connection.query(`update batch_row set state = 'staged'`));
    const read = await rowsRead(test.database, ['batch_row'], (connection) =>
      markChecked(
        connection,
        BATCH,
        CHUNK.map((rowNumber) => ({ rowNumber, anomalies: [], mayTakeDay: true, cases: [] })),
      ),
    );
    assert.ok(read >= CHUNK.length && read <= 5 * CHUNK.length, `${read} rows read`);
  });
});
