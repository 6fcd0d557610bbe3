/** Those who supervise consult the evidence log: entries, heads, and the proof that a record is in it. */
import {
  type AuditFilter,
  type FoundEntry,
  insertAuditEntries,
  insertAuditEntry,
  listAuditEntries,
} from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import { listEntriesById, listIssued, listReceiptsById } from '../database/evidence-log.ts';
import { type HeadRow, listHeads } from '../database/log-heads.ts';
import { findPersonBySsin, listAliases } from '../database/persons.ts';
import type { Actor } from '../domain/evidence.ts';
import type { LeafKind, LeafRecord } from '../domain/leaf.ts';
import { leafName } from '../domain/leaf.ts';
import type { Ssin } from '../domain/ssin.ts';
import { auditRecord, issuedRecord, receiptRecord } from './evidence-record.ts';
import { isInstitution } from './institution.ts';
import { type LeafProof, proveLeaf } from './prove.ts';
import type { Services } from './services.ts';

export type { FoundEntry, LeafProof };
export type LogHeadEntry = HeadRow & { readonly timeStamp: Buffer | null };

/** The organisation that supervises. */
export interface SupervisorAccess {
  readonly actor: Actor;
  readonly organization: string;
  readonly traceId: string;
}

/** Which entries are asked for. */
export interface EntryQuery extends Pick<AuditFilter, 'actions' | 'from' | 'until' | 'organization'> {
  readonly ssin: Ssin | undefined;
  readonly size: number;
  readonly before: string | undefined;
}

type SuperviseServices = Pick<Services, 'database' | 'vault' | 'catalogue'>;

/**
 * Lists entries, the last written first. The institution that runs the service sees all; any other organisation what was
 * done on its own behalf. Each person of whom the answer tells finds this among the accesses to their data.
 */
export async function queryEntries(
  services: SuperviseServices,
  access: SupervisorAccess,
  query: EntryQuery,
): Promise<readonly FoundEntry[]> {
  const limited = isInstitution(services, access) ? {} : { organization: access.organization };
  if (!isOwn(query.organization, limited.organization)) return [];
  return services.database.transaction(async (connection) => {
    const personIds = await findPersons(services, connection, query.ssin);
    const { actions, from, until, organization } = query;
    const ground = 'supervision' as const;
    const filter = {
      ground,
      actions,
      from,
      until,
      organization,
      ...limited,
      ...(personIds && { personIds }),
    };
    const entries = await listAuditEntries(connection, filter, query);
    const subjects = new Set(entries.flatMap(({ personId }) => personId ?? []));
    await record(connection, access, [...subjects]);
    return entries;
  });
}

function isOwn(asked: string | undefined, own: string | undefined): boolean {
  return asked === undefined || own === undefined || asked === own;
}

/** All the numbers of a person; nobody where the register does not know them. */
async function findPersons(
  { vault }: SuperviseServices,
  connection: Connection,
  ssin: Ssin | undefined,
): Promise<readonly string[] | undefined> {
  if (ssin === undefined) return undefined;
  const person = await findPersonBySsin(connection, vault.lookUp(ssin));
  return person === undefined ? [] : listAliases(connection, person.personId);
}

async function record(
  connection: Connection,
  { actor, traceId }: SupervisorAccess,
  personIds: readonly string[],
  object?: string,
): Promise<void> {
  const entry = { actor, action: 'evidence.consult', ground: 'duty', traceId } as const;
  const about = { ...entry, ...(object !== undefined && { object }) };
  // That somebody looked and found nobody is kept as well.
  if (personIds.length === 0) await insertAuditEntry(connection, about);
  else await insertAuditEntries(connection, about, personIds);
}

/** Lists the sealed heads, the last made first. No person is in them. */
export async function listLogHeads(
  { database }: Pick<Services, 'database'>,
  page: { readonly size: number; readonly before: number | undefined },
): Promise<readonly LogHeadEntry[]> {
  return database.transaction((connection) => listHeads(connection, page));
}

/** A proof with what opens the leaf's commitment; the record is missing once it was erased. */
export interface OpenedProof extends LeafProof {
  readonly record: LeafRecord | undefined;
}

/** Proves that a record is in the log. Undefined where it is not yet, and for what is none of the organisation's. */
export async function openLeaf(
  services: SuperviseServices,
  access: SupervisorAccess,
  leaf: { readonly kind: LeafKind; readonly id: string },
): Promise<OpenedProof | undefined> {
  return services.database.transaction(async (connection) => {
    const proof = await proveLeaf(connection, leaf.kind, leaf.id);
    if (proof === undefined) return undefined;
    const opened = await readRecord(connection, leaf.kind, leaf.id);
    if (!isInstitution(services, access) && opened?.onBehalfOf !== access.organization) return undefined;
    const personIds = opened?.personId === undefined ? [] : [opened.personId];
    await record(connection, access, personIds, leafName(leaf));
    return { ...proof, record: opened };
  });
}

/** Reads what a leaf commits to. */
export async function readRecord(
  connection: Connection,
  kind: LeafKind,
  id: string,
): Promise<LeafRecord | undefined> {
  switch (kind) {
    case 'audit': {
      const [row] = await listEntriesById(connection, [id]);
      return row && auditRecord(row);
    }
    case 'receipt': {
      const [row] = await listReceiptsById(connection, [id]);
      return row && receiptRecord(row);
    }
    case 'issued': {
      const [row] = await listIssued(connection, [id]);
      return row && issuedRecord(row.attestationId, row.pdfSha256);
    }
  }
}
