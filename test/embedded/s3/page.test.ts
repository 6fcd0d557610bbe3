import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { compareKeys } from '../../../src/embedded/s3/key-index.ts';
import { decodePosition, encodePosition, type PageQuery, selectPage } from '../../../src/embedded/s3/page.ts';
import { Refusal } from '../../../src/embedded/s3/refusal.ts';

describe('compareKeys', () => {
  it('orders as the bytes of UTF-8 do', () => {
    const key = fc.string({ unit: 'binary', maxLength: 6 });
    fc.assert(
      fc.property(key, key, (a, b) => {
        assert.equal(Math.sign(compareKeys(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { examples: [['\u{1F600}', '\uFFFD']], numRuns: 1000 },
    );
  });
});

/** What a listing has to show, put together without regard to pages. */
function expectedEntries(keys: readonly string[], { prefix, delimiter }: PageQuery): string[] {
  const entries = keys
    .filter((key) => key.startsWith(prefix))
    .map((key) => {
      const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
      return end === -1 ? key : `prefix ${key.slice(0, end + delimiter.length)}`;
    });
  return [...new Set(entries)].sort();
}

describe('selectPage', () => {
  const key = fc.string({ unit: fc.constantFrom('a', 'b', '/', '-', '0'), minLength: 1, maxLength: 6 });

  it('shows every entry exactly once over all pages, whatever their size', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(key, { maxLength: 40 }),
        fc.constantFrom('', 'a', 'a/', 'b-', '/'),
        fc.constantFrom('', '/', 'ab', '-'),
        fc.integer({ min: 1, max: 5 }),
        (keys, prefix, delimiter, most) => {
          const sorted = keys.toSorted(compareKeys);
          const shown: string[] = [];
          let after: PageQuery['after'];
          for (;;) {
            const page = selectPage(sorted, { prefix, delimiter, most, after });
            assert.ok(page.keys.length + page.prefixes.length <= most);
            shown.push(...page.keys, ...page.prefixes.map((one) => `prefix ${one}`));
            if (page.next === undefined) break;
            after = decodePosition(encodePosition(page.next));
          }
          assert.deepEqual(
            shown.sort(),
            expectedEntries(sorted, { prefix, delimiter, most, after: undefined }),
          );
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('starts after a key that need not exist', () => {
    const query = { prefix: '', delimiter: '', most: 10, after: { kind: 'key', text: 'b' } } as const;
    assert.deepEqual(selectPage(['a', 'b', 'c'], query).keys, ['c']);
    assert.deepEqual(selectPage(['a', 'bb', 'c'], query).keys, ['bb', 'c']);
  });

  it('shows a common prefix whose keys lie partly before the start', () => {
    const query = { prefix: '', delimiter: '/', most: 10, after: { kind: 'key', text: 'a/1' } } as const;
    assert.deepEqual(selectPage(['a/1', 'a/2', 'b'], query), {
      keys: ['b'],
      prefixes: ['a/'],
      next: undefined,
    });
  });

  it('shows nothing and ends when nothing is asked for', () => {
    const query = { prefix: '', delimiter: '', most: 0, after: undefined };
    assert.deepEqual(selectPage(['a'], query), { keys: [], prefixes: [], next: undefined });
  });
});

describe('decodePosition', () => {
  it('refuses a token that is none of ours', () => {
    for (const token of ['', 'x', '!!!!']) {
      assert.throws(
        () => decodePosition(token),
        (error) => error instanceof Refusal && error.code === 'InvalidArgument',
      );
    }
  });
});
