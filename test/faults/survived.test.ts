/** What the README says was survived is what the results say. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { projectRoot } from '../support/needs.ts';
import { readResults, withTable } from './survived.ts';

const readme = () => readFileSync(join(projectRoot, 'README.md'), 'utf8');

describe('the table of faults survived', () => {
  it('is made of the results; `npm run faults -- --table` writes it', () =>
    assert.equal(readme(), withTable(readme(), readResults())));

  it('would differ with another result', () => {
    const simulation = { interleavings: 1, seed: 1, effects: 12_345, violations: 2 };
    const changed = withTable(readme(), { simulation });
    assert.notEqual(changed, readme());
    assert.match(changed, /\| 1 \| 2 \|\n/);
    assert.match(changed, /12 345 effects/);
  });

  it('says nothing of what could not be run', () =>
    assert.equal(withTable(readme(), { power: { notRun: 'no mounts' } }), withTable(readme(), {})));
});
