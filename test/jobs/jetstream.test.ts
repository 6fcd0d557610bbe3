/** Chunks told over a real cluster of three nodes: each is done once, whatever of the cluster or the workers dies. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { queueChunks, queueJob } from '../../src/database/jobs.ts';
import { openJetStream } from '../../src/jobs/jetstream.ts';
import { startRunner } from '../../src/jobs/runner.ts';
import { createLog } from '../../src/log.ts';
import { commitLease } from '../../src/workflows/lease.ts';
import { openQueue } from '../../src/workflows/queue.ts';
import { until } from '../support/client.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { type NatsCluster, startNats } from '../support/nats.ts';
import { needsTool } from '../support/needs.ts';

const ROWS = 200;
const log = createLog('silent');

describe('chunks told over a cluster', () => {
  let test: TestDatabase;
  let cluster: NatsCluster | undefined;
  const stops: (() => Promise<void>)[] = [];

  before(async () => {
    test = await createTestDatabase();
    await test.query('create table done (row integer, worker integer)');
  });
  after(async () => {
    for (const stop of stops) await stop();
    await cluster?.stop();
    await test.drop();
  });

  const options = ({ urls }: NatsCluster) => ({ urls, ahead: 4, leaseSeconds: 2, log });

  /** Does a chunk as a workflow does: its effect and its lease in one transaction. */
  async function startWorker(found: NatsCluster, worker: number) {
    const queue = await openJetStream(openQueue(test.database), options(found));
    const handler = (
      job: Parameters<typeof commitLease>[1] & { payload: Readonly<Record<string, unknown>> },
    ) =>
      test.database.transaction(async (connection) => {
        await connection.query('insert into done select $1, $2', [job.payload.from ?? 0, worker]);
        await commitLease(connection, job);
      });
    const handlers = { runRows: handler, settle: handler };
    const runner = await startRunner({ queue, handlers, lanes: { bulk: 4 }, leaseSeconds: 2, log });
    stops.push(() => runner.stop().then(() => queue.close()));
  }

  const done = async () => (await test.query('select row from done')).length;

  it('are done once each, though the leader and a worker die', async (t) => {
    if (!needsTool(t, 'nats-server')) return;
    cluster = await startNats();
    // This one takes some and is never heard of again.
    const dying = await openJetStream(openQueue(test.database), options(cluster));
    const batchId = randomUUID();
    await test.database.transaction(async (connection) => {
      await queueChunks(connection, 'runRows', batchId, ROWS, 1);
      await queueJob(connection, { lane: 'bulk', kind: 'settle', payload: {} });
    });
    await until(
      () => dying.claim(['bulk'], 4, 2),
      (jobs) => jobs.some(({ kind }) => kind === 'runRows'),
    );
    await dying.close();
    await startWorker(cluster, 1);
    await startWorker(cluster, 2);
    await until(done, (count) => count > 20);
    await cluster.killLeader();
    await until(
      () => test.query('select from job'),
      (jobs) => jobs.length === 0,
    );
    const rows = await test.query<{ row: number; times: number }>(
      'select row, count(*)::int as times from done where row > 0 group by row order by row',
    );
    assert.deepEqual(
      rows,
      Array.from({ length: ROWS }, (_, at) => ({ row: at + 1, times: 1 })),
    );
  });

  it('are taken from the database while no node answers', async (t) => {
    if (!needsTool(t, 'nats-server')) return;
    await cluster?.stop();
    await test.query('delete from done');
    await test.database.transaction((connection) => queueChunks(connection, 'runRows', randomUUID(), 20, 1));
    await until(done, (count) => count === 20);
  });
});
