/** What src/SECURITY.md says of rights is enough: the role that serves is no superuser, and the store's key is for few calls. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import pg from 'pg';
import { openDatabase } from '../../src/database/database.ts';
import { makeAuditMonths } from '../../src/database/log-heads.ts';
import { migrate } from '../../src/database/migrate.ts';
import { createLog } from '../../src/log.ts';
import { testServer } from '../support/database.ts';
import { projectRoot } from '../support/needs.ts';

const document = readFileSync(join(projectRoot, 'src', 'SECURITY.md'), 'utf8');

it('the role of the service owns its database and has no other right', async (t) => {
  const { url } = await testServer();
  const admin = new pg.Client(url);
  await admin.connect();
  const [name, password] = [`rights_${randomBytes(6).toString('hex')}`, randomBytes(12).toString('hex')];
  await admin.query(`create role ${name} login password '${password}'`);
  await admin.query(`create database ${name} owner ${name}`);
  t.after(async () => {
    await admin.query(`drop database ${name} with (force)`);
    await admin.query(`drop role ${name}`);
    await admin.end();
  });
  const own = new URL(url);
  Object.assign(own, { username: name, password, pathname: `/${name}` });
  assert.ok((await migrate(own.href)).length > 15);
  const database = openDatabase({ url: own.href, connections: 1, log: createLog('silent') });
  t.after(() => database.close());
  const made = await database.transaction(async (connection) => {
    const [role] = await connection.query(
      'select rolsuper, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user',
    );
    assert.deepEqual(role, { rolsuper: false, rolcreaterole: false, rolcreatedb: false });
    return makeAuditMonths(connection, 24);
  });
  assert.ok(made > 0);
});

it('the key of the store is for the calls that the document lists', () => {
  const folder = join(projectRoot, 'src', 'archive');
  const sources = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const calls = new Set(
    sources.flatMap((text) => [...text.matchAll(/\b([A-Z]\w+)Command\b/g)].map(([, call = '']) => call)),
  );
  assert.ok(calls.size > 4);
  for (const call of calls) assert.ok(document.includes(`\`${call}\``), call);
});
