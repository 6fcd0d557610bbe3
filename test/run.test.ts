/** The seed of a run reaches the properties of its files, however the run was started. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import * as fc from 'fast-check';
import { projectRoot } from './support/needs.ts';

/** What a property draws in a process that was started as the runner starts test files. */
function drawn(seed: string | undefined): string {
  const preload = pathToFileURL(join(projectRoot, 'test', 'support', 'properties.ts')).href;
  const script = `import * as fc from 'fast-check';
    const all = [];
    fc.assert(fc.property(fc.integer(), (one) => { all.push(one); }));
    console.log(all.join());`;
  const { PROPERTY_SEED: _seed, NODE_TEST_CONTEXT: _context, ...env } = process.env;
  const { stdout } = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--import', preload, '--input-type=module', '--eval', script],
    {
      cwd: projectRoot,
      encoding: 'utf8',
      env: { ...env, ...(seed !== undefined && { PROPERTY_SEED: seed }) },
    },
  );
  assert.match(stdout, /^-?\d+(,-?\d+){99}\n$/);
  return stdout;
}

describe('PROPERTY_SEED', () => {
  it('has every property draw the same, run for run', () => assert.equal(drawn('7'), drawn('7')));
  it('draws something else for another number', () => assert.notEqual(drawn('7'), drawn('8')));
  it('is not needed: then chance draws', () => assert.notEqual(drawn(undefined), drawn(undefined)));
  it('has reached this file when it is run by the runner', () => {
    const seed = process.env.PROPERTY_SEED;
    assert.equal(fc.readConfigureGlobal()?.seed, seed === undefined ? undefined : Number(seed));
  });
});
