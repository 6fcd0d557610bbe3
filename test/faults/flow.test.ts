/** Kills the process at each boundary of a flow: the files are those of a run that nobody disturbed, and nothing is left over. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { sweepObjects } from '../../src/workflows/sweep-objects.ts';
import { until } from '../support/client.ts';
import type { TestDatabase } from '../support/database.ts';
import {
  beginRun,
  type FlowServices,
  type FlowStore,
  onDay,
  orderFlow,
  readRun,
  startFlowStore,
  workOff,
} from '../support/flow-runs.ts';
import { projectRoot } from '../support/needs.ts';
import {
  filesOf,
  loadPopulation,
  makePopulation,
  openRegister,
  type RegisterServices,
} from '../support/population.ts';
import { testProgram } from '../support/program.ts';

const PERSONS = 120;
const FLOW = 'temporary-unemployment';
const DAY = '2020-05-15';
const SECRET = 'ab'.repeat(32);

let test: TestDatabase;
let services: RegisterServices & FlowServices;
let store: FlowStore;

before(async () => {
  store = await startFlowStore();
  const register = await openRegister(Buffer.from(SECRET, 'hex'));
  test = register.test;
  services = { ...register.services, archive: store.archive };
  const population = await makePopulation(services, PERSONS);
  const files = filesOf(population.employers(), population.citizens());
  const needed = ['enterprises.csv', 'persons.csv', 'statuses-onem.csv'] as const;
  await loadPopulation(services, new Map(needed.map((name) => [name, files.get(name) ?? ''])));
  await orderFlow(onDay(services, DAY), FLOW);
});
after(async () => {
  await store.stop();
  await test.drop();
});

/** Works on what there is until the failpoint kills it. */
async function struck(place: string): Promise<NodeJS.Signals | null> {
  const child = spawn(process.execPath, testProgram('faults/flow-process.ts'), {
    cwd: projectRoot,
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: test.url,
      STORE: JSON.stringify(store.address),
      VAULT_SECRET: SECRET,
      FLOW_DAY: DAY,
      FAILPOINTS: `${place}=kill`,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  // Its lease has to run out before anybody goes on.
  await until(
    () =>
      test.query<{ leased: number }>(
        `select count(*)::int as leased from job
         where lease_until > clock_timestamp() and kind in ('readFlow', 'closeFlow')`,
      ),
    ([row]) => row?.leased === 0,
  );
  return signal;
}

describe('killing the process while a flow runs', () => {
  it('at each boundary leads to the files of an undisturbed run, each row and each person once', async () => {
    const runId = await beginRun(onDay(services, DAY), FLOW);
    for (const place of ['flow.stored', 'flow.closed']) assert.equal(await struck(place), 'SIGKILL', place);
    assert.ok((await workOff(onDay(services, DAY))) > 0, 'something was left to do');
    const { run, content } = await readRun(services, runId);
    assert.ok(content.size > 1 && run.rowCount > 20, JSON.stringify([...content.keys()]));

    const otherId = await beginRun(onDay(services, DAY), FLOW);
    await workOff(onDay(services, DAY));
    const other = await readRun(services, otherId);
    assert.deepEqual(content, other.content);
    assert.deepEqual([run.rowCount, run.personCount], [other.run.rowCount, other.run.personCount]);
  });

  it('tells nobody twice, and leaves no object that no file names', async () => {
    const told = await test.query<{ entries: number; persons: number }>(
      `select count(*)::int as entries, count(distinct person_id)::int as persons from audit_entry
       where action = 'flow.supply' group by object`,
    );
    assert.equal(told.length, 2);
    for (const { entries, persons } of told) assert.equal(entries, persons);
    assert.equal(await sweepObjects(services, 0), 1, 'the part that was stored when the process was killed');
    const named = await test.query<{ key: string }>('select object_key as key from flow_part');
    const stored: string[] = [];
    for await (const key of store.archive.list()) stored.push(key);
    assert.deepEqual(stored.sort(), named.map(({ key }) => key).sort());
  });
});
