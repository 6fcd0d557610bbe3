/**
 * Checks an exported evidence log with public keys alone: that it is whole, and if not, at which leaf it was edited, cut,
 * filled up or put in another order.
 *
 * How the place is found: each head vouches for a root. Leaves and their exported hashes are two accounts of the same; the
 * one that leads to the root is the true one, and the other is compared with it leaf by leaf.
 */
import type { LogFinding, LogReport } from '../domain/log-report.ts';
import { type GrowingTree, growTree } from '../domain/merkle-tree.ts';
import type { HeadKeys } from './head.ts';
import { differencesOf } from './leaf-difference.ts';
import { type LogSource, readHeads, type SealedHead } from './log-heads.ts';
import { type Group, listSegments, readGroup } from './log-segments.ts';
import { checkStamps, type StampTrust } from './log-stamps.ts';

/** A head known from elsewhere: the log must still contain it, so that cutting off its end does not go unseen. */
export interface Witness {
  readonly number: number;
  /** The root, base64url. */
  readonly root: string;
}

/** What a log is held against. */
export interface LogTrust {
  readonly keys: HeadKeys;
  readonly witness?: Witness | undefined;
  /** Without it, time-stamps are counted, not checked. */
  readonly timeStamps?: StampTrust | undefined;
}

/** Checks the log of a source. */
export async function verifyLog(
  source: LogSource,
  { keys, witness, timeStamps }: LogTrust,
): Promise<LogReport> {
  const findings: LogFinding[] = [];
  const heads = await readHeads(source, keys, findings);
  const stamps = await checkStamps(source, heads, timeStamps, findings);
  findings.push(...holdAgainst(witness, heads));
  const segments = await listSegments(source, findings);
  let tree: GrowingTree | undefined = growTree();
  let first = 0;
  for (const head of heads) {
    if (head.size <= first) continue;
    const group = await readGroup(source, segments, { first, end: head.size });
    const checked: Checked = checkGroup(group, head, tree, head === heads.at(-1));
    findings.push(...checked.findings);
    tree = checked.tree;
    first = head.size;
  }
  const end = Math.max(first, segments.at(-1)?.end ?? 0);
  const rest = await readGroup(source, segments, { first, end });
  const last = heads.at(-1);
  return {
    isWhole: findings.length === 0,
    logId: last?.logId,
    heads: heads.length,
    sealedLeaves: first,
    unsealedLeaves: rest.found.length,
    timeStamps: stamps,
    lastHead: last && { number: last.number, time: last.time, root: last.root.toString('base64url') },
    findings,
  };
}

function holdAgainst(witness: Witness | undefined, heads: readonly SealedHead[]): LogFinding[] {
  if (witness === undefined) return [];
  const head = heads.find(({ number }) => number === witness.number);
  if (head?.root.toString('base64url') === witness.root) return [];
  const { number } = witness;
  const last = heads.at(-1);
  if (head !== undefined)
    return [
      { fault: 'headAltered', position: number, detail: `head ${number} is not the one that is known` },
    ];
  if ((last?.number ?? 0) > number) return [];
  return [
    {
      fault: 'truncated',
      position: last?.size ?? 0,
      detail: `the log ends before head ${number}, which is known: after leaf ${(last?.size ?? 0) - 1}`,
    },
  ];
}

interface Checked {
  readonly findings: readonly LogFinding[];
  /** The tree up to and with this group; undefined once it cannot be followed any more. */
  readonly tree: GrowingTree | undefined;
}

function checkGroup(
  group: Group,
  head: SealedHead,
  before: GrowingTree | undefined,
  isLast: boolean,
): Checked {
  const { found, first, end } = group;
  const stored = group.stored.filter((hash) => hash !== undefined);
  const isStoredWhole = stored.length === end - first;
  const byLeaves = before && found.length === end - first ? grow(before, found) : undefined;
  const isSame = isStoredWhole && sameHashes(found, stored);
  if (byLeaves?.root().equals(head.root) === true) {
    return { tree: byLeaves, findings: isSame ? [] : [alteredHashes(group)] };
  }
  const byHashes = before && isStoredWhole && !isSame ? grow(before, stored) : undefined;
  const isProved = byHashes?.root().equals(head.root) === true;
  if (isProved || (before === undefined && isStoredWhole)) {
    const lists = { found: found.map(hex), sealed: stored.map(hex), first, isEnd: isLast };
    return { tree: isProved ? byHashes : undefined, findings: differencesOf(lists) };
  }
  return { tree: undefined, findings: [unexplained(group, isLast)] };
}

function grow(before: GrowingTree, hashes: readonly Buffer[]): GrowingTree {
  const tree = growTree(before.frontier());
  for (const hash of hashes) tree.append(hash);
  return tree;
}

function sameHashes(one: readonly Buffer[], other: readonly Buffer[]): boolean {
  return one.length === other.length && one.every((hash, at) => other[at]?.equals(hash) === true);
}

function alteredHashes({ found, stored, first }: Group): LogFinding {
  const at = found.findIndex((hash, place) => stored[place]?.equals(hash) !== true);
  const position = first + Math.max(at, 0);
  return { fault: 'hashesAltered', position, detail: `the exported hash of leaf ${position} was changed` };
}

/** Neither account leads to the root. Where leaves are simply missing in both, that is what happened. */
function unexplained({ found, stored, first, end }: Group, isLast: boolean): LogFinding {
  const lacking = stored.findIndex((hash) => hash === undefined);
  const isShort = found.length < end - first;
  const disagree = found.findIndex((hash, place) => stored[place]?.equals(hash) !== true);
  const position = first + (disagree < 0 ? found.length : disagree);
  if (isShort && lacking >= 0 && (disagree < 0 || disagree >= lacking)) {
    const from = first + lacking;
    const count = end - first - found.length;
    return isLast && stored.slice(lacking).every((hash) => hash === undefined)
      ? { fault: 'truncated', position: from, count, detail: `the log ends before leaf ${from} of ${end}` }
      : {
          fault: 'deleted',
          position: from,
          count,
          detail: `${count} leaves from ${from} on are missing, with their hashes`,
        };
  }
  if (disagree >= 0 && disagree < end - first)
    return {
      fault: 'rewritten',
      position,
      count: end - position,
      detail: `leaf ${position} or one after it, before leaf ${end}, was rewritten, and its hash too`,
    };
  return {
    fault: 'rewritten',
    position: first,
    count: end - first,
    detail: `leaves ${first} to ${end - 1} were rewritten together with their hashes`,
  };
}

function hex(hash: Buffer): string {
  return hash.toString('hex');
}
