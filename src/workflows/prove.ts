/** Proofs of the evidence log from what is stored of it: that a leaf is in it, and that one head continues another. */
import type { Connection } from '../database/database.ts';
import { findLeaf, type LeafRow, listSubtreeHashes } from '../database/evidence-log.ts';
import { findHeadOver, type HeadRow } from '../database/log-heads.ts';
import type { LeafKind } from '../domain/leaf.ts';
import {
  consistencyPath,
  growTree,
  inclusionPath,
  joinSubtrees,
  type LeafRange,
  type PerfectSubtree,
  perfectSubtrees,
} from '../domain/merkle-tree.ts';
import { ServiceError } from '../errors.ts';

/** A leaf with its way up to a sealed head. */
export interface LeafProof {
  readonly leaf: LeafRow;
  /** From the leaf upwards. */
  readonly path: readonly Buffer[];
  readonly head: HeadRow;
}

/** Proves that a record is in the log; undefined while it is not, or no head covers it yet. */
export async function proveLeaf(
  connection: Connection,
  kind: LeafKind,
  recordId: string,
): Promise<LeafProof | undefined> {
  const leaf = await findLeaf(connection, kind, recordId);
  const head = leaf && (await findHeadOver(connection, leaf.leafIndex));
  if (leaf === undefined || head === undefined) return undefined;
  return {
    leaf,
    path: await readRoots(connection, inclusionPath(leaf.leafIndex, head.size)),
    head,
  };
}

/** Proves that the log of `size` leaves begins with the one of `earlier` leaves. */
export function proveContinuation(
  connection: Connection,
  earlier: number,
  size: number,
): Promise<readonly Buffer[]> {
  return readRoots(connection, consistencyPath(earlier, size));
}

async function readRoots(connection: Connection, path: readonly LeafRange[]): Promise<Buffer[]> {
  const roots: Buffer[] = [];
  for (const range of path) {
    const parts: Buffer[] = [];
    for (const subtree of perfectSubtrees(range)) parts.push(await readRoot(connection, subtree));
    roots.push(joinSubtrees(parts));
  }
  return roots;
}

async function readRoot(connection: Connection, subtree: PerfectSubtree): Promise<Buffer> {
  const hashes = await listSubtreeHashes(connection, subtree);
  if (hashes.length !== 2 ** (subtree.height % 8))
    throw new ServiceError('recordMissing', `the log lacks hashes of its subtree ${subtree.index}`);
  const tree = growTree();
  for (const hash of hashes) tree.append(hash);
  return tree.root();
}
