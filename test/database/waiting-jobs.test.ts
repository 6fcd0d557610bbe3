/** Taking jobs costs what is taken, however many are put off or wait. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { claimJobs } from '../../src/database/jobs.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { rowsRead } from '../support/rows-read.ts';

const JOBS = 20_000;
const TAKEN = 10;

describe('taking jobs', () => {
  let test: TestDatabase;

  before(async () => {
    test = await createTestDatabase();
    await test.query('alter table job set (autovacuum_enabled = false)');
    for (const [lane, after] of [
      ['bulk', '1 day'],
      ['single', '-1 day'],
    ])
      await test.query(
        `insert into job (lane, kind, payload, run_after) select $1, 'settle', '{}', now() + $2::interval + n * interval '1 ms'
         from generate_series(1, ${JOBS}) n`,
        [lane, after],
      );
    await test.query('analyze job');
  });
  after(() => test.drop());

  async function take(lane: 'single' | 'bulk'): Promise<{ readonly taken: number; readonly read: number }> {
    let taken = Number.NaN;
    const read = await rowsRead(test.database, ['job'], async (connection) => {
      taken = (await claimJobs(connection, [lane], TAKEN, 60)).length;
    });
    return { taken, read };
  }

  it('looks at none of those that are put off', async () => {
    const { taken, read } = await take('bulk');
    assert.equal(taken, 0);
    assert.ok(read <= 5, `${read} rows read`);
  });

  it('looks at no more than it takes of those that wait', async () => {
    const { taken, read } = await take('single');
    assert.equal(taken, TAKEN);
    assert.ok(read <= 5 * TAKEN, `${read} rows read`);
  });
});
