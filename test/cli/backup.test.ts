/** A backup as an operator takes and restores it: another machine answers with the same register, and nobody erased comes back. */
import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { tokenOfPerson } from '../../src/cli/token.ts';
import { createApi } from '../http/api.ts';
import { newestOf, type Scene, startScene } from '../http/scene.ts';
import { type Commands, startCommands } from '../support/command.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { demoSsin, startTestService, type TestService } from '../support/service.ts';

/** What a new machine gets besides the backup: secrets, which no backup of the register holds. */
const SECRETS = ['vault.secret', 'evidence.key', 'code-key.jwk'];
const PASSING = ['session', 'limit_use', 'migration'];

let folder: string;
let commands: Commands;
let scene: Scene;
let restored: TestDatabase;
let later: TestService | undefined;
let documents: Readonly<Record<'lena' | 'amelie', Buffer>>;
let counted: Readonly<Record<string, number>>;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'backup-'));
  commands = startCommands();
  scene = await startScene();
  await scene.declareDays('lena', ['2020-09-01', '2020-10-02']);
  await scene.declareDays('amelie', ['2020-09-03']);
  documents = { lena: await newestOf(scene, 'lena'), amelie: await newestOf(scene, 'amelie') };
  restored = await createTestDatabase();
  // An older release had made this one: nothing is in it at all.
  await restored.query('drop schema public cascade');
  await restored.query('create schema public');
});
after(async () => {
  await later?.stop();
  await restored.drop();
  await scene.stop();
  await commands.stop();
  rmSync(folder, { recursive: true, force: true });
});

const at = (name: string) => join(folder, name);

/** Runs `ebox` on the machine whose data folder is named. */
async function ebox(dataDir: string, database: string, words: readonly string[], input = '') {
  const environment = { NODE_ENV: 'test', DATA_DIR: dataDir, DATABASE_URL: database };
  const { status, output, errors } = await commands.run(words, { environment, input });
  return { status, output, errors, last: () => JSON.parse(output.trimEnd().split('\n').at(-1) ?? '') };
}

const here = (words: readonly string[], input = '') =>
  ebox(scene.service.dataDir, scene.service.database.url, words, input);
const there = (words: readonly string[]) => ebox(at('there'), restored.url, words);

/** What a backup says it holds, by table. */
function rowsIn(name: string): Record<string, number> {
  const { tables } = JSON.parse(readFileSync(join(at(name), 'backup.json'), 'utf8')) as {
    readonly tables: readonly { readonly name: string; readonly rows: number }[];
  };
  return Object.fromEntries(tables.map((table) => [table.name, table.rows]));
}

async function countRows(database: TestDatabase): Promise<Record<string, number>> {
  const tables = await database.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
     and not relispartition and relname <> all($1) order by relname`,
    [PASSING],
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const [row] = await database.query<{ rows: number }>(`select count(*)::int as rows from "${name}"`);
    counts[name] = row?.rows ?? -1;
  }
  return counts;
}

describe('ebox backup', () => {
  it('copies register, keys and objects while the service runs', async () => {
    const words = ['--folder', at('register'), '--keys', at('keys'), '--objects', at('objects')];
    const { status, output, errors, last } = await here(['backup', ...words, '--json']);
    assert.equal(status, 0, errors);
    assert.match(output, /register {2}\d+ rows of \d+ tables\n {2}keys {6}\d+ rows\n {2}objects {3}3 in/);
    counted = rowsIn('register');
    const total = Object.values(counted).reduce((sum, rows) => sum + rows, 0);
    assert.equal(last().register.rows, total);
    const present = await countRows(scene.service.database);
    for (const name of ['person', 'declaration', 'attestation', 'message', 'dimona_period'])
      assert.equal(counted[name], present[name], name);
  });

  it('copies only objects that are new', async () => {
    const { last } = await here(['backup', '--objects', at('objects'), '--json']);
    assert.deepEqual(last().objects, { there: 3, copied: 0 });
  });

  it('takes no folder with something in it, and none at all for one', async () => {
    const used = await here(['backup', '--folder', at('register')]);
    assert.deepEqual([used.status, /is not empty/.test(used.errors)], [1, true]);
    const none = await here(['backup']);
    assert.deepEqual([none.status, /Say where to/.test(none.errors)], [1, true]);
  });
});

describe('ebox restore', () => {
  it('refuses a file that is not as it was written', async () => {
    cpSync(at('register'), at('bad'), { recursive: true });
    appendFileSync(at('bad/person.copy.gz'), 'x');
    const { status, errors } = await there(['restore', '--folder', at('bad'), '--keys', at('keys')]);
    assert.deepEqual([status, /person\.copy\.gz is not as it was written/.test(errors)], [1, true], errors);
  });

  it('makes another machine answer as the first one did', async () => {
    for (const name of SECRETS)
      cpSync(join(scene.service.dataDir, name), join(at('there'), name), { recursive: true });
    const erased = await here(
      ['privacy', 'erase', '--actor', 'an', '--reason', 'letter 2026/118'],
      demoSsin('amelie'),
    );
    assert.equal(erased.status, 0, erased.errors);
    assert.equal((await here(['backup', '--keys', at('newer-keys')])).status, 0);
    const back = await there(['restore', '--folder', at('register'), '--keys', at('newer-keys'), '--json']);
    assert.equal(back.status, 0, back.errors + back.output);
    assert.deepEqual([back.last().lost, back.last().erasedAgain], [0, 1]);
    const { erasure, job, ...same } = await countRows(restored);
    const { erasure: _, job: jobs, ...before } = counted;
    assert.deepEqual(same, before);
    assert.deepEqual([erasure, job], [1, (jobs ?? 0) + 1]);
    assert.deepEqual(await rulesOf(restored), await rulesOf(scene.service.database));
  });

  it('brings nobody back who was erased since', async () => {
    later = await startTestService({ DATABASE_URL: restored.url, DATA_DIR: at('there') });
    const objects = await there(['restore', '--objects', at('objects'), '--json']);
    assert.deepEqual(objects.last().objects, { stored: 3, existing: 0 }, objects.errors);
    const login = {
      issuer: later.service.composition.parts.issuer,
      folder: at('there/login'),
      publicUrl: later.url,
    };
    const personToken = (personId: string) => tokenOfPerson(login, personId, 'ebox:consult');
    const next: Scene = { ...scene, service: { ...later, personToken }, api: await createApi(later) };
    const body = documents.lena;
    const report = await next.api.call('post', '/verifications/v1/verifications', {
      type: 'application/pdf',
      body,
    });
    assert.equal(report.body.status, 'valid');
    assert.ok((await newestOf(next, 'lena')).equals(documents.lena));
    await erasedIn(restored);
    const other = { type: 'application/pdf', body: documents.amelie };
    const gone = await next.api.call('post', '/verifications/v1/verifications', other);
    assert.equal(gone.body.status, 'erased');
  });

  it('never loads over a register that is in use', async () => {
    const { status, errors } = await there(['restore', '--folder', at('register'), '--keys', at('keys')]);
    assert.deepEqual([status, /in use already/.test(errors)], [1, true], errors);
  });
});

/** Every constraint and every trigger, and whether it is in force. */
async function rulesOf(database: TestDatabase): Promise<readonly string[]> {
  const rows = await database.query<{ rule: string }>(
    `select concat_ws(' ', conrelid::regclass, conname, convalidated, pg_get_constraintdef(oid)) as rule
       from pg_constraint where connamespace = 'public'::regnamespace
     union all select concat_ws(' ', tgrelid::regclass, tgname, tgenabled) from pg_trigger where not tgisinternal
     order by 1`,
  );
  // What looks through a run of the tests stands in databases cloned from the template alone.
  return rows.map(({ rule }) => rule).filter((rule) => !/ remember /.test(rule));
}

async function erasedIn(database: TestDatabase): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const [row] = await database.query<{ left: number }>(
      'select count(*)::int as left from erasure where done_at is null',
    );
    if (row?.left === 0) return;
    if (Date.now() > deadline) throw new Error('nobody was erased again after a minute');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
