/** The Merkle log over evidence: what waits to be taken up, the leaves in their order, and the hashes that proofs need. */
import type { LeafKind } from '../domain/leaf.ts';
import type { PerfectSubtree } from '../domain/merkle-tree.ts';
import { ServiceError } from '../errors.ts';
import { AUDIT_ROW, type AuditRow } from './audit.ts';
import { columnsOf } from './columns.ts';
import type { Connection } from './database.ts';

/** How far the log is. */
export interface LogState {
  readonly logId: string;
  readonly size: number;
  /** The roots of the perfect subtrees, one after the other, 32 bytes each. */
  readonly frontier: Buffer;
  /** Everything written by earlier transactions was taken up. */
  readonly horizon: string;
  /** Transactions before this one have all ended; nothing can come that is older. */
  readonly settled: string;
  /** This is another cluster than the one that counted `horizon`. */
  readonly isElsewhere: boolean;
  readonly exportedHead: number;
  /** By the database's clock. */
  readonly now: Date;
}

/** Reads how far the log is. */
export async function readLogState(connection: Connection): Promise<LogState> {
  const [row] = await connection.query<LogState>(
    `select log_id as "logId", size::float8 as size, frontier, horizon::text as horizon,
       pg_snapshot_xmin(pg_current_snapshot())::text as settled, exported_head::float8 as "exportedHead",
       clock_timestamp() as now, system_identifier <> (select system_identifier from pg_control_system()) as "isElsewhere"
     from log_state`,
  );
  if (row === undefined) throw new ServiceError('recordMissing', 'the evidence log has no state');
  return row;
}

/** Takes the place of the one sealer until the transaction ends; false when another one has it. */
export async function lockLog(connection: Connection): Promise<boolean> {
  const [row] = await connection.query<{ locked: boolean }>(
    `select pg_try_advisory_xact_lock(hashtextextended('evidence/log', 0)) as locked`,
  );
  return row?.locked === true;
}

/** A record that is not in the log yet. */
export type Unsealed =
  | (AuditRow & { readonly kind: 'audit'; readonly xid: string })
  | (ReceiptRow & { readonly kind: 'receipt'; readonly xid: string });

/** A receipt as its leaf commits to it; times in UTC with microseconds. */
export interface ReceiptRow {
  readonly eventId: string;
  readonly messageId: string;
  readonly receiptKind: string;
  readonly eventTime: string;
  readonly recordedTime: string;
  /** The organisation outside that states it. */
  readonly reportedBy: string | null;
}

const RECEIPT_ROW = `r.event_id as "eventId", r.message_id as "messageId", r.kind as "receiptKind",
  to_char(r.event_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "eventTime",
  to_char(r.recorded_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "recordedTime",
  r.reported_by as "reportedBy"`;

/** Which transactions' records are wanted: from `from`, before `until`; null is without a limit. */
export interface Span {
  readonly from: string | null;
  readonly until: string | null;
}

/**
 * Looks for the leaf of a record by its key. `limit` keeps the planner from comparing each record with every leaf, which it
 * does as long as it believes that there are few.
 */
function leafOf(kind: Unsealed['kind'], id: string): string {
  return `select true as is_there from evidence_leaf l where l.kind = '${kind}' and l.record_id = ${id}::text limit 1`;
}

/** Lists audit entries of a span of transactions that are not in the log, in the order of their transactions. */
export async function listUnsealedEntries(
  connection: Connection,
  span: Span,
  limit: number,
): Promise<Extract<Unsealed, { kind: 'audit' }>[]> {
  return connection.query(
    `select 'audit' as kind, e.xid::text as xid, ${AUDIT_ROW} from audit_entry e
     left join lateral (${leafOf('audit', 'e.audit_entry_id')}) leaf on true
     where e.xid >= coalesce($1::xid8, '0') and ($2::xid8 is null or e.xid < $2::xid8) and leaf.is_there is null
     order by e.xid, e.audit_entry_id limit $3`,
    [span.from, span.until, limit],
  );
}

/** As `listUnsealedEntries`, for receipts. */
export async function listUnsealedReceipts(
  connection: Connection,
  span: Span,
  limit: number,
): Promise<Extract<Unsealed, { kind: 'receipt' }>[]> {
  return connection.query(
    `select 'receipt' as kind, r.xid::text as xid, ${RECEIPT_ROW} from receipt r
     left join lateral (${leafOf('receipt', 'r.event_id')}) leaf on true
     where r.xid >= coalesce($1::xid8, '0') and ($2::xid8 is null or r.xid < $2::xid8) and leaf.is_there is null
     order by r.xid, r.event_id limit $3`,
    [span.from, span.until, limit],
  );
}

/** A leaf in its place. */
export interface LeafRow {
  readonly leafIndex: number;
  readonly kind: LeafKind;
  readonly recordId: string;
  readonly salt: Buffer;
  readonly commitment: Buffer;
  readonly leafHash: Buffer;
}

/** Adds leaves to the end of the log. */
export async function insertLeaves(connection: Connection, leaves: readonly LeafRow[]): Promise<void> {
  await connection.query(
    `insert into evidence_leaf (leaf_index, kind, record_id, salt, commitment, leaf_hash)
     select * from unnest($1::bigint[], $2::text[], $3::text[], $4::bytea[], $5::bytea[], $6::bytea[])`,
    columnsOf(leaves, [
      ({ leafIndex }) => leafIndex,
      ({ kind }) => kind,
      ({ recordId }) => recordId,
      ({ salt }) => salt,
      ({ commitment }) => commitment,
      ({ leafHash }) => leafHash,
    ]),
  );
}

/** The root of a full subtree of 256 ^ `level` leaves. */
export interface NodeRow {
  readonly level: number;
  readonly index: number;
  readonly hash: Buffer;
}

/** Adds roots of full subtrees. */
export async function insertNodes(connection: Connection, nodes: readonly NodeRow[]): Promise<void> {
  await connection.query(
    `insert into evidence_node (level, node_index, hash)
     select * from unnest($1::smallint[], $2::bigint[], $3::bytea[])`,
    columnsOf(nodes, [({ level }) => level, ({ index }) => index, ({ hash }) => hash]),
  );
}

/** Keeps how far the log is after leaves were added; without a horizon, the one there was still counts. */
export async function updateLogState(
  connection: Connection,
  state: Pick<LogState, 'size' | 'frontier'> & { readonly horizon: string | undefined },
): Promise<void> {
  await connection.query(
    `update log_state set size = $1, frontier = $2, horizon = coalesce($3::xid8, horizon),
       system_identifier = case when $3::text is null then system_identifier
         else (select system_identifier from pg_control_system()) end`,
    [state.size, state.frontier, state.horizon ?? null],
  );
}

const LEAF = `leaf_index::float8 as "leafIndex", kind, record_id as "recordId", salt, commitment, leaf_hash as "leafHash"`;

/** Lists leaves in their order, from `first` up to, but without, `end`. */
export async function listLeaves(connection: Connection, first: number, end: number): Promise<LeafRow[]> {
  return connection.query<LeafRow>(
    `select ${LEAF} from evidence_leaf where leaf_index >= $1 and leaf_index < $2 order by leaf_index`,
    [first, end],
  );
}

/** Finds the leaf of a record. */
export async function findLeaf(
  connection: Connection,
  kind: LeafKind,
  recordId: string,
): Promise<LeafRow | undefined> {
  const [row] = await connection.query<LeafRow>(
    `select ${LEAF} from evidence_leaf where kind = $1 and record_id = $2`,
    [kind, recordId],
  );
  return row;
}

/** Lists the hashes whose pairs make up a full subtree: up to 128 of the level that is stored below it. */
export async function listSubtreeHashes(
  connection: Connection,
  { height, index }: PerfectSubtree,
): Promise<Buffer[]> {
  const level = Math.floor(height / 8);
  const count = 2 ** (height % 8);
  const statement =
    level === 0
      ? `select leaf_hash as hash from evidence_leaf where leaf_index >= $1 and leaf_index < $2 order by leaf_index`
      : `select hash from evidence_node where level = ${level} and node_index >= $1 and node_index < $2 order by node_index`;
  const rows = await connection.query<{ hash: Buffer }>(statement, [index * count, (index + 1) * count]);
  return rows.map(({ hash }) => hash);
}

/** Reads the records of leaves: audit entries by id. */
export async function listEntriesById(connection: Connection, ids: readonly string[]): Promise<AuditRow[]> {
  return connection.query<AuditRow>(
    `select ${AUDIT_ROW} from audit_entry e where e.audit_entry_id = any($1::bigint[])`,
    [ids],
  );
}

/** Reads the records of leaves: receipts by id. */
export async function listReceiptsById(
  connection: Connection,
  ids: readonly string[],
): Promise<ReceiptRow[]> {
  return connection.query<ReceiptRow>(`select ${RECEIPT_ROW} from receipt r where r.event_id = any($1)`, [
    ids,
  ]);
}

/** Reads the records of leaves: the SHA-256 with which attestations were issued, hexadecimal. */
export async function listIssued(
  connection: Connection,
  attestationIds: readonly string[],
): Promise<{ readonly attestationId: string; readonly pdfSha256: string }[]> {
  return connection.query(
    `select attestation_id as "attestationId", encode(pdf_sha256, 'hex') as "pdfSha256" from attestation
     where attestation_id = any($1) and pdf_sha256 is not null`,
    [attestationIds],
  );
}
