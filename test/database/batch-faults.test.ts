/** What is wrong with a large batch is told by a look at the rows that something is wrong with. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { countAnomalies, countFaultyRows, listFaultyRows } from '../../src/database/batch-faults.ts';
import { countFaulty } from '../../src/database/batch-rivals.ts';
import type { Connection } from '../../src/database/database.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { inReplica, rowsRead } from '../support/rows-read.ts';

const ROWS = 20_000;
const BATCH = '00000000-0000-7000-8000-000000000001';
const BLOCKING = ['wrong'];

describe('the faults of a large batch that nothing was counted of yet', () => {
  let test: TestDatabase;

  before(async () => {
    test = await createTestDatabase();
    await test.query('alter table batch_row set (autovacuum_enabled = false)');
    await inReplica(test.database, (connection) =>
      connection.query(
        `insert into batch (batch_id, organization, submitted_by, form, file_name, state, runs_at_once)
         values ($1, '1900000196', 'client', 'csv', '', 'checked', false)`,
        [BATCH],
      ),
    );
    // Of each hundred rows one is refused and one has a warning.
    await inReplica(test.database, (connection) =>
      connection.query(
        `insert into batch_row (batch_id, row_number, body, state, anomalies)
         select $1, n, '', 'checked', case n % 100 when 0 then array['late', 'wrong'] when 50 then array['late'] else '{}' end
         from generate_series(1, ${ROWS}) n`,
        [BATCH],
      ),
    );
  });
  after(() => test.drop());

  async function ask<T>(question: (connection: Connection) => Promise<T>): Promise<T> {
    let answer: T | undefined;
    const read = await rowsRead(test.database, ['batch_row'], async (connection) => {
      answer = await question(connection);
    });
    assert.ok(read <= (ROWS / 50) * 1.5, `${read} rows read`);
    return answer ?? assert.fail();
  }

  it('are counted', async () => {
    assert.deepEqual(await ask((connection) => countFaultyRows(connection, BATCH, BLOCKING)), {
      refused: ROWS / 100,
      warned: ROWS / 100,
    });
  });

  it('are counted anew for the batch', async () => {
    const faulty = await ask(async (connection) => {
      await countFaulty(connection, BATCH, BLOCKING);
      return connection.query<{ faulty: number }>('select faulty_count as faulty from batch');
    });
    assert.deepEqual(faulty, [{ faulty: ROWS / 100 }]);
  });

  it('are counted one by one', async () => {
    assert.deepEqual(await ask((connection) => countAnomalies(connection, BATCH)), [
      { code: 'late', rows: ROWS / 50 },
      { code: 'wrong', rows: ROWS / 100 },
    ]);
  });

  it('are listed', async () => {
    const slice = { kind: 'refused', size: 2, offset: 1 } as const;
    const rows = await ask((connection) => listFaultyRows(connection, BATCH, BLOCKING, slice));
    assert.deepEqual(
      rows.map(({ rowNumber }) => rowNumber),
      [200, 300],
    );
  });
});
