/** Attestations as those see them who have a ground to. */
import type { AuditEntry } from '../domain/evidence.ts';
import type { Ground } from '../domain/ground.ts';
import type { LookUp } from '../keys/vault.ts';
import { ATTESTATION, type AttestationRow } from './attestations.ts';
import { notingEach } from './audit.ts';
import type { Connection } from './database.ts';
import { bindTo, coveredBy } from './grounds.ts';

export interface RegisteredAttestation extends AttestationRow {
  /** The number of the version that took its place. */
  readonly supersededBy: string | null;
}

const SHARED = `join (select attestation_id as shared_id, share_id as shared_by, code_hash from share_code_in_force) s
  on s.shared_id = a.attestation_id`;

const SUPERSEDED_BY = `(select next.number from attestation next where next.case_id = a.case_id
  and next.version > a.version and next.issued_at is not null order by next.version limit 1) as "supersededBy"`;

/** Lists the issued attestations that a holder has the documents of. */
export async function listHeld(connection: Connection, ground: Ground): Promise<RegisteredAttestation[]> {
  const values: unknown[] = [];
  return connection.query<RegisteredAttestation>(
    `select ${ATTESTATION}, ${SUPERSEDED_BY} from attestation a
     where a.issued_at is not null and ${coveredBy(ground, { pdfSha256: 'a.pdf_sha256' }, bindTo(values))}`,
    values,
  );
}

/** Finds the attestation that a holder has the document, the code or a share code of: issued, whatever became of it since. */
export async function findHeld(
  connection: Connection,
  ground: Ground,
): Promise<RegisteredAttestation | undefined> {
  const values: unknown[] = [];
  const isShared = ground.kind === 'holder' && ground.held.kind === 'share';
  const columns = {
    pdfSha256: 'a.pdf_sha256',
    tokenHash: 'a.token_hash',
    ...(isShared && { shareHash: 's.code_hash' }),
  };
  const [row] = await connection.query<RegisteredAttestation>(
    `select ${ATTESTATION}, ${SUPERSEDED_BY}
     from attestation a ${isShared ? SHARED : ''}
     where a.issued_at is not null and ${coveredBy(ground, columns, bindTo(values))}`,
    values,
  );
  return row;
}

/** An attestation that somebody holds, with what opens it. */
export interface ConsultedAttestation extends RegisteredAttestation {
  /** Null once the key was destroyed. */
  readonly wrappedKey: Buffer | null;
}

/**
 * Finds what `findHeld` finds and writes down that it was looked at, in one round trip: this is asked for every document that
 * anybody verifies. Of whoever was erased there is nobody left whom the entry concerns.
 */
export async function consultHeld(
  connection: Connection,
  ground: Ground,
  entry: Omit<AuditEntry, 'personId' | 'object' | 'groundId'>,
): Promise<ConsultedAttestation | undefined> {
  const values: unknown[] = [];
  const bind = bindTo(values);
  const isShared = ground.kind === 'holder' && ground.held.kind === 'share';
  const columns = {
    pdfSha256: 'a.pdf_sha256',
    tokenHash: 'a.token_hash',
    ...(isShared && { shareHash: 's.code_hash' }),
  };
  const noted = notingEach(
    entry,
    {
      person: `case when state <> 'erased' then "personId" end`,
      object: '"attestationId"::text',
      ...(isShared && { groundId: '"shareId"::text' }),
    },
    bind,
  );
  const [row] = await connection.query<ConsultedAttestation>(
    `with found as materialized (
       select ${ATTESTATION}, ${SUPERSEDED_BY}, k.wrapped_key as "wrappedKey"${isShared ? ', s.shared_by as "shareId"' : ''}
       from attestation a left join citizen_key k using (citizen_key_id) ${isShared ? SHARED : ''}
       where a.issued_at is not null and ${coveredBy(ground, columns, bind)}),
     noted as (${noted})
     select * from found`,
    values,
  );
  return row;
}

/** What became of an issued attestation, for the message that carries it. */
export interface StandingRow {
  readonly attestationId: string;
  readonly type: string;
  readonly number: string;
  readonly state: 'issued' | 'superseded' | 'revoked';
  readonly endedAt: Date | null;
  /** The message with the newest version of the same case; null when this is the newest. */
  readonly newestMessageId: string | null;
  /** What is printed on it, sealed with the citizen's key. */
  readonly facts: Buffer;
  readonly citizenKeyId: string;
  /** Null once the key was destroyed. */
  readonly wrappedKey: Buffer | null;
}

/** Lists what became of issued attestations that a ground covers. */
export async function listStandings(
  connection: Connection,
  ground: Ground,
  attestationIds: readonly string[],
): Promise<StandingRow[]> {
  const values: unknown[] = [attestationIds];
  return connection.query<StandingRow>(
    `select a.attestation_id as "attestationId", a.type, a.number, a.state, a.ended_at as "endedAt",
       (select newer.message_id from attestation newer where newer.case_id = a.case_id and newer.version > a.version
          and newer.issued_at is not null order by newer.version desc limit 1) as "newestMessageId",
       a.facts, a.citizen_key_id as "citizenKeyId", k.wrapped_key as "wrappedKey"
     from attestation a join citizen_key k using (citizen_key_id)
     where a.attestation_id = any($1) and a.issued_at is not null and a.state <> 'erased'
       and ${coveredBy(ground, { person: 'a.person_id' }, bindTo(values))}`,
    values,
  );
}

/** Where the document of an attestation lies, and the key that opens it; null once the key was destroyed. */
export interface StoredDocument extends Pick<AttestationRow, 'attestationId' | 'objectKey' | 'citizenKeyId'> {
  readonly wrappedKey: Buffer | null;
}

/** Finds the document of an attestation that a ground covers. */
export async function findDocument(
  connection: Connection,
  ground: Ground,
  attestationId: string,
): Promise<StoredDocument | undefined> {
  const values: unknown[] = [attestationId];
  const [row] = await connection.query<StoredDocument>(
    `select a.attestation_id as "attestationId", a.object_key as "objectKey", a.citizen_key_id as "citizenKeyId",
       k.wrapped_key as "wrappedKey"
     from attestation a join citizen_key k using (citizen_key_id)
     where a.attestation_id = $1 and ${coveredBy(ground, { person: 'a.person_id' }, bindTo(values))}`,
    values,
  );
  return row;
}

/** An issued attestation as whoever rests on a deliberation reads it. */
export interface ConsultableRow
  extends Pick<
    AttestationRow,
    'attestationId' | 'type' | 'state' | 'facts' | 'citizenKeyId' | 'number' | 'preparedAt' | 'endedAt'
  > {
  /** Who it concerns now. */
  readonly personId: string;
  /** The number of the version it took the place of. */
  readonly supersedes: string | null;
  /** Null once the key was destroyed. */
  readonly wrappedKey: Buffer | null;
}

const CONSULTABLE = `a.attestation_id as "attestationId", a.type, a.state, a.facts, a.citizen_key_id as "citizenKeyId",
  a.number, a.prepared_at as "preparedAt", a.ended_at as "endedAt", k.wrapped_key as "wrappedKey",
  coalesce(p.replaced_by, p.person_id) as "personId",
  (select earlier.number from attestation earlier where earlier.attestation_id = a.supersedes) as supersedes`;
const CONSULTED_FROM = `from attestation a join citizen_key k using (citizen_key_id)
  join person p on p.person_id = a.person_id`;
const CONSULTED_BY = { person: 'a.person_id', attestationType: 'a.type' };

/** Finds the person with an SSIN whose attestations of a type a ground covers; nobody else is told from nobody. */
export async function findAskedPerson(
  connection: Connection,
  ground: Ground,
  lookUps: readonly Pick<LookUp, 'ssinHmac'>[],
  type: string,
): Promise<string | undefined> {
  const values: unknown[] = [lookUps.map(({ ssinHmac }) => ssinHmac), type];
  const isCovered = coveredBy(ground, { person: 'p.person_id', attestationType: '$2::text' }, bindTo(values));
  const [row] = await connection.query<{ personId: string }>(
    `select p.person_id as "personId" from person_look_up l join person named on named.person_id = l.person_id
       join person p on p.person_id = coalesce(named.replaced_by, named.person_id)
     where l.ssin_hmac = any($1) and $2::text is not null and ${isCovered} limit 1`,
    values,
  );
  return row?.personId;
}

/** Lists the issued attestations of a person and type that a ground covers, the newest first. */
export async function listConsultable(
  connection: Connection,
  ground: Ground,
  personId: string,
  type: string,
  page: { readonly size: number; readonly before: string | undefined },
): Promise<ConsultableRow[]> {
  const values: unknown[] = [personId, type, page.before ?? null, page.size];
  return connection.query<ConsultableRow>(
    `select ${CONSULTABLE} ${CONSULTED_FROM}
     where a.person_id = any(array(select own.person_id from person own where own.person_id = $1 or own.replaced_by = $1))
       and a.type = $2 and a.issued_at is not null and ($3::uuid is null or a.attestation_id < $3)
       and ${coveredBy(ground, CONSULTED_BY, bindTo(values))}
     order by a.attestation_id desc limit $4`,
    values,
  );
}

/** Finds an issued attestation that a ground covers; any other is as good as not there. */
export async function findConsultable(
  connection: Connection,
  ground: Ground,
  attestationId: string,
): Promise<ConsultableRow | undefined> {
  const values: unknown[] = [attestationId];
  const [row] = await connection.query<ConsultableRow>(
    `select ${CONSULTABLE} ${CONSULTED_FROM}
     where a.attestation_id = $1 and a.issued_at is not null and a.state <> 'erased'
       and ${coveredBy(ground, CONSULTED_BY, bindTo(values))}`,
    values,
  );
  return row;
}
