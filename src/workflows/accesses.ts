/** People see who consulted or verified what of them, when and why: all that is kept, as soon as it is written. */
import { type AuditFilter, type FoundEntry, listAuditEntries } from '../database/audit.ts';
import { listAliases } from '../database/persons.ts';
import type { AccessedBy, Words } from '../domain/access-words.ts';
import type { AuditAction, GroundKind } from '../domain/evidence.ts';
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
    const personIds = await listAliases(connection, reader.ground.personId);
    const filter: AuditFilter = { personIds, withoutOwn: page.withoutOwn };
    const entries = await listAuditEntries(connection, filter, page);
    await recordReading(connection, reader, 'access.list');
    return entries.map((entry) => toAccess(services, entry, personIds));
  });
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
    object: entry.object ?? undefined,
    leafIndex: entry.leafIndex ?? undefined,
  };
}

function whoOf({ actorKind, actorId }: FoundEntry, personIds: readonly string[]): Access['by'] {
  if (actorKind === 'person' && personIds.includes(actorId)) return 'yourself';
  if (actorKind === 'service') return 'service';
  return actorKind === 'anonymous' ? 'holder' : 'organization';
}
