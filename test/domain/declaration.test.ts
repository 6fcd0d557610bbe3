/** DimonaPeriodIds and their check number. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { isPeriodId, periodIdOf } from '../../src/domain/declaration.ts';

const numbers = fc.bigInt({ min: 0n, max: 9_999_999_999n });

describe('periodIdOf', () => {
  it('makes the sample of the NSSO', () => assert.equal(periodIdOf(6_000_278_760n), '600027876089'));
  it('writes a remainder of 0 as 97', () => {
    assert.equal(periodIdOf(9_000_000_082n), '900000008297');
    assert.equal(9_000_000_082n % 97n, 0n);
  });
  it('always makes twelve digits that isPeriodId takes', () => {
    fc.assert(fc.property(numbers, (number) => isPeriodId(periodIdOf(number))));
  });
});

describe('isPeriodId', () => {
  it('refuses wrong check numbers and other lengths', () => {
    for (const text of ['600027876088', '900000008200', '60002787608', '6000278760890', '', '6000 2787608'])
      assert.equal(isPeriodId(text), false, text);
  });
  it('notices every single wrong digit', () => {
    fc.assert(
      fc.property(numbers, fc.nat(11), fc.integer({ min: 1, max: 9 }), (number, index, step) => {
        const id = periodIdOf(number);
        return !isPeriodId(`${id.slice(0, index)}${(Number(id[index]) + step) % 10}${id.slice(index + 1)}`);
      }),
    );
  });
});
