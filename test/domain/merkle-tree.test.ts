/** The tree of RFC 6962: its published vectors, and its proofs for every leaf and every pair of sizes. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isContinuation, isIncluded } from '../../src/domain/merkle-proof.ts';
import {
  consistencyPath,
  EMPTY_ROOT,
  growTree,
  hashLeaf,
  hashNode,
  inclusionPath,
  joinSubtrees,
  type LeafRange,
  perfectSubtrees,
} from '../../src/domain/merkle-tree.ts';

/** The leaves of the test vectors that Certificate Transparency's own implementations share, and their roots. */
const LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => Buffer.from(hex, 'hex'));
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

/** The hash of a range by the definition alone (RFC 6962 §2.1). */
function rootOf(hashes: readonly Buffer[]): Buffer {
  const [only] = hashes;
  if (only === undefined) return createHash('sha256').digest();
  if (hashes.length === 1) return only;
  let middle = 1;
  while (middle * 2 < hashes.length) middle *= 2;
  return hashNode(rootOf(hashes.slice(0, middle)), rootOf(hashes.slice(middle)));
}

const hashesOf = (count: number) =>
  Array.from({ length: count }, (_, index) => hashLeaf(Buffer.from(`leaf ${index}`)));

function resolve(hashes: readonly Buffer[], path: readonly LeafRange[]): Buffer[] {
  return path.map(({ first, end }) => rootOf(hashes.slice(first, end)));
}

describe('growTree', () => {
  it('has the roots of the published vectors', () => {
    const tree = growTree();
    assert.deepEqual(tree.root(), EMPTY_ROOT);
    assert.equal(
      EMPTY_ROOT.toString('hex'),
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    const roots = LEAVES.map((leaf) => {
      tree.append(hashLeaf(leaf));
      return tree.root().toString('hex');
    });
    assert.deepEqual(roots, ROOTS);
  });

  it('goes on from a frontier as if it had never stopped', () => {
    const hashes = hashesOf(300);
    for (const stop of [0, 1, 2, 3, 127, 128, 129, 255, 256, 299]) {
      const begin = growTree();
      for (const one of hashes.slice(0, stop)) begin.append(one);
      const rest = growTree(begin.frontier());
      for (const one of hashes.slice(stop)) rest.append(one);
      assert.deepEqual([rest.size, rest.root()], [300, rootOf(hashes)]);
    }
  });
});

describe('inclusionPath', () => {
  it('is that of the published vectors', () => {
    const hashes = LEAVES.map(hashLeaf);
    const path = (index: number, size: number) =>
      resolve(hashes.slice(0, size), inclusionPath(index, size)).map((one) => one.toString('hex'));
    assert.deepEqual(path(0, 1), []);
    assert.deepEqual(path(0, 8), [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ]);
    assert.deepEqual(path(5, 8), [
      'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
    assert.deepEqual(path(2, 3), ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']);
  });

  it('proves each leaf of each tree, and no other leaf, place, size or root', () => {
    const hashes = hashesOf(70);
    for (let size = 1; size <= 70; size += 1) {
      const root = rootOf(hashes.slice(0, size));
      for (let index = 0; index < size; index += 1) {
        const leafHash = hashes[index] ?? EMPTY_ROOT;
        const path = resolve(hashes.slice(0, size), inclusionPath(index, size));
        const proof = { index, size, leafHash, path, root };
        assert.ok(isIncluded(proof), `${index} of ${size}`);
        assert.ok(!isIncluded({ ...proof, leafHash: hashLeaf(Buffer.from('another')) }));
        assert.ok(!isIncluded({ ...proof, index: index + 1 }));
        assert.ok(!isIncluded({ ...proof, path: [...path, root] }));
        if (path.length > 0) assert.ok(!isIncluded({ ...proof, path: path.slice(1) }));
      }
    }
  });

  it('proves leaves of trees of any size, and nothing once a bit is changed', () => {
    const hashes = hashesOf(600);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 600 }),
        fc.nat(599),
        fc.nat(10_000),
        fc.nat(255),
        (size, pick, where, bit) => {
          const index = pick % size;
          const some = hashes.slice(0, size);
          const proof = {
            index,
            size,
            leafHash: hashes[index] ?? EMPTY_ROOT,
            path: resolve(some, inclusionPath(index, size)),
            root: rootOf(some),
          };
          const bytes = [proof.leafHash, ...proof.path, proof.root];
          const changed = bytes.map((one, at) => (at === where % bytes.length ? flip(one, bit) : one));
          const [leafHash = EMPTY_ROOT, ...rest] = changed;
          const wrong = { ...proof, leafHash, path: rest.slice(0, -1), root: rest.at(-1) ?? EMPTY_ROOT };
          return isIncluded(proof) && !isIncluded(wrong);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('consistencyPath', () => {
  it('is that of the published vectors', () => {
    const hashes = LEAVES.map(hashLeaf);
    const path = (earlier: number, size: number) =>
      resolve(hashes.slice(0, size), consistencyPath(earlier, size)).map((one) => one.toString('hex'));
    assert.deepEqual(path(1, 1), []);
    assert.deepEqual(path(1, 8), [
      '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
      '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
      '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
    ]);
    assert.deepEqual(path(6, 8), [
      '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
      'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
      'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    ]);
  });

  it('proves each tree to continue each earlier one, and no other', () => {
    const hashes = hashesOf(40);
    const roots = Array.from({ length: 41 }, (_, size) => rootOf(hashes.slice(0, size)));
    const rootAt = (size: number) => roots[size] ?? EMPTY_ROOT;
    for (let later = 0; later <= 40; later += 1) {
      for (let earlier = 0; earlier <= later; earlier += 1) {
        const path = resolve(hashes.slice(0, later), consistencyPath(earlier, later));
        const proof = {
          earlier: { size: earlier, root: rootAt(earlier) },
          later: { size: later, root: rootAt(later) },
          path,
        };
        assert.ok(isContinuation(proof), `${earlier} in ${later}`);
        assert.ok(!isContinuation({ ...proof, earlier: { size: earlier, root: flip(rootAt(earlier), 7) } }));
        if (earlier > 0)
          assert.ok(!isContinuation({ ...proof, later: { size: later, root: flip(rootAt(later), 7) } }));
        assert.ok(!isContinuation({ ...proof, path: [...path, EMPTY_ROOT] }));
      }
    }
  });

  it('proves nothing between trees of different leaves', () => {
    const one = hashesOf(20);
    const other = one.with(3, hashLeaf(Buffer.from('forged')));
    const path = resolve(other, consistencyPath(9, 20));
    const earlier = { size: 9, root: rootOf(one.slice(0, 9)) };
    assert.ok(!isContinuation({ earlier, later: { size: 20, root: rootOf(other) }, path }));
  });
});

describe('perfectSubtrees', () => {
  it('split each range of a path so that joining them gives its root', () => {
    const hashes = hashesOf(150);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 150 }), fc.nat(149), (size, pick) =>
        inclusionPath(pick % size, size).every((range) => {
          const parts = perfectSubtrees(range).map(({ height, index }) =>
            rootOf(hashes.slice(index * 2 ** height, (index + 1) * 2 ** height)),
          );
          return joinSubtrees(parts).equals(rootOf(hashes.slice(range.first, range.end)));
        }),
      ),
      { numRuns: 300 },
    );
  });
});

function flip(bytes: Buffer, bit: number): Buffer {
  const changed = Buffer.from(bytes);
  const at = Math.floor(bit / 8) % changed.length;
  changed.writeUInt8(changed.readUInt8(at) ^ (1 << (bit % 8)), at);
  return changed;
}
