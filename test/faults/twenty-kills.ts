/**
 * A batch is killed twenty times at random moments: workers, the process that takes requests, the database. In the end it
 * has come to what an undisturbed run of the same rows comes to.
 * `node --import tsx test/faults/twenty-kills.ts [--rows 100000] [--kills 20] [--workers 2] [--seed N] [--nats]`; the seed
 * of a run is printed, and the last line is the result as JSON. The exit status is 1 where the two differ.
 */
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { until } from '../support/client.ts';
import { startNats } from '../support/nats.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { batchEnded, type EndState, endedRows, endState, sendBatch } from './fleet-batch.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000' },
    kills: { type: 'string', default: '20' },
    workers: { type: 'string', default: '2' },
    seed: { type: 'string' },
    nats: { type: 'boolean', default: false },
  },
});
const rows = Number(values.rows);
const kills = Number(values.kills);
const workers = Number(values.workers);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const random = randomFrom(seed);
process.stdout.write(`seed ${seed}: ${rows} rows, ${workers} workers, ${kills} kills\n`);

const calm = await runOnce(async () => undefined);
const disturbed = await runOnce(disturb);
const isSame = isDeepStrictEqual(calm, disturbed) && disturbed.notOnce === 0;
process.stdout.write(`${JSON.stringify({ seed, rows, kills, isSame, calm, disturbed })}\n`);
process.exitCode = isSame ? 0 : 1;

async function runOnce(during: (fleet: Fleet) => Promise<void>): Promise<EndState> {
  const nats = values.nats ? await startNats() : undefined;
  const fleet = await startFleet({ workers, queueUrls: nats?.urls });
  try {
    await sendBatch(fleet, rows);
    await during(fleet);
    await batchEnded(fleet);
    return await endState(fleet);
  } finally {
    await fleet.stop();
    await nats?.stop();
  }
}

/** Spread over the rows: each kill waits for its share of them, so that a slow machine is hit as often as a fast one. */
async function disturb(fleet: Fleet): Promise<void> {
  const moments = Array.from({ length: kills }, () => random() * 0.9 * rows).sort(
    (one, other) => one - other,
  );
  for (const [at, moment] of moments.entries()) {
    await until(
      () => endedRows(fleet),
      (ended) => ended !== undefined && ended >= moment,
      3_600_000,
    );
    const [what, kill] = choose(fleet);
    process.stdout.write(`  ${at + 1}: ${what}, after ${Math.round(moment)} rows or more\n`);
    await kill();
  }
}

function choose(fleet: Fleet): [string, () => Promise<void>] {
  const drawn = random();
  if (drawn < 0.25) return ['database', () => fleet.killDatabase()];
  if (drawn < 0.4) return ['api', () => fleet.killApi()];
  const at = Math.floor(random() * workers);
  return [`worker ${at}`, () => fleet.killWorker(at)];
}

/** Mulberry32 (Tommy Ettinger, public domain): enough to draw moments by. */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
