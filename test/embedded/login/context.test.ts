/** Promises are followed only while the provider answers, before Node.js 24: told by a process of its own, as a test runner follows them too. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { projectRoot } from '../../support/needs.ts';

/** Where promises are followed, each step of a function is a thing of its own. */
const SCRIPT = `
  import { executionAsyncId } from 'node:async_hooks';
  import storage from 'oidc-provider/lib/helpers/als.js';
  import { inContext } from './src/embedded/login/context.ts';
  const isFollowed = async () => {
    await undefined;
    const step = executionAsyncId();
    await undefined;
    return step !== executionAsyncId();
  };
  const seen = [await isFollowed()];
  const answer = async () => seen.push(await storage.run({}, isFollowed));
  await inContext(() => inContext(answer).then(answer));
  seen.push(await isFollowed());
  console.log(JSON.stringify(seen));
`;

/** From Node.js 24 on what a request brings along is kept without following anything. */
const IS_FOLLOWED = Number(process.versions.node.split('.')[0]) < 24;

describe('inContext', () => {
  it('has no promises followed but, before Node.js 24, while a request is under way', () => {
    const args = ['--import', 'tsx', '--input-type=module', '--eval', SCRIPT];
    const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: projectRoot, encoding: 'utf8' });
    assert.equal(stdout.trim(), JSON.stringify([false, IS_FOLLOWED, IS_FOLLOWED, false]), stderr);
  });
});
