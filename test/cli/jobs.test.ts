/** What was set aside, as an operator sees it and has it tried again. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { type Commands, startCommands } from '../support/command.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let test: TestDatabase;
let commands: Commands;

before(async () => {
  commands = startCommands();
  test = await createTestDatabase();
});
after(async () => {
  await commands.stop();
  await test.drop();
});
beforeEach(async () => {
  await test.query('delete from job');
  await test.query(
    `insert into job (lane, kind, payload, dedupe_key, attempts, last_error, dead_at) values
       ('single', 'issue', '{"attestationId":"a"}', 'a', 12, 'the archive is full', now()),
       ('single', 'issue', '{"attestationId":"a"}', 'a', 3, 'the archive is full', now() - interval '1 day'),
       ('single', 'issue', '{"attestationId":"b"}', 'b', 1, 'no type', now()),
       ('tell', 'digest', '{"personId":"c"}', null, 1, 'refused', now())`,
  );
  // The same work as one that is dead is waiting already.
  await test.query(
    `insert into job (lane, kind, payload, dedupe_key) values ('single', 'issue', '{"attestationId":"b"}', 'b')`,
  );
});

async function ebox(...words: readonly string[]) {
  const environment = { NODE_ENV: 'test', DATABASE_URL: test.url };
  const { status, output, errors } = await commands.run([...words, '--json'], { environment });
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  return { status, output, errors, last: last.startsWith('{') ? JSON.parse(last) : undefined };
}

/** What waits, once each. */
async function waiting(): Promise<readonly string[]> {
  const rows = await test.query<{ key: string }>(
    `select kind || ' ' || coalesce(dedupe_key, '-') || ' ' || attempts as key from job where dead_at is null order by 1`,
  );
  return rows.map(({ key }) => key);
}

describe('ebox jobs', () => {
  it('lists what was set aside and why, and ends with 1 while there is any', async () => {
    const { status, output, last } = await ebox('jobs', 'list');
    assert.equal(status, 1);
    assert.equal(last.dead.length, 4);
    assert.match(output, /digest .* 1 tries {2}refused/);
    await test.query('delete from job where dead_at is not null');
    const none = await ebox('jobs', 'list');
    assert.deepEqual([none.status, none.last.dead], [0, []]);
  });

  it('has a kind tried again: what is queued already, once', async () => {
    const { status, last } = await ebox('jobs', 'retry', '--kind', 'issue', '--actor', 'an');
    assert.deepEqual([status, last.retried], [0, 3]);
    assert.deepEqual(await waiting(), ['issue a 0', 'issue b 0']);
    const entries = await test.query<{ who: string }>(
      `select actor_id || ' ' || action as who from audit_entry where action = 'job.retry'`,
    );
    assert.deepEqual(
      entries.map(({ who }) => who),
      Array.from({ length: 3 }, () => 'operator/an job.retry'),
    );
  });

  it('has one tried again, or all', async () => {
    const [one] = await test.query<{ id: string }>(`select job_id as id from job where kind = 'digest'`);
    assert.equal((await ebox('jobs', 'retry', '--job', one?.id ?? '', '--actor', 'an')).last.retried, 1);
    assert.deepEqual(await waiting(), ['digest - 0', 'issue b 0']);
    assert.equal((await ebox('jobs', 'retry', '--all', '--actor', 'an')).last.retried, 3);
    assert.deepEqual((await ebox('jobs', 'retry', '--all', '--actor', 'an')).status, 1);
  });

  it('wants to know who asks and which', async () => {
    for (const words of [[], ['--actor', 'an'], ['--actor', 'an', '--all', '--kind', 'issue'], ['--all']]) {
      const { status, errors } = await ebox('jobs', 'retry', ...words);
      assert.deepEqual([status, errors.startsWith('Say w')], [1, true], errors);
    }
  });
});
