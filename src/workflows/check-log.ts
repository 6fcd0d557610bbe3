/**
 * Holds the database against the evidence log: every leaf against its record, the leaves against the heads, the heads
 * against those that were exported. What was changed in the database is found here, with its place.
 */
import type { Connection } from '../database/database.ts';
import {
  type LeafRow,
  listEntriesById,
  listIssued,
  listLeaves,
  listReceiptsById,
  listUnsealedEntries,
  readLogState,
} from '../database/evidence-log.ts';
import { type HeadRow, listHeadsAfter } from '../database/log-heads.ts';
import { commitTo, type LeafKind, type LeafRecord, leafName, writeLeaf } from '../domain/leaf.ts';
import type { LogFinding } from '../domain/log-report.ts';
import { type GrowingTree, growTree, hashLeaf } from '../domain/merkle-tree.ts';
import { auditRecord, issuedRecord, receiptRecord } from './evidence-record.ts';
import type { Services } from './services.ts';

/** What the database says of its own log. */
export interface DatabaseReport {
  readonly leaves: number;
  readonly heads: readonly HeadRow[];
  readonly findings: readonly LogFinding[];
}

const LEAVES_AT_ONCE = 2000;
const HEADS_AT_ONCE = 1000;

/** Checks the log of a database; some leaves at a time, so that it may be in use meanwhile. */
export async function checkLog({ database }: Pick<Services, 'database'>): Promise<DatabaseReport> {
  const heads = await listAllHeads(database);
  const { size } = await database.transaction(readLogState);
  const findings: LogFinding[] = [];
  const waiting = [...heads];
  const tree = growTree();
  for (let first = 0; first < size; first += LEAVES_AT_ONCE) {
    const end = Math.min(size, first + LEAVES_AT_ONCE);
    const page = await database.transaction((connection) => checkPage(connection, first, end));
    findings.push(...page.findings);
    for (const { leafHash } of page.leaves) {
      tree.append(leafHash);
      if (tree.size === waiting[0]?.size) findings.push(...checkHead(waiting.shift(), tree));
    }
  }
  findings.push(...(await database.transaction(listLeftOut)));
  return { leaves: tree.size, heads, findings };
}

async function listAllHeads(database: Services['database']): Promise<readonly HeadRow[]> {
  const heads: HeadRow[] = [];
  for (;;) {
    const after = heads.at(-1)?.headNumber ?? 0;
    const some = await database.transaction((connection) => listHeadsAfter(connection, after, HEADS_AT_ONCE));
    heads.push(...some);
    if (some.length < HEADS_AT_ONCE) return heads;
  }
}

async function checkPage(
  connection: Connection,
  first: number,
  end: number,
): Promise<{ readonly leaves: readonly LeafRow[]; readonly findings: readonly LogFinding[] }> {
  const leaves = await listLeaves(connection, first, end);
  const records = await readRecords(connection, leaves);
  const findings: LogFinding[] = [];
  let next = first;
  for (const leaf of leaves) {
    for (; next < leaf.leafIndex; next += 1) findings.push(lost(next));
    next += 1;
    const finding = checkLeaf(leaf, records.get(leafName({ kind: leaf.kind, id: leaf.recordId })));
    if (finding !== undefined) findings.push(finding);
  }
  for (; next < end; next += 1) findings.push(lost(next));
  return { leaves, findings };
}

function lost(position: number): LogFinding {
  return { fault: 'deleted', position, detail: `leaf ${position} is missing in the database` };
}

function checkLeaf(leaf: LeafRow, record: LeafRecord | undefined): LogFinding | undefined {
  const { leafIndex: position, kind, recordId: id, commitment, leafHash, salt } = leaf;
  const name = leafName({ kind, id });
  if (!hashLeaf(Buffer.from(writeLeaf({ kind, id, commitment }))).equals(leafHash))
    return {
      fault: 'edited',
      position,
      detail: `leaf ${position} (${name}) has another hash than it should`,
    };
  if (record === undefined)
    return { fault: 'deleted', position, detail: `the record of leaf ${position} (${name}) is missing` };
  if (!commitTo(salt, record).equals(commitment))
    return { fault: 'edited', position, detail: `the record of leaf ${position} (${name}) was changed` };
  return undefined;
}

async function readRecords(
  connection: Connection,
  leaves: readonly LeafRow[],
): Promise<ReadonlyMap<string, LeafRecord>> {
  const idsOf = (kind: LeafKind) =>
    leaves.filter((leaf) => leaf.kind === kind).map(({ recordId }) => recordId);
  const entries = await listEntriesById(connection, idsOf('audit'));
  const receipts = await listReceiptsById(connection, idsOf('receipt'));
  const issued = await listIssued(connection, idsOf('issued'));
  return new Map<string, LeafRecord>([
    ...entries.map((row) => [`audit.${row.auditEntryId}`, auditRecord(row)] as const),
    ...receipts.map((row) => [`receipt.${row.eventId}`, receiptRecord(row)] as const),
    ...issued.map(
      ({ attestationId, pdfSha256 }) =>
        [`issued.${attestationId}`, issuedRecord(attestationId, pdfSha256)] as const,
    ),
  ]);
}

function checkHead(head: HeadRow | undefined, tree: GrowingTree): LogFinding[] {
  if (head === undefined || head.root.equals(tree.root())) return [];
  const { headNumber: position } = head;
  return [
    { fault: 'rewritten', position, detail: `the leaves in the database do not lead to head ${position}` },
  ];
}

/** Entries that are older than what was taken up last, and were not taken up: put there behind the service's back. */
async function listLeftOut(connection: Connection): Promise<LogFinding[]> {
  const { horizon, isElsewhere } = await readLogState(connection);
  if (isElsewhere) return [];
  const entries = await listUnsealedEntries(connection, { from: null, until: horizon }, 100);
  return entries.map(({ auditEntryId }) => ({
    fault: 'inserted',
    detail: `audit entry ${auditEntryId} is older than the log and not in it`,
  }));
}
