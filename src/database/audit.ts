/** Entries of the evidence log, written in the transaction that grants the read or makes the change. */
import { type AuditEntry, purposeOf } from '../domain/evidence.ts';
import type { Ground } from '../domain/ground.ts';
import type { Connection } from './database.ts';
import { type Bind, bindTo, coveredBy } from './grounds.ts';

const COLUMNS = `actor_kind, actor_id, actor_organization, token_hash, action, ground, ground_id, purpose, object, digest,
  trace_id, represented, person_id`;

/** Adds an entry; when that fails, the transaction fails and nothing is disclosed. */
export async function insertAuditEntry(connection: Connection, entry: AuditEntry): Promise<void> {
  await connection.query(
    `insert into audit_entry (${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [...valuesOf(entry), entry.personId ?? null],
    // Planning it takes the server a third of its time.
    'insertAuditEntry',
  );
}

/** Adds the same entry for each person whose data one answer discloses. */
export async function insertAuditEntries(
  connection: Connection,
  entry: Omit<AuditEntry, 'personId'>,
  personIds: readonly string[],
): Promise<void> {
  await connection.query(
    `insert into audit_entry (${COLUMNS})
     select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, person_id from unnest($13::uuid[]) as person_id`,
    [...valuesOf(entry), personIds],
  );
}

/** Adds the same entry for each thing that one answer discloses, with whom it concerns. */
export async function insertObjectEntries(
  connection: Connection,
  entry: Omit<AuditEntry, 'personId' | 'object'>,
  things: readonly { readonly object: string; readonly personId: string | undefined }[],
): Promise<void> {
  await connection.query(
    `insert into audit_entry (${COLUMNS})
     select $1, $2, $3, $4, $5, $6, $7, $8, coalesce(object, $9), $10, $11, $12, person_id
     from unnest($13::uuid[], $14::text[]) as thing (person_id, object)`,
    [...valuesOf(entry), things.map(({ personId }) => personId ?? null), things.map(({ object }) => object)],
  );
}

/**
 * Writes the part of a statement that adds an entry for each row of `found`, which that statement reads: what is disclosed and
 * that it was disclosed go the same way. The rows name whom they concern, and what they are.
 */
export function notingEach(
  entry: Omit<AuditEntry, 'personId' | 'object' | 'groundId'>,
  { person, object, groundId = 'null' }: { person: string; object: string; groundId?: string },
  bind: Bind,
): string {
  const ofRow: Readonly<Record<number, string>> = { 6: groundId, 8: object };
  const columns = [...valuesOf(entry).map((value, at) => ofRow[at] ?? bind(value)), person];
  return `insert into audit_entry (${COLUMNS}) select ${columns.join(', ')} from found`;
}

/** Adds entries, in their order. */
export async function insertAuditRows(connection: Connection, entries: readonly AuditEntry[]): Promise<void> {
  const rows = entries.map((entry) => [...valuesOf(entry), entry.personId ?? null]);
  await connection.query(
    `insert into audit_entry (${COLUMNS})
     select * from unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::text[], $6::text[], $7::text[],
       $8::text[], $9::text[], $10::bytea[], $11::text[], $12::text[], $13::uuid[])`,
    COLUMNS.split(',').map((_, index) => rows.map((row) => row[index])),
  );
}

function valuesOf(entry: Omit<AuditEntry, 'personId'>): unknown[] {
  const { actor, action } = entry;
  return [
    actor.kind,
    actor.id,
    actor.organization ?? null,
    actor.tokenHash === undefined ? null : Buffer.from(actor.tokenHash, 'hex'),
    action,
    entry.ground,
    entry.groundId ?? null,
    entry.purpose ?? purposeOf(action),
    entry.object ?? null,
    entry.digest ?? null,
    entry.traceId ?? null,
    entry.represented ?? null,
  ];
}

/** An entry as it stands in the log. */
export interface AuditRow {
  readonly auditEntryId: string;
  /** ISO 8601 in UTC with microseconds, `2026-03-02T08:30:00.123456Z`. */
  readonly recordedAt: string;
  readonly actorKind: string;
  readonly actorId: string;
  readonly actorOrganization: string | null;
  /** SHA-256, hexadecimal. */
  readonly tokenHash: string | null;
  readonly action: string;
  readonly ground: string;
  readonly groundId: string | null;
  readonly purpose: string;
  readonly personId: string | null;
  readonly object: string | null;
  /** SHA-256, hexadecimal. */
  readonly digest: string | null;
  readonly traceId: string | null;
  readonly represented: string | null;
}

/** The columns of an entry `e` as `AuditRow` names them. */
export const AUDIT_ROW = `e.audit_entry_id as "auditEntryId",
  to_char(e.recorded_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "recordedAt",
  e.actor_kind as "actorKind", e.actor_id as "actorId", e.actor_organization as "actorOrganization",
  encode(e.token_hash, 'hex') as "tokenHash", e.action, e.ground, e.ground_id as "groundId", e.purpose,
  e.person_id as "personId", e.object, encode(e.digest, 'hex') as "digest", e.trace_id as "traceId",
  e.represented`;

/** Which entries are asked for; a missing filter lets everything through. */
export interface AuditFilter {
  /** Whose entries may be seen: of the persons that a ground covers, or whosesoever, by those who supervise. */
  readonly ground: Ground | 'supervision';
  readonly personIds?: readonly string[] | undefined;
  /** On whose behalf. */
  readonly organization?: string | undefined;
  readonly actions?: readonly string[] | undefined;
  /** Without what a person did on their own ground. */
  readonly withoutOwn?: boolean | undefined;
  /** Inclusive. */
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly until?: Date | undefined;
}

export interface FoundEntry extends AuditRow {
  /** What the organisation is called, where the register of employers knows it. */
  readonly organizationName: string | null;
  /** Its place in the log; null while the sealer has not taken it up. */
  readonly leafIndex: string | null;
}

/** Lists entries, the last written first, from before an entry on. */
export async function listAuditEntries(
  connection: Connection,
  filter: AuditFilter,
  page: { readonly size: number; readonly before: string | undefined },
): Promise<FoundEntry[]> {
  const values = [
    filter.personIds ?? null,
    filter.organization ?? null,
    filter.actions ?? null,
    filter.withoutOwn ?? false,
    filter.from ?? null,
    filter.until ?? null,
    page.before ?? null,
    page.size,
  ];
  const { ground } = filter;
  const isCovered =
    ground === 'supervision' ? 'true' : coveredBy(ground, { person: 'e.person_id' }, bindTo(values));
  return connection.query<FoundEntry>(
    `select ${AUDIT_ROW}, o.name as "organizationName", l.leaf_index as "leafIndex"
     from audit_entry e
     left join employer o on o.enterprise_number = e.actor_organization
     left join evidence_leaf l on l.kind = 'audit' and l.record_id = e.audit_entry_id::text
     where ($1::uuid[] is null or e.person_id = any($1))
       and ($2::text is null or e.actor_organization = $2)
       and ($3::text[] is null or e.action = any($3))
       and (not $4::boolean or e.ground <> 'ownData')
       and ($5::timestamptz is null or e.recorded_at >= $5)
       and ($6::timestamptz is null or e.recorded_at < $6)
       and ($7::bigint is null or e.audit_entry_id < $7)
       and ${isCovered}
     order by e.audit_entry_id desc limit $8`,
    values,
  );
}
