/**
 * Worker processes on one batch, over a message cluster of three nodes and without one: the leader and half of the workers are
 * killed on the way, and every row comes out once. Four of them, and both ways, where `EVERY_STEP=true`: they take a minute
 * to start.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { until } from '../support/client.ts';
import { startNats } from '../support/nats.ts';
import { needsTool } from '../support/needs.ts';
import { startFleet } from './fleet.ts';
import { batchEnded, endedRows, endState, sendBatch } from './fleet-batch.ts';

const ROWS = 400;
const isEvery = process.env.EVERY_STEP === 'true';
const WORKERS = isEvery ? 4 : 2;

describe('workers on one batch', () => {
  it('bring every row to its end once, told over a cluster that loses its leader', async (t) => {
    if (!needsTool(t, 'nats-server')) return;
    const nats = await startNats();
    try {
      await run(nats.urls, () => nats.killLeader());
    } finally {
      await nats.stop();
    }
  });

  it(
    'bring every row to its end once by the database alone',
    {
      skip: !isEvery && 'runs where EVERY_STEP=true',
    },
    () => run(undefined, async () => undefined),
  );
});

async function run(queueUrls: readonly string[] | undefined, killMore: () => Promise<void>): Promise<void> {
  const fleet = await startFleet({ workers: WORKERS, queueUrls });
  try {
    await sendBatch(fleet, ROWS);
    await until(
      () => endedRows(fleet),
      (ended) => ended !== undefined && ended > 50,
    );
    const killed = Array.from({ length: WORKERS / 2 }, (_, at) => fleet.killWorker(at));
    await Promise.all([killMore(), ...killed]);
    await batchEnded(fleet);
    const { state, issued, refused, waiting, notOnce, attestations, messages } = await endState(fleet);
    assert.deepEqual(
      { state, issued, refused, waiting, notOnce, attestations, messages },
      { state: 'done', issued: 360, refused: 8, waiting: 32, notOnce: 0, attestations: 360, messages: 360 },
    );
  } finally {
    await fleet.stop();
  }
}
