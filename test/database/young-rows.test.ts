/**
 * What is sought of somebody who came since a table was last counted costs what is sought: by a plan for few rows, everything
 * that they sent would be read for each chunk of what they send.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Connection } from '../../src/database/database.ts';
import { listSent } from '../../src/database/declaration-sets.ts';
import { findByBody, findByMessageKey } from '../../src/database/declarations.ts';
import { closeFacts, confirmFacts, listKnownReports } from '../../src/database/status-history.ts';
import { correctStatus, correctStatuses, findStatus } from '../../src/database/statuses.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { inReplica, rowsRead } from '../support/rows-read.ts';

const ROWS = 20_000;
const SOUGHT = Array.from({ length: 200 }, (_, index) => 5000 + index);
const REFERENCES = SOUGHT.map((number) => `new-${number}`);

/** What was counted, and what came afterwards. */
const FILLS: Readonly<Record<string, string>> = {
  status_period: `insert into status_period (status_period_id, person_id, status, source, reference, valid_from, changed_at)
    select uuidv7(), uuidv7(), 'pension', $1, $1 || '-' || n, '2021-03-01', '2021-03-01' from generate_series(1, ${ROWS}) n`,
  status_withdrawal: `insert into status_withdrawal (source, reference, changed_at, person_id)
    select $1, $1 || '-' || n, '2021-03-01', uuidv7() from generate_series(1, ${ROWS}) n`,
  declaration: `insert into declaration (declaration_id, sender_organization, sender_client, channel, message_key, body_hmac, action,
      declared_at, received_at)
    select uuidv7(), $1, 'payroll', 'csv', 'body:' || $1 || '-' || n, sha256(($1 || n)::bytea), 'in', now(), now()
    from generate_series(1, ${ROWS}) n`,
};

type Seek = (connection: Connection) => Promise<unknown>;

const OF_MANY: Readonly<Record<string, Seek>> = {
  'facts that are known': (connection) => listKnownReports(connection, 'new', REFERENCES),
  'facts that are confirmed': (connection) =>
    confirmFacts(
      connection,
      'new',
      REFERENCES.map((reference) => ({ reference, changedAt: new Date('2021-04-01') })),
    ),
  'facts that are taken back': (connection) => closeFacts(connection, 'new', REFERENCES, '2021-05-01'),
  'facts that are corrected': (connection) => correctStatuses(connection, 'new', REFERENCES),
  'declarations by their keys': (connection) =>
    listSent(
      connection,
      'new',
      REFERENCES.map((reference) => `body:${reference}`),
      [],
    ),
  'declarations by their words': async (connection) =>
    listSent(connection, 'new', [], await Promise.all(SOUGHT.map((number) => hashOf(connection, number)))),
};

const OF_ONE: Readonly<Record<string, Seek>> = {
  'a fact': (connection) => findStatus(connection, 'new', 'new-5000'),
  'a fact that is corrected': (connection) => correctStatus(connection, 'new', 'new-5000'),
  'a declaration by its key': (connection) => findByMessageKey(connection, 'new', 'body:new-5000'),
  'a declaration by its words': async (connection) =>
    findByBody(connection, 'new', await hashOf(connection, 5000)),
};

async function hashOf(connection: Connection, number: number): Promise<Buffer> {
  const [row] = await connection.query<{ hash: Buffer }>(`select sha256(('new' || $1::int)::bytea) as hash`, [
    number,
  ]);
  return row?.hash ?? Buffer.alloc(0);
}

describe('rows of somebody whom the database counted nothing of yet', () => {
  let test: TestDatabase;

  before(async () => {
    test = await createTestDatabase();
    for (const [table, statement] of Object.entries(FILLS)) {
      await test.query(`alter table ${table} set (autovacuum_enabled = false)`);
      await fill(statement, 'old');
      await test.database.statement(`analyze ${table}`, [], 60_000);
      await fill(statement, 'new');
    }
  });
  after(() => test.drop());

  function fill(statement: string, name: string): Promise<unknown> {
    return inReplica(test.database, (connection) => connection.query(statement, [name]));
  }

  for (const [name, seek] of Object.entries(OF_MANY)) {
    it(`are read no more of than is sought: ${name}`, async () => {
      const read = await rowsRead(test.database, Object.keys(FILLS), seek);
      assert.ok(read >= SOUGHT.length && read <= 5 * SOUGHT.length, `${read} rows read`);
    });
  }

  for (const [name, seek] of Object.entries(OF_ONE)) {
    it(`are not gone through for one: ${name}`, async () => {
      const read = await rowsRead(test.database, Object.keys(FILLS), seek);
      assert.ok(read >= 1 && read <= 5, `${read} rows read`);
    });
  }
});
