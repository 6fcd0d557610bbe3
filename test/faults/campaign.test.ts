/**
 * A minute of the campaign with a fixed seed: nothing lost, nothing twice, and everything brought to its end. That it finds
 * what is wrong is shown by `npm run faults -- --bugs`; which places it has struck, by a longer run.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { projectRoot } from '../support/needs.ts';
import { SEEDED_BUGS } from './campaign/bugs.ts';
import { runCampaign } from './campaign/run.ts';

/** Long enough for a machine that is busy with other tests. */
const DRAIN_SECONDS = 240;

describe('a campaign', () => {
  it('of a minute loses nothing and does nothing twice', async (t) => {
    const report = await runCampaign({
      seconds: 60,
      seed: 1,
      drainSeconds: DRAIN_SECONDS,
      apis: 1,
      workers: 2,
    });
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
