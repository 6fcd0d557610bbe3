/**
 * Takes committed evidence up into the Merkle log, in one order and without gaps.
 *
 * Why by transaction: ids are given before a commit and become visible after it, so that a lower one may come late. A
 * record is taken up once no transaction as old as its own can commit any more; its transaction's number, then its id,
 * give its place. Who writes evidence waits for none of this.
 */
import type { Connection } from '../database/database.ts';
import {
  insertLeaves,
  insertNodes,
  type LeafRow,
  type LogState,
  listUnsealedEntries,
  listUnsealedReceipts,
  lockLog,
  type NodeRow,
  readLogState,
  type Unsealed,
  updateLogState,
} from '../database/evidence-log.ts';
import { commitTo, SALT_BYTES, writeLeaf } from '../domain/leaf.ts';
import { type Frontier, type GrowingTree, growTree, hashLeaf } from '../domain/merkle-tree.ts';
import { failpoint } from '../failpoint.ts';
import { freshBytes } from '../random.ts';
import { leavesOf, type Opened } from './evidence-record.ts';
import type { Services } from './services.ts';

/** Records of one transaction of the sealer. */
const RECORDS_AT_ONCE = 2000;

/**
 * Takes up what waits, some at a time, each in a transaction of its own; gives how many leaves were added. Where another
 * sealer is at work, that one does it.
 */
export async function sealEvidence({ database }: Pick<Services, 'database'>): Promise<number> {
  let added = 0;
  for (;;) {
    const step = await database.transaction(sealSome);
    added += step.leaves;
    if (step.leaves > 0) await failpoint('evidence.committed');
    if (!step.isMore) return added;
  }
}

interface Step {
  readonly leaves: number;
  readonly isMore: boolean;
}

async function sealSome(connection: Connection): Promise<Step> {
  if (!(await lockLog(connection))) return { leaves: 0, isMore: false };
  const state = await readLogState(connection);
  const records = await listUnsealed(connection, state);
  const isMore = records.length === RECORDS_AT_ONCE;
  if (records.length === 0 && !state.isElsewhere) return { leaves: 0, isMore };
  const nodes: NodeRow[] = [];
  const tree = growTree(readFrontier(state), ({ height, index }, hash) => {
    if (height % 8 === 0) nodes.push({ level: height / 8, index, hash });
  });
  const leaves = records.flatMap(leavesOf).map((opened) => appendLeaf(tree, opened));
  if (leaves.length > 0) await insertLeaves(connection, leaves);
  if (nodes.length > 0) await insertNodes(connection, nodes);
  const { size, roots } = tree.frontier();
  const horizon = nextHorizon(state, records.at(-1), isMore);
  await updateLogState(connection, { size, frontier: Buffer.concat(roots), horizon });
  await failpoint('evidence.appended');
  return { leaves: leaves.length, isMore };
}

/**
 * Audit entries and receipts in the order of their transactions. In another cluster than before, as after a logical
 * restore, transactions are counted anew: there, whatever can be seen and is not in the log is taken up once.
 */
async function listUnsealed(connection: Connection, state: LogState): Promise<Unsealed[]> {
  const { horizon, settled, isElsewhere } = state;
  const span = isElsewhere ? { from: null, until: null } : { from: horizon, until: settled };
  const entries = await listUnsealedEntries(connection, span, RECORDS_AT_ONCE);
  const receipts = await listUnsealedReceipts(connection, span, RECORDS_AT_ONCE);
  const byTransaction = (one: Unsealed, other: Unsealed) => {
    const distance = BigInt(one.xid) - BigInt(other.xid);
    return distance < 0n ? -1 : distance > 0n ? 1 : 0;
  };
  // Sorting keeps the order of equals: entries of a transaction come before its receipts.
  return [...entries, ...receipts].sort(byTransaction).slice(0, RECORDS_AT_ONCE);
}

/** Where more waits, some of it may be of the last record's own transaction. */
function nextHorizon(state: LogState, last: Unsealed | undefined, isMore: boolean): string | undefined {
  if (!isMore) return state.settled;
  return state.isElsewhere ? undefined : last?.xid;
}

function appendLeaf(tree: GrowingTree, { kind, id, record }: Opened): LeafRow {
  const salt = freshBytes(SALT_BYTES);
  const commitment = commitTo(salt, record);
  const leafHash = hashLeaf(Buffer.from(writeLeaf({ kind, id, commitment })));
  const leafIndex = tree.size;
  tree.append(leafHash);
  return { leafIndex, kind, recordId: id, salt, commitment, leafHash };
}

/** Reads the frontier of a kept state. */
export function readFrontier({ size, frontier }: Pick<LogState, 'size' | 'frontier'>): Frontier {
  const roots = Array.from({ length: frontier.length / 32 }, (_, at) =>
    frontier.subarray(at * 32, (at + 1) * 32),
  );
  return { size, roots };
}
