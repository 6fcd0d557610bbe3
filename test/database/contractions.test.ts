/** Migrations that a running release survives: they add, and take away only what the release before no longer uses. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { contractions } from '../support/contractions.ts';
import { projectRoot } from '../support/needs.ts';

/** The last migration that the first release begins with: nobody upgrades across those. */
const LAST_OF_FIRST_RELEASE = 32;

const folder = join(projectRoot, 'src', 'database', 'migrations');
const migrations = readdirSync(folder).map((name) => ({
  name,
  number: Number(name.slice(0, 4)),
  sql: readFileSync(join(folder, name), 'utf8'),
}));
const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
  readonly version: string;
};

describe('a migration after the first release', () => {
  it('takes nothing away that the release before uses', () =>
    assert.deepEqual(
      migrations
        .filter(({ number }) => number > LAST_OF_FIRST_RELEASE)
        .flatMap(({ name, sql }) => contractions(sql, version).map((what) => `${name}: ${what}`)),
      [],
    ));

  it('would be found in what the first release went through', () => {
    const found = migrations
      .filter(({ sql }) => contractions(sql, version).length > 0)
      .map(({ number }) => number);
    for (const number of [8, 11, 21]) assert.ok(found.includes(number), `${number} takes something away`);
    assert.ok(!found.includes(32), 'constraints are widened');
  });

  for (const sql of [
    'drop table a;',
    'alter table a drop column b;',
    'ALTER TABLE a\n  RENAME COLUMN b TO c;',
    'alter table a alter column b set not null;',
    'alter table a alter column b type bigint;',
    'alter table a alter column b set data type bigint;',
    'alter table a alter column b drop default;',
    'alter table a add column b text not null, add column c text default 1;',
  ])
    it(`may not say ${sql.replace('\n', ' ')}`, () => assert.equal(contractions(sql, '2.0.0').length, 1));

  it('may add', () => {
    const sql = `-- drop table a: not now
      create table a (b text not null); alter table a add column c text, add column d int not null default 1;
      alter table a alter column b drop not null; alter table a drop constraint x; comment on table a is 'rename';`;
    assert.deepEqual(contractions(sql, '2.0.0'), []);
  });

  it('may take away what it says is unused since an earlier release than its own', () => {
    const sql = (since: string) => `-- Unused since ${since}.\ndrop table a;`;
    assert.deepEqual(contractions(sql('1.9.3'), '2.0.0'), []);
    assert.deepEqual(contractions(sql('2.0.0'), '2.0.0'), ['drop table']);
    assert.deepEqual(contractions(sql('2.0.1'), '2.0.0'), ['drop table']);
  });
});
