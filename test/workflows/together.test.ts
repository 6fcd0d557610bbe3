/** Tasks that go together: nobody waits without need, each gets its own result, and none is forgotten. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { together } from '../../src/workflows/together.ts';

/** Groups that were begun; each ends when the test says so. */
function startGroups(limits: { groups: number; most: number; mostWaiting: number }) {
  const begun: { tasks: readonly number[]; end: (error?: Error) => void }[] = [];
  const work = together<number, string>({
    ...limits,
    run: (tasks) =>
      new Promise((resolve, reject) => {
        const end = (error?: Error) => (error ? reject(error) : resolve(tasks.map((task) => `did ${task}`)));
        begun.push({ tasks, end });
      }),
  });
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  return { begun, work, turn };
}

describe('together', () => {
  it('begins at once where it may, shares out what came in one turn, and groups what waits', async () => {
    const { begun, work, turn } = startGroups({ groups: 2, most: 3, mostWaiting: 100 });
    const results = [1, 2, 3, 4, 5].map((task) => work.do(task));
    await turn();
    assert.deepEqual(
      begun.map(({ tasks }) => tasks),
      [
        [1, 2, 3],
        [4, 5],
      ],
    );
    results.push(work.do(6), work.do(7), work.do(8), work.do(9));
    await turn();
    assert.equal(begun.length, 2, 'no third group is under way');
    begun[1]?.end();
    await turn();
    assert.deepEqual(begun[2]?.tasks, [6, 7, 8]);
    for (const { end } of begun) end();
    await turn();
    for (const { end } of begun) end();
    await work.settled();
    assert.deepEqual(
      await Promise.all(results),
      [1, 2, 3, 4, 5, 6, 7, 8, 9].map((task) => `did ${task}`),
    );
  });

  it('has who goes ahead wait only for what is under way and for who went ahead before', async () => {
    const { begun, work, turn } = startGroups({ groups: 1, most: 3, mostWaiting: 10 });
    const results = [1, 2, 3, 4, 5].map((task) => work.do(task));
    await turn();
    results.push(work.do(6), work.do(7, true), work.do(8, true));
    await turn();
    for (const at of [0, 1, 2]) {
      begun[at]?.end();
      await turn();
    }
    assert.deepEqual(
      begun.map(({ tasks }) => tasks),
      [
        [1, 2, 3],
        [7, 8],
        [4, 5, 6],
      ],
    );
    await work.settled();
    assert.equal((await Promise.all(results)).length, 8);
  });

  it('does not refuse who goes ahead because others wait', async () => {
    const { begun, work, turn } = startGroups({ groups: 1, most: 1, mostWaiting: 1 });
    const first = work.do(1);
    await turn();
    const waits = work.do(2);
    const refused = work.do(3);
    await assert.rejects(refused, { code: 'unexpected' });
    const ahead = work.do(4, true);
    await assert.rejects(work.do(5, true), { code: 'unexpected' });
    for (const at of [0, 1, 2]) {
      begun[at]?.end();
      await turn();
    }
    assert.deepEqual(await Promise.all([first, ahead, waits]), ['did 1', 'did 4', 'did 2']);
  });

  it('fails the tasks of a group that fails, and no other', async () => {
    const { begun, work, turn } = startGroups({ groups: 1, most: 2, mostWaiting: 100 });
    const settled = Promise.allSettled([work.do(1), work.do(2), work.do(3)]);
    await turn();
    begun[0]?.end(new Error('ended'));
    await turn();
    begun[1]?.end();
    assert.deepEqual(
      (await settled).map(({ status }) => status),
      ['rejected', 'rejected', 'fulfilled'],
    );
  });

  it('refuses one more than may wait', async () => {
    const { begun, work, turn } = startGroups({ groups: 1, most: 1, mostWaiting: 1 });
    const first = work.do(1);
    await turn();
    const second = work.do(2);
    await assert.rejects(work.do(3), { code: 'unexpected' });
    begun[0]?.end();
    await turn();
    begun[1]?.end();
    assert.deepEqual(await Promise.all([first, second]), ['did 1', 'did 2']);
  });

  it('ends every task once, in groups of no more than was said, whenever they come', async () => {
    const turns = fc.array(fc.nat({ max: 7 }), { maxLength: 12 });
    const limits = [turns, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 })] as const;
    await fc.assert(
      fc.asyncProperty(...limits, async (counts, groups, most) => {
        const { begun, work, turn } = startGroups({ groups, most, mostWaiting: 1000 });
        const results: Promise<string>[] = [];
        for (const count of counts) {
          for (let one = 0; one < count; one += 1) results.push(work.do(results.length));
          await turn();
          begun.find(({ end }) => end)?.end();
        }
        for (let ended = 0; ended < begun.length; ended += 1) {
          begun[ended]?.end();
          await turn();
        }
        assert.deepEqual(
          await Promise.all(results),
          results.map((_, task) => `did ${task}`),
        );
        assert.ok(begun.every(({ tasks }) => tasks.length > 0 && tasks.length <= most));
        assert.equal(begun.flatMap(({ tasks }) => tasks).length, results.length);
      }),
    );
  });
});
