/** What the statement of a flow looks at grows with the persons of a part, not with their square. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Connection } from '../../src/database/database.ts';
import { listFlowRows } from '../../src/database/flow-reads.ts';
import type { DeliberationGround } from '../../src/domain/ground.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { newDeliberation } from '../support/grounds.ts';
import { inReplica } from '../support/rows-read.ts';
import { planTrial } from '../support/trial-flow.ts';

const PERSONS = 3000;
const FIRST = '00000000-0000-0000-0000-000000000000';
const LAST = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

describe('the rows of a flow', () => {
  let test: TestDatabase;
  let ground: DeliberationGround;

  before(async () => {
    test = await createTestDatabase();
    for (const table of ['person', 'status_period'])
      await test.query(`alter table ${table} set (autovacuum_enabled = false)`);
    await test.query('analyze person, status_period');
    ground = await test.database.transaction((connection) =>
      newDeliberation(connection, {
        flows: ['trial'],
        statuses: ['pension'],
        attributes: ['reference'],
        legalContext: 'CITY:TRIAL',
      }),
    );
    await inReplica(test.database, async (connection) => {
      await connection.query(
        `insert into person (person_id, ssin_ciphertext, key_version, family_name, given_name, birth_date, has_ebox)
         select uuidv7(), '\\x00', 1, 'Peeters', n::text, '1980-01-01', true from generate_series(1, ${PERSONS}) n`,
      );
      await connection.query(
        `insert into status_period (status_period_id, person_id, status, source, reference, valid_from, changed_at)
         select uuidv7(), person_id, 'pension', 'sfp', given_name, '2021-03-01', now() from person`,
      );
    });
  });
  after(() => test.drop());

  it('are found without a look at all of them for each person', async () => {
    const plan = planTrial(
      'pension',
      // Of which the planner believes that few meet them.
      { age: { from: 18, until: 64 } },
      { row: 'period', columns: [{ heading: 'reference', field: 'reference' }] },
    );
    let looked = 0;
    const rows = await test.database.transaction((connection) =>
      listFlowRows(
        explaining(connection, (steps) => {
          looked += steps;
        }),
        ground,
        plan,
        {},
        { after: FIRST, last: LAST },
      ),
    );
    assert.equal(rows.length, PERSONS);
    assert.ok(looked > PERSONS && looked <= 50 * PERSONS, `${looked} rows looked at`);
  });
});

/** Says of each statement how many rows its steps gave or left out, all together: also what is read again of its own sets. */
function explaining(connection: Connection, say: (looked: number) => void): Connection {
  return {
    query: async <Row>(text: string, values?: readonly unknown[]) => {
      const [told] = await connection.query<{ 'QUERY PLAN': readonly [{ readonly Plan: Step }] }>(
        `explain (analyze, format json) ${text}`,
        values,
      );
      say(told === undefined ? Number.NaN : rowsOf(told['QUERY PLAN'][0].Plan));
      return connection.query<Row>(text, values);
    },
  };
}

interface Step {
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Join Filter'?: number;
  readonly Plans?: readonly Step[];
}

function rowsOf(step: Step): number {
  const once =
    step['Actual Rows'] + (step['Rows Removed by Filter'] ?? 0) + (step['Rows Removed by Join Filter'] ?? 0);
  return (step.Plans ?? []).reduce((sum, inner) => sum + rowsOf(inner), once * step['Actual Loops']);
}
