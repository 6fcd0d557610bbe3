/** Facts of some persons cost what they have, also where nothing was counted yet of the status that is asked about. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { listSelected } from '../../src/database/batch-selection.ts';
import type { Connection } from '../../src/database/database.ts';
import { listPersonsBehind } from '../../src/database/register-pages.ts';
import { listStatuses } from '../../src/database/statuses.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { inReplica, rowsRead } from '../support/rows-read.ts';
import { planTrial } from '../support/trial-flow.ts';

const PERSONS = 20_000;
const [CODE, OTHER] = ['bridgingRight', 'pension'];
const SOME = 100;
const NOBODY = '00000000-0000-0000-0000-000000000000';

describe('facts of some persons', () => {
  let test: TestDatabase;
  let ids: readonly string[];

  before(async () => {
    test = await createTestDatabase();
    for (const table of ['status_period', 'person'])
      await test.query(`alter table ${table} set (autovacuum_enabled = false)`);
    await inReplica(test.database, (connection) =>
      connection.query(
        `insert into person (person_id, ssin_ciphertext, key_version, family_name, given_name, has_ebox)
         select uuidv7(), '\\x00', 1, 'Peeters', n::text, true from generate_series(1, ${PERSONS}) n`,
      ),
    );
    await report(OTHER);
    await test.query('analyze person, status_period');
    await report(CODE);
    const rows = await test.query<{ id: string }>(
      'select person_id as id from person order by person_id limit $1',
      [SOME],
    );
    ids = rows.map(({ id }) => id);
  });
  after(() => test.drop());

  function report(code: string): Promise<unknown> {
    return inReplica(test.database, (connection) =>
      connection.query(
        `insert into status_period (status_period_id, person_id, status, source, reference, valid_from, changed_at)
         select uuidv7(), person_id, $1, 'sfp', $1 || given_name, '2021-03-01', now() from person`,
        [code],
      ),
    );
  }

  async function seek(work: (connection: Connection) => Promise<{ readonly length: number }>) {
    let found = Number.NaN;
    const read = await rowsRead(test.database, ['status_period'], async (connection) => {
      found = (await work(connection)).length;
    });
    return { found, read };
  }

  it('are not sought among all that have the status, of one person', async () => {
    const { found, read } = await seek((connection) => listStatuses(connection, ids.slice(0, 1), [CODE]));
    assert.equal(found, 1);
    assert.ok(read <= 5, `${read} rows read`);
  });

  it('nor of many', async () => {
    const { found, read } = await seek((connection) => listStatuses(connection, ids, [CODE]));
    assert.equal(found, SOME);
    assert.ok(read <= 5 * SOME, `${read} rows read`);
  });

  it('nor when the register is gone through', async () => {
    const { found, read } = await seek((connection) =>
      listPersonsBehind(connection, { after: NOBODY, last: undefined }, SOME, [CODE]),
    );
    assert.equal(found, SOME);
    assert.ok(read <= 5 * SOME, `${read} rows read`);
  });

  it('nor when a flow or a batch looks at a part of the register', async () => {
    const plan = planTrial(CODE);
    const { found, read } = await seek((connection) =>
      listSelected(connection, plan, { after: NOBODY, last: ids.at(-1) ?? NOBODY }),
    );
    assert.equal(found, SOME);
    assert.ok(read <= 5 * SOME, `${read} rows read`);
  });
});
