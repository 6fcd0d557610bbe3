/** Checks proofs of the evidence log with nothing but hashes: that a leaf is in a tree, and that one tree continues another. */
import { EMPTY_ROOT, hashNode } from './merkle-tree.ts';

/** Where a leaf is said to stand. */
export interface Inclusion {
  /** Counted from 0. */
  readonly index: number;
  /** Leaves of the tree. */
  readonly size: number;
  readonly leafHash: Buffer;
  /** From the leaf upwards. */
  readonly path: readonly Buffer[];
  readonly root: Buffer;
}

/** Tells whether the leaf stands in the tree where it is said to (RFC 9162 §2.1.3.2). */
export function isIncluded({ index, size, leafHash, path, root }: Inclusion): boolean {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size) return false;
  let [place, last, node] = [index, size - 1, leafHash];
  for (const sibling of path) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      node = hashNode(sibling, node);
      // On the right edge, levels without a sibling are passed over.
      while (place % 2 === 0 && place !== 0) [place, last] = [place / 2, half(last)];
    } else {
      node = hashNode(node, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && node.equals(root);
}

/** Two trees of one log, of which the first is said to be the beginning of the second. */
export interface Continuation {
  readonly earlier: { readonly size: number; readonly root: Buffer };
  readonly later: { readonly size: number; readonly root: Buffer };
  readonly path: readonly Buffer[];
}

/** Tells whether the later tree begins with the earlier one (RFC 9162 §2.1.4.2). */
export function isContinuation({ earlier, later, path }: Continuation): boolean {
  if (earlier.size > later.size || earlier.size < 0) return false;
  if (earlier.size === later.size) return path.length === 0 && earlier.root.equals(later.root);
  if (earlier.size === 0) return path.length === 0 && earlier.root.equals(EMPTY_ROOT);
  // Where the earlier tree is perfect, its root begins the path without being named.
  const [begin, ...rest] = isPowerOfTwo(earlier.size) ? [earlier.root, ...path] : path;
  if (begin === undefined) return false;
  let [place, last] = [earlier.size - 1, later.size - 1];
  while (place % 2 === 1) [place, last] = [half(place), half(last)];
  let [first, second] = [begin, begin];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (place % 2 === 1 || place === last) {
      first = hashNode(sibling, first);
      second = hashNode(sibling, second);
      while (place % 2 === 0 && place !== 0) [place, last] = [place / 2, half(last)];
    } else {
      second = hashNode(second, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && first.equals(earlier.root) && second.equals(later.root);
}

function half(value: number): number {
  return Math.floor(value / 2);
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(Math.log2(value));
}
