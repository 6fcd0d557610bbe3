/** The end of a deliberation is announced: in time, once for each version, whoever else does it and wherever it is struck. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Connection } from '../../src/database/database.ts';
import { endDeliberation } from '../../src/database/deliberations.ts';
import { claimJobs } from '../../src/database/jobs.ts';
import { createLog } from '../../src/log.ts';
import { announceExpiries } from '../../src/workflows/announce.ts';
import type { Services } from '../../src/workflows/services.ts';
import { tellEvent } from '../../src/workflows/tell.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { daysFromNow, newDeliberation } from '../support/grounds.ts';

let test: TestDatabase;
const run = <T>(work: (connection: Connection) => Promise<T>): Promise<T> => test.database.transaction(work);

before(async () => {
  test = await createTestDatabase();
});
after(() => test.drop());
beforeEach(() => test.query('delete from outbox; delete from job'));

const recorded = (days: number, version?: Parameters<typeof newDeliberation>[2]) =>
  run((connection) => newDeliberation(connection, { validUntil: daysFromNow(days) }, version));

async function announced(): Promise<readonly string[]> {
  const rows = await test.query<{ name: string }>(
    `select deliberation_id || '/' || deliberation_version as name from outbox where kind = 'deliberationExpires'`,
  );
  return rows.map(({ name }) => name);
}

async function told(): Promise<readonly unknown[]> {
  const lines: string[] = [];
  const log = createLog('warn', { write: (line: string) => lines.push(line) });
  // Of an event without a message nothing else is looked at.
  const services = { database: test.database, log } as unknown as Services;
  const jobs = await run((connection) => claimJobs(connection, ['tell'], 10, 60));
  for (const job of jobs) await tellEvent(services, job, String(job.payload.outboxId));
  return lines.map((line) => JSON.parse(line));
}

describe('announceExpiries', () => {
  it('announces from sixty days before the last day on, and nothing that is over', async () => {
    await recorded(61);
    await recorded(-1);
    const due = [await recorded(60), await recorded(0)];
    await announceExpiries(test);
    assert.deepEqual((await announced()).toSorted(), due.map((one) => `${one.deliberationId}/1`).toSorted());
  });

  it('announces each version once, also when several do it at once', async () => {
    const { deliberationId } = await recorded(30);
    await Promise.all(Array.from({ length: 5 }, () => announceExpiries(test)));
    await announceExpiries(test);
    const names = (await announced()).filter((name) => name.startsWith(deliberationId));
    assert.deepEqual(names, [`${deliberationId}/1`]);
    const [entries] = await test.query<{ count: number }>(
      `select count(*)::int as count from audit_entry where action = 'deliberation.announce' and object = $1`,
      [`${deliberationId}/1`],
    );
    assert.equal(entries?.count, 1);
    await recorded(50, { deliberationId, version: 2 });
    await announceExpiries(test);
    const both = (await announced()).filter((name) => name.startsWith(deliberationId));
    assert.deepEqual(both.toSorted(), [`${deliberationId}/1`, `${deliberationId}/2`]);
  });

  it('says nothing of a version that a longer one follows, nor of what was ended', async () => {
    const { deliberationId } = await recorded(30);
    await recorded(400, { deliberationId, version: 2 });
    const ended = await recorded(30);
    await run((connection) =>
      endDeliberation(connection, ended.deliberationId, 'withdrawn', { by: 'a', organization: 'b' }),
    );
    await announceExpiries(test);
    const names = await announced();
    assert.ok(
      !names.some((name) => name.startsWith(deliberationId) || name.startsWith(ended.deliberationId)),
    );
  });

  it('leaves nothing of an announcement that did not commit', async () => {
    const { deliberationId } = await recorded(30);
    await test.query(
      `create function refuse_entry() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
       create trigger refused before insert on audit_entry for each row execute function refuse_entry()`,
    );
    await assert.rejects(announceExpiries(test));
    assert.deepEqual(await announced(), []);
    await test.query('drop trigger refused on audit_entry');
    await announceExpiries(test);
    assert.ok((await announced()).includes(`${deliberationId}/1`));
  });
});

describe('tellEvent', () => {
  it('writes one line for the operator, and none when it was told before', async () => {
    const { deliberationId, organization } = await recorded(7);
    await announceExpiries(test);
    const lines = (await told()) as readonly Record<string, unknown>[];
    const line = lines.find((one) => one.deliberationId === deliberationId);
    assert.deepEqual(
      [line?.msg, line?.version, line?.number, line?.organization, line?.validUntil],
      ['a deliberation is about to expire', 1, '20/123', organization, daysFromNow(7)],
    );
    assert.deepEqual(await told(), []);
    // A worker that was killed after the commit of its job is not asked again; one whose job comes twice tells nothing.
    await test.query(
      `insert into job (lane, kind, payload) select 'tell', 'tell', jsonb_build_object('outboxId', outbox_id) from outbox`,
    );
    assert.deepEqual(await told(), []);
  });
});
