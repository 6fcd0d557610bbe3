/**
 * A minute of the campaign with a fixed seed: nothing lost, nothing twice, and everything brought to its end. That it finds
 * what is wrong is shown by `npm run faults -- --bugs`; which places it has struck, by a longer run.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from '../support/needs.ts';
import { SEEDED_BUGS } from './campaign/bugs.ts';
import { runCampaign } from './campaign/run.ts';

/** Long enough for a machine that is busy with other tests. */
const DRAIN_SECONDS = 240;
/** Whoever does not end by then is said to hang, and where; a file that goes on for 15 minutes is ended without a word. */
const LONGEST_MS = 11 * 60_000;
/** So long after the last test nothing of a campaign may be open any more. */
const OPEN_MS = 60_000;

/** Keeps a process alive; those of the runner of tests are none of them. */
const OPEN_KINDS = ['ProcessWrap', 'TCPServerWrap', 'TCPSocketWrap', 'Timeout'];

after(async () => {
  const stillOpen = () => process.getActiveResourcesInfo().filter((kind) => OPEN_KINDS.includes(kind));
  for (const deadline = Date.now() + OPEN_MS; stillOpen().length > 0 && Date.now() < deadline; )
    await sleep(100, undefined, { ref: false });
  if (stillOpen().length > 0) throw new Error(`still open: ${stillOpen().join(', ')}`);
});

async function neverEnding(said: readonly string[]): Promise<never> {
  await sleep(LONGEST_MS, undefined, { ref: false });
  throw new Error(`a campaign does not end; it said: ${said.join('\n') || 'nothing'}`);
}

describe('a campaign', () => {
  it('of a minute loses nothing and does nothing twice', async (t) => {
    const said: string[] = [];
    const campaign = runCampaign({
      seconds: 60,
      seed: 1,
      drainSeconds: DRAIN_SECONDS,
      apis: 1,
      workers: 2,
      say: (line) => said.push(line),
    });
    const report = await Promise.race([campaign, neverEnding(said)]);
    const { findings, byFailpoint: _, notRun, ...counts } = report;
    t.diagnostic(JSON.stringify(counts));
    assert.deepEqual(findings, []);
    assert.ok(
      counts.declarations > 0 && counts.databaseKills > 0 && counts.networkFaults > 0,
      JSON.stringify(counts),
    );
    for (const reason of notRun) t.diagnostic(`not run: ${reason}`);
  });
});

describe('seeded bugs', () => {
  it('are put where they belong, in what is written and in what is built', () => {
    const built = join(projectRoot, 'dist');
    const wrong = SEEDED_BUGS.flatMap(({ name, patches = [] }) =>
      patches.flatMap(({ file, find }) => {
        const paths = [join(projectRoot, 'src', `${file}.ts`), join(built, `${file}.js`)];
        const read = paths.filter((path) => existsSync(path)).map((path) => readFileSync(path, 'utf8'));
        return read.every((text) => text.includes(find.trim())) ? [] : [`${name}: ${file}`];
      }),
    );
    assert.deepEqual(wrong, []);
  });

  it('are 25 at least, each of another name', () => {
    assert.ok(new Set(SEEDED_BUGS.map(({ name }) => name)).size === SEEDED_BUGS.length);
    assert.ok(SEEDED_BUGS.length >= 25);
  });
});
