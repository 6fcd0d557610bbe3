/** Migrations: from nothing to the present schema, twice at once, and none by half. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import pg from 'pg';
import { migrate } from '../../src/database/migrate.ts';
import { freePort } from '../../src/embedded/ports.ts';
import { until } from '../support/client.ts';
import { testServer } from '../support/database.ts';
import { projectRoot } from '../support/needs.ts';

const MIGRATIONS = readdirSync(join(projectRoot, 'src', 'database', 'migrations'))
  .map((name) => name.replace(/\.sql$/, ''))
  .sort();

let admin: pg.Client;
const databases: string[] = [];

before(async () => {
  admin = new pg.Client((await testServer()).url);
  await admin.connect();
});
after(async () => {
  for (const name of databases) await admin.query(`drop database ${name} with (force)`);
  await admin.end();
});

async function emptyDatabase(): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await admin.query(`create database ${name}`);
  databases.push(name);
  const url = new URL((await testServer()).url);
  url.pathname = `/${name}`;
  return url.href;
}

async function query<Row>(url: string, text: string): Promise<Row[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(text)).rows as Row[];
  } finally {
    await client.end();
  }
}

async function tables(url: string): Promise<string[]> {
  const rows = await query<{ name: string }>(
    url,
    `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`,
  );
  return rows.map(({ name }) => name);
}

describe('migrate', () => {
  it('says so when its connection is lost, between two statements as well', async () => {
    const url = await emptyDatabase();
    const name = new URL(url).pathname.slice(1);
    const kill = 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1';
    let losses = 0;
    for (let tries = 0; tries < 10; tries += 1) {
      let outcome = '';
      const migrating = migrate(url)
        .then(
          () => 'done',
          (error: { code: string }) => error.code,
        )
        .then((what) => {
          outcome = what;
          return what;
        });
      while (outcome === '') await admin.query(kill, [name]);
      const last = await migrating;
      assert.ok(last === 'done' || last === 'databaseUnavailable', last);
      if (last !== 'done') losses += 1;
    }
    assert.ok(losses > 0, 'no connection was lost');
    await migrate(url);
    assert.deepEqual(await migrate(url), []);
  });

  it('says so when the connection is lost while what applies them prepares, which tells it in words of its own', async () => {
    const url = await emptyDatabase();
    const name = new URL(url).pathname.slice(1);
    const holder = new pg.Client(url);
    await holder.connect();
    try {
      // Another one makes the table of migrations, and has not ended yet.
      await holder.query('begin');
      await holder.query('create table migration ()');
      const migrating = assert.rejects(migrate(url), { name: 'ServiceError', code: 'databaseUnavailable' });
      const kill = `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and wait_event_type = 'Lock'`;
      await until(
        () => admin.query(kill, [name]),
        ({ rowCount }) => rowCount === 1,
      );
      await migrating;
    } finally {
      await holder.end();
    }
  });

  it('applies every migration in its order, once', async () => {
    const url = await emptyDatabase();
    assert.deepEqual(await migrate(url), MIGRATIONS);
    assert.deepEqual(await migrate(url), []);
    assert.deepEqual(
      (await query<{ name: string }>(url, 'select name from migration order by id')).map(({ name }) => name),
      MIGRATIONS,
    );
    for (const table of ['person', 'declaration', 'attestation', 'message', 'job', 'audit_entry'])
      assert.ok((await tables(url)).includes(table), table);
  });

  it('applies each once when several processes start at once', async () => {
    const url = await emptyDatabase();
    const applied = await Promise.all([1, 2, 3, 4].map(() => migrate(url)));
    assert.deepEqual(applied.flat().sort(), MIGRATIONS);
    assert.deepEqual(await migrate(url), []);
  });

  it('says migrationFailed and leaves the database as it was when a migration cannot be applied', async () => {
    const url = await emptyDatabase();
    // In the way of the second migration.
    await query(url, 'create table message ()');
    await assert.rejects(migrate(url), { name: 'ServiceError', code: 'migrationFailed' });
    const left = await tables(url);
    assert.ok(left.includes('person'), 'the first migration was applied');
    assert.ok(!left.includes('attestation'), 'nothing of the second');
    await query(url, 'drop table message');
    assert.deepEqual(await migrate(url), MIGRATIONS.slice(1));
  });

  it('says databaseUnavailable where nothing listens', async () => {
    const url = `postgres://ebox@127.0.0.1:${await freePort()}/ebox`;
    await assert.rejects(migrate(url), { name: 'ServiceError', code: 'databaseUnavailable' });
  });
});
