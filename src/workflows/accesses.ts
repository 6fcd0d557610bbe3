/** People see who consulted or verified what of them, when and why: all that is kept, as soon as it is written. */
import { type AuditFilter, type FoundEntry, listAuditEntries } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import { nameDeliberations } from '../database/deliberations.ts';
import { listAliases } from '../database/persons.ts';
import type { AccessedBy } from '../domain/access-words.ts';
import type { NamedDeliberation } from '../domain/deliberation.ts';
import type { AuditAction, GroundKind } from '../domain/evidence.ts';
import { groundIdOf, parseGroundId } from '../domain/ground.ts';
import type { Words } from '../domain/words.ts';
import { type Reader, recordReading } from './read.ts';
import type { Services } from './services.ts';

/** One access to a person's data. */
export interface Access {
  /** Names the access, and a page of them ends with it. */
  readonly accessId: string;
  /** ISO 8601 in UTC, in microseconds. */
  readonly at: string;
  readonly action: AuditAction;
  readonly ground: GroundKind;
  readonly purpose: string;
  readonly by: AccessedBy;
  readonly organization: string | undefined;
  /** Where it is known. */
  readonly organizationName: Words | undefined;
  /** The mandate, where somebody acted by one. */
  readonly mandateId: string | undefined;
  /** The deliberation, where an organisation rested on one. */
  readonly deliberation: NamedDeliberation | undefined;
  /** An id of the thing it was done to. */
  readonly object: string | undefined;
  /** Its place in the evidence log; undefined for the moment until it is sealed. */
  readonly leafIndex: string | undefined;
}

/** Which accesses are wanted. */
export interface AccessPage {
  readonly size: number;
  /** Only accesses written before this one. */
  readonly before: string | undefined;
  /** Without what the person did themselves. */
  readonly withoutOwn: boolean;
}

/** Lists accesses to the reader's data, the last first. That they looked stands in evidence too. */
export async function listAccesses(
  services: Pick<Services, 'database' | 'catalogue'>,
  reader: Reader,
  page: AccessPage,
): Promise<readonly Access[]> {
  return services.database.transaction(async (connection) => {
    const { ground, subjectId } = reader;
    const personIds = await listAliases(connection, subjectId);
    const filter: AuditFilter = { ground, withoutOwn: page.withoutOwn };
    const entries = await listAuditEntries(connection, filter, page);
    const deliberations = await findDeliberations(connection, entries);
    await recordReading(connection, reader, 'access.list');
    return entries.map((entry) => toAccess(services, entry, personIds, deliberations));
  });
}

/** The deliberations of a page, by the names that evidence has for them. */
async function findDeliberations(
  connection: Connection,
  entries: readonly FoundEntry[],
): Promise<ReadonlyMap<string, NamedDeliberation>> {
  const ids = entries.flatMap(({ ground, groundId }) => (ground === 'deliberation' ? (groundId ?? []) : []));
  const named = [...new Set(ids)].flatMap((id) => parseGroundId(id) ?? []);
  const found = named.length === 0 ? [] : await nameDeliberations(connection, named);
  return new Map(found.map((one) => [groundIdOf(one), one]));
}

const ACCESSES_AT_ONCE = 500;

/** Gives all accesses, some at a time; evidence keeps that as one reading for each. */
export async function* allAccesses(
  services: Pick<Services, 'database' | 'catalogue'>,
  reader: Reader,
  withoutOwn: boolean,
): AsyncGenerator<Access> {
  for (let before: string | undefined; ; ) {
    const page = { size: ACCESSES_AT_ONCE, before, withoutOwn };
    const accesses = await listAccesses(services, reader, page);
    yield* accesses;
    if (accesses.length < ACCESSES_AT_ONCE) return;
    before = accesses.at(-1)?.accessId;
  }
}

function toAccess(
  { catalogue }: Pick<Services, 'catalogue'>,
  entry: FoundEntry,
  personIds: readonly string[],
  deliberations: ReadonlyMap<string, NamedDeliberation>,
): Access {
  const { issuer } = catalogue;
  const name = entry.organizationName;
  const known = name === null ? undefined : { nl: name, fr: name, de: name, en: name };
  return {
    accessId: entry.auditEntryId,
    at: entry.recordedAt,
    // Written by the workflows, from closed lists.
    action: entry.action as AuditAction,
    ground: entry.ground as GroundKind,
    purpose: entry.purpose,
    by: whoOf(entry, personIds),
    organization: entry.actorOrganization ?? undefined,
    organizationName: entry.actorOrganization === issuer.enterpriseNumber ? issuer.name : known,
    mandateId: entry.ground === 'mandate' ? (entry.groundId ?? undefined) : undefined,
    deliberation: deliberations.get(entry.groundId ?? ''),
    object: entry.object ?? undefined,
    leafIndex: entry.leafIndex ?? undefined,
  };
}

function whoOf({ actorKind, actorId, groundId }: FoundEntry, personIds: readonly string[]): Access['by'] {
  if (actorKind === 'person') return personIds.includes(actorId) ? 'yourself' : 'mandatary';
  if (actorKind === 'service') return 'service';
  if (actorKind !== 'anonymous') return 'organization';
  // Of what a holder shows only share codes have an id.
  return groundId === null ? 'holder' : 'sharedWith';
}
