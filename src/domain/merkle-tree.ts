/**
 * The Merkle tree of the evidence log, hashed as in RFC 6962 §2.1: SHA-256, a leaf behind 0x00, a node behind 0x01, so
 * that no node can be passed off as a leaf. Exact for up to 2 ** 48 leaves.
 */
import { createHash, hash } from 'node:crypto';

/** The root of the tree without leaves: SHA-256 of nothing. */
export const EMPTY_ROOT = createHash('sha256').digest();

const LEAF = Buffer.of(0x00);
/** Room for one node, used again and again: a log has as many nodes as leaves. */
const node = Buffer.alloc(65, 0x01);

/** Hashes the bytes of a leaf. */
export function hashLeaf(leaf: Buffer): Buffer {
  return hash('sha256', Buffer.concat([LEAF, leaf]), 'buffer');
}

/** Hashes two neighbouring subtrees, the left one first. */
export function hashNode(left: Buffer, right: Buffer): Buffer {
  left.copy(node, 1);
  right.copy(node, 33);
  return hash('sha256', node, 'buffer');
}

/** What has to be kept of a tree so that it can grow: its perfect subtrees from left to right, the largest first. */
export interface Frontier {
  /** How many leaves there are. */
  readonly size: number;
  /** One root for each bit that is set in `size`. */
  readonly roots: readonly Buffer[];
}

/** A tree that grows by one leaf at a time and forgets what it does not need for its root. */
export interface GrowingTree {
  readonly size: number;
  append(leafHash: Buffer): void;
  root(): Buffer;
  frontier(): Frontier;
}

/** Goes on from a tree, by default the empty one. `onFull` hears of each pair of subtrees that became one. */
export function growTree(
  from: Frontier = { size: 0, roots: [] },
  onFull?: (subtree: PerfectSubtree, root: Buffer) => void,
): GrowingTree {
  const roots = [...from.roots];
  let size = from.size;
  return {
    get size() {
      return size;
    },
    append(leafHash) {
      let root = leafHash;
      // Each pair of equal subtrees to the left becomes one, as a carry does in binary addition.
      for (let rest = size, height = 1; rest % 2 === 1; rest = (rest - 1) / 2, height += 1) {
        const left = roots.pop();
        if (left !== undefined) root = hashNode(left, root);
        onFull?.({ height, index: (rest - 1) / 2 }, root);
      }
      roots.push(root);
      size += 1;
    },
    root: () => joinSubtrees(roots),
    frontier: () => ({ size, roots: [...roots] }),
  };
}

/** Gives the root of the subtrees of a range, from left to right; of none, that of the empty tree. */
export function joinSubtrees(roots: readonly Buffer[]): Buffer {
  return roots.length === 0 ? EMPTY_ROOT : roots.reduceRight((right, left) => hashNode(left, right));
}

/** Leaves from `first` up to, but without, `end`. */
export interface LeafRange {
  readonly first: number;
  readonly end: number;
}

/** The subtrees whose roots make up the audit path of a leaf, from the leaf upwards (RFC 6962 §2.1.1). */
export function inclusionPath(index: number, size: number): readonly LeafRange[] {
  const path: LeafRange[] = [];
  let [first, end] = [0, size];
  while (end - first > 1) {
    const middle = first + leftHalf(end - first);
    if (index < middle) {
      path.push({ first: middle, end });
      end = middle;
    } else {
      path.push({ first, end: middle });
      first = middle;
    }
  }
  return path.toReversed();
}

/** The subtrees whose roots prove that a tree of `size` leaves begins with one of `earlier` leaves (RFC 6962 §2.1.2). */
export function consistencyPath(earlier: number, size: number): readonly LeafRange[] {
  if (earlier === 0 || earlier === size) return [];
  const path: LeafRange[] = [];
  let [first, end] = [0, size];
  while (end !== earlier) {
    const middle = first + leftHalf(end - first);
    if (earlier <= middle) {
      path.push({ first: middle, end });
      end = middle;
    } else {
      path.push({ first, end: middle });
      first = middle;
    }
  }
  // The earlier tree is known to whoever asks; only a part of it has to be named.
  if (first > 0) path.push({ first, end });
  return path.toReversed();
}

/** A subtree with a power of two of leaves: `2 ** height`, of which it is number `index` from the left. */
export interface PerfectSubtree {
  readonly height: number;
  readonly index: number;
}

/** Splits a range of a path into perfect subtrees, from left to right: those that never change once they are full. */
export function perfectSubtrees({ first, end }: LeafRange): readonly PerfectSubtree[] {
  const subtrees: PerfectSubtree[] = [];
  for (let at = first; at < end; ) {
    const height = Math.floor(Math.log2(end - at));
    subtrees.push({ height, index: at / 2 ** height });
    at += 2 ** height;
  }
  return subtrees;
}

/** The largest power of two below a number above 1. */
function leftHalf(count: number): number {
  return 2 ** Math.ceil(Math.log2(count) - 1);
}
