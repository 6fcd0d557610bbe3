/** Failpoints: what may be armed, and that each action strikes at the hit it was armed for. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { armFailpoints, disarmFailpoints, FAILPOINTS, failpoint, wrongFailpoint } from '../src/failpoint.ts';
import { projectRoot } from './support/needs.ts';

afterEach(() => disarmFailpoints());

describe('wrongFailpoint', () => {
  for (const text of [
    '',
    ' ',
    'issue.sealed=kill',
    ' issue.sealed=throw@3 , digest.mailed=hang,',
    '*=kill%0.5,seed=7',
  ]) {
    it(`finds nothing wrong with "${text}"`, () => assert.equal(wrongFailpoint(text), undefined));
  }
  for (const wrong of [
    'issue.sealed',
    'issue=kill',
    'issue.sealed=stop',
    'issue.sealed=kill@0',
    'issue.sealed=kill@',
    'issue.sealed=kill@-1',
    'issue.sealed=kill@1.5',
    'ISSUE.SEALED=kill',
    'issue.sealed=kill%101',
    'seed=',
  ]) {
    it(`names ${wrong} among good ones`, () =>
      assert.equal(wrongFailpoint(`digest.mailed=hang, ${wrong},issue.sealed=kill`), wrong));
  }
});

describe('armFailpoints', () => {
  it('arms nothing when one part is wrong', async () => {
    assert.throws(() => armFailpoints('issue.sealed=throw,issue.unknown=throw'), /issue\.unknown=throw/);
    await failpoint('issue.sealed');
  });
});

describe('failpoint', () => {
  it('does nothing when nothing is armed', async () => {
    for (const name of FAILPOINTS) await failpoint(name);
  });

  it('does nothing at a place that is not armed', async () => {
    armFailpoints('issue.sealed=throw');
    for (const name of FAILPOINTS.filter((one) => one !== 'issue.sealed')) await failpoint(name);
  });

  it('throws at the hit it was armed for, and at no other', async () => {
    armFailpoints('issue.sealed=throw@3');
    const struck: number[] = [];
    for (let hit = 1; hit <= 5; hit += 1) await failpoint('issue.sealed').catch(() => struck.push(hit));
    assert.deepEqual(struck, [3]);
  });

  it('counts the hits of each place by itself', async () => {
    armFailpoints('issue.sealed=throw@2,issue.archived=throw@1');
    await failpoint('issue.sealed');
    await assert.rejects(failpoint('issue.archived'), /issue\.archived/);
    await assert.rejects(failpoint('issue.sealed'), /issue\.sealed/);
  });

  it('strikes anywhere by chance: the same hits for the same seed, about as many as it was told', async () => {
    const strikesOf = async (seed: number) => {
      disarmFailpoints();
      armFailpoints(`*=throw%20,seed=${seed}`);
      const struck: number[] = [];
      for (let hit = 0; hit < 500; hit += 1)
        await failpoint(hit % 2 === 0 ? 'issue.sealed' : 'read.committed').catch(() => struck.push(hit));
      return struck;
    };
    const struck = await strikesOf(7);
    assert.deepEqual(await strikesOf(7), struck);
    assert.notDeepEqual(await strikesOf(8), struck);
    assert.ok(struck.length > 50 && struck.length < 200, `${struck.length} of 500`);
  });

  it('strikes no more once disarmed, and counts anew when armed again', async () => {
    armFailpoints('issue.sealed=throw@2');
    await failpoint('issue.sealed');
    disarmFailpoints();
    await failpoint('issue.sealed');
    armFailpoints('issue.sealed=throw@2');
    await failpoint('issue.sealed');
    await assert.rejects(failpoint('issue.sealed'));
  });

  it('hangs where nothing after it runs', async () => {
    armFailpoints('digest.mailed=hang');
    const turns = async () => {
      for (let turn = 0; turn < 10; turn += 1) await setImmediate();
      return 'waited';
    };
    assert.equal(await Promise.race([failpoint('digest.mailed'), turns()]), 'waited');
  });

  it('kills the process at once: nothing after it runs, not even what waits for the end', async () => {
    const script = `
      import { armFailpoints, failpoint } from './src/failpoint.ts';
      process.on('exit', () => console.log('exit'));
      armFailpoints('issue.archived=kill@2');
      await failpoint('issue.archived');
      console.log('first');
      await failpoint('issue.archived');
      console.log('second');`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
      cwd: projectRoot,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (text: Buffer) => {
      output += text.toString();
    });
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    assert.deepEqual([code, signal, output], [null, 'SIGKILL', 'first\n']);
  });
});
