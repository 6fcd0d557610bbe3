/** What is remembered of shapes, and for how long. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Shapes } from '../../src/render/shapes.ts';

describe('Shapes', () => {
  it('makes the same shape once', async () => {
    const shapes = new Shapes<object>(10);
    const one = await shapes.get(['text', 1.5, 'a'], () => Promise.resolve({}));
    assert.equal(await shapes.get(['text', 1.5, 'a'], () => assert.fail('made again')), one);
  });
  for (const [what, other] of [
    ['a number', ['text', 2.5, 'a']],
    ['a text', ['text', 1.5, 'b']],
    ['the length', ['text', 1.5, 'a', 0]],
  ] as const) {
    it(`tells shapes apart by ${what}`, async () => {
      const shapes = new Shapes<string>(10);
      await shapes.get(['text', 1.5, 'a'], () => Promise.resolve('one'));
      assert.equal(await shapes.get(other, () => Promise.resolve('other')), 'other');
      assert.equal(await shapes.get(['text', 1.5, 'a'], () => Promise.resolve('one')), 'one');
    });
  }
  it('makes a shape once for all who ask meanwhile', async () => {
    const shapes = new Shapes<object>(10);
    let made = 0;
    const make = async () => {
      made += 1;
      await Promise.resolve();
      return {};
    };
    const [one, other] = await Promise.all([shapes.get([1], make), shapes.get([1], make)]);
    assert.equal(made, 1);
    assert.equal(one, other);
  });
  it('forgets a failure', async () => {
    const shapes = new Shapes<string>(10);
    await assert.rejects(
      shapes.get([1], () => Promise.reject(new RangeError('once'))),
      RangeError,
    );
    assert.equal(shapes.size, 0);
    assert.equal(await shapes.get([1], () => Promise.resolve('again')), 'again');
  });
  it('keeps no more than its limit, and those used last', async () => {
    const shapes = new Shapes<number>(3);
    const get = (shape: number, make = () => Promise.resolve(shape)) => shapes.get([shape], make);
    for (const shape of [1, 2, 3]) await get(shape);
    await get(1);
    await get(4);
    assert.equal(shapes.size, 3);
    await get(1, () => assert.fail('1 was used after 2'));
    let isMade = false;
    await get(2, () => {
      isMade = true;
      return Promise.resolve(2);
    });
    assert.ok(isMade);
  });
});
