/**
 * Four worker processes on one batch, over a message cluster of three nodes and without one: the leader and two workers are
 * killed on the way, and every row comes out once.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { until } from '../support/client.ts';
import { startNats } from '../support/nats.ts';
import { needsTool } from '../support/needs.ts';
import { startFleet } from './fleet.ts';
import { batchEnded, endedRows, endState, sendBatch } from './fleet-batch.ts';

const ROWS = 400;

describe('four workers on one batch', () => {
  it('bring every row to its end once, told over a cluster that loses its leader', async (t) => {
    if (!needsTool(t, 'nats-server')) return;
    const nats = await startNats();
    try {
      await run(nats.urls, () => nats.killLeader());
    } finally {
      await nats.stop();
    }
  });

  it('bring every row to its end once by the database alone', () => run(undefined, async () => undefined));
});

async function run(queueUrls: readonly string[] | undefined, killMore: () => Promise<void>): Promise<void> {
  const fleet = await startFleet({ workers: 4, queueUrls });
  try {
    await sendBatch(fleet, ROWS);
    await until(
      () => endedRows(fleet),
      (ended) => ended !== undefined && ended > 50,
    );
    await Promise.all([killMore(), fleet.killWorker(0), fleet.killWorker(1)]);
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
