/** The tables of evidence: only ever added to, by whatever role, in a partition for each month, and carried over whole. */
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { insertAuditEntry } from '../../src/database/audit.ts';
import { openDatabase } from '../../src/database/database.ts';
import { listAuditMonths, makeAuditMonths } from '../../src/database/log-heads.ts';
import { migrate } from '../../src/database/migrate.ts';
import { createLog } from '../../src/log.ts';
import { sealEvidence } from '../../src/workflows/seal-evidence.ts';
import { until } from '../support/client.ts';
import { createTestDatabase, type TestDatabase, testServer } from '../support/database.ts';
import { projectRoot } from '../support/needs.ts';

const TABLES = [
  'audit_entry',
  'receipt',
  'evidence_leaf',
  'evidence_node',
  'log_head',
  'log_head_time_stamp',
];
const CHANGES = (table: string) => [
  `update ${table} set ${table === 'audit_entry' ? 'object' : FIRST_COLUMN[table]} = null`,
  `delete from ${table}`,
  `truncate ${table} cascade`,
];
const FIRST_COLUMN: Readonly<Record<string, string>> = {
  receipt: 'kind',
  evidence_leaf: 'kind',
  evidence_node: 'hash',
  log_head: 'jws',
  log_head_time_stamp: 'token',
};

let test: TestDatabase;
before(async () => {
  test = await createTestDatabase();
});
after(() => test.drop());

const entry = (object: string) =>
  ({ actor: { kind: 'service', id: 'test' }, action: 'message.notify', ground: 'duty', object }) as const;

describe('rows of evidence', () => {
  before(() => test.database.transaction((connection) => insertAuditEntry(connection, entry('kept'))));

  for (const table of TABLES) {
    it(`of ${table} cannot be emptied, not even by a superuser`, () =>
      assert.rejects(test.query(`truncate ${table} cascade`), { code: '23001' }));
  }

  it('cannot be changed in their partition either', async () => {
    const [row] = await test.query<{ partition: string }>(
      'select tableoid::regclass::text as partition from audit_entry',
    );
    assert.match(row?.partition ?? '', /^audit_entry_\d{4}_\d\d$/);
    for (const change of [
      `update ${row?.partition} set object = null`,
      `delete from ${row?.partition}`,
      `truncate ${row?.partition}`,
    ])
      await assert.rejects(test.query(change), { code: '23001' });
  });

  it('cannot be changed by the role of the service, which owns them', async () => {
    const role = `service_${randomBytes(4).toString('hex')}`;
    const { url: server } = await testServer();
    const admin = new pg.Client(server);
    await admin.connect();
    await admin.query(`create role ${role} login password 'service'`);
    await admin.query(`create database ${role} owner ${role}`);
    const url = new URL(server);
    Object.assign(url, { username: role, password: 'service', pathname: `/${role}` });
    await migrate(url.href);
    const database = openDatabase({ url: url.href, connections: 2, log: createLog('silent') });
    try {
      await database.transaction((connection) => insertAuditEntry(connection, entry('added')));
      await until(
        () => sealEvidence({ database }),
        (leaves) => leaves === 1,
      );
      const months = await database.transaction(listAuditMonths);
      for (const table of [...TABLES, ...months.map(({ partition }) => partition)])
        for (const change of table.startsWith('audit_entry_')
          ? CHANGES('audit_entry').map((text) => text.replace('audit_entry', table))
          : CHANGES(table))
          await assert.rejects(
            database.transaction((connection) => connection.query(change)),
            { code: '42501' },
            change,
          );
    } finally {
      await database.close();
      await admin.query(`drop database ${role} with (force)`);
      await admin.query(`drop role ${role}`);
      await admin.end();
    }
  });
});

describe('makeAuditMonths', () => {
  it('makes each month once', async () => {
    const make = (months: number) =>
      test.database.transaction((connection) => makeAuditMonths(connection, months));
    assert.equal(await make(5), 3);
    assert.equal(await make(5), 0);
    assert.equal((await test.database.transaction(listAuditMonths)).length, 6);
  });

  it('leaves a month alone whose entries lie elsewhere already', async () => {
    await test.query(
      `insert into audit_entry (recorded_at, actor_kind, actor_id, action, ground, purpose)
       values ('2031-05-05', 'service', 'test', 'message.notify', 'duty', 'delivery')`,
    );
    assert.deepEqual(
      await test.query(
        `select make_audit_month('2031-05-01') as may, make_audit_month('2031-06-01') as june`,
      ),
      [{ may: false, june: true }],
    );
    assert.equal((await test.query('select from audit_entry_rest')).length, 1);
  });
});

describe('migration 0008', () => {
  it('carries every entry over, with what can be known of it', async () => {
    const name = `test_${randomBytes(6).toString('hex')}`;
    const { url: server } = await testServer();
    const admin = new pg.Client(server);
    await admin.connect();
    await admin.query(`create database ${name}`);
    const url = new URL(server);
    url.pathname = `/${name}`;
    const client = new pg.Client(url.href);
    await client.connect();
    try {
      const folder = join(projectRoot, 'src', 'database', 'migrations');
      const files = readdirSync(folder)
        .sort()
        .map((file) => readFileSync(join(folder, file), 'utf8'));
      for (const text of files.slice(0, 7)) await client.query(text);
      const [citizen, key, attestation] = [randomUUID(), randomUUID(), randomUUID()];
      await client.query(`insert into person (person_id, ssin_hmac, ssin_ciphertext, family_name, given_name)
        values ('${citizen}', '\\x${'00'.repeat(32)}', '\\x00', 'Peeters', 'An')`);
      await client.query(
        `insert into citizen_key (citizen_key_id, person_id, wrapped_key) values ('${key}', '${citizen}', '\\x00')`,
      );
      await client.query(`insert into attestation (attestation_id, case_id, version, type, type_version, person_id, state,
        fingerprint, facts, citizen_key_id, language, language_basis, number, token_hash, object_key, message_id, prepared_at,
        issued_at, key_id, level, pdf_sha256, object_sha256) values ('${attestation}', 'c', 1, 'quarantine', 1, '${citizen}',
        'issued', 'f', '\\x00', '${key}', 'nl', 'chosen', 'N', '\\x${'01'.repeat(32)}', 'o', gen_random_uuid(), now(), now(), 'k',
        'B-B', '\\x${'02'.repeat(32)}', '\\x${'03'.repeat(32)}')`);
      await client.query(`insert into audit_entry (recorded_at, actor_kind, actor_id, actor_organization, action, ground, object)
        values ('2025-01-31 23:30:00Z', 'person', 'official', '1900045601', 'batch.submit', 'declarant', 'b'),
          (now(), 'service', 'issue', null, 'attestation.issue', 'duty', '${attestation}'),
          (now(), 'person', '${citizen}', null, 'message.read', 'ownData', 'm')`);
      for (const text of files.slice(7)) await client.query(text);
      const { rows } =
        await client.query(`select audit_entry_id::int as id, tableoid::regclass::text as partition, actor_kind as kind,
        purpose, encode(digest, 'hex') as digest from audit_entry order by 1`);
      const now = `audit_entry_${new Date().toISOString().slice(0, 7).replace('-', '_')}`;
      assert.deepEqual(rows, [
        { id: 1, partition: 'audit_entry_2025_01', kind: 'official', purpose: 'declaration', digest: null },
        { id: 2, partition: now, kind: 'service', purpose: 'attestation', digest: '02'.repeat(32) },
        { id: 3, partition: now, kind: 'person', purpose: 'ownData', digest: null },
      ]);
      const next = await client.query(`insert into audit_entry (actor_kind, actor_id, action, ground, purpose)
        values ('service', 'test', 'message.notify', 'duty', 'delivery') returning audit_entry_id::int as id`);
      assert.deepEqual(next.rows, [{ id: 4 }]);
    } finally {
      await client.end();
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    }
  });
});
