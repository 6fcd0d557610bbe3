/** Attestations through their states: prepared, issued, superseded or revoked, or withdrawn. */
import type { AttestationState, Version } from '../domain/attestation.ts';
import type { DocumentLanguage } from '../domain/language.ts';
import type { Connection } from './database.ts';

/** Lists the versions of a case. */
export async function listVersions(connection: Connection, caseId: string): Promise<Version[]> {
  return connection.query<Version>(
    `select attestation_id as "attestationId", version, state, fingerprint from attestation
     where case_id = $1 order by version`,
    [caseId],
  );
}

/** Draws the next number: the eight digits of an attestation number. */
export async function nextAttestationNumber(connection: Connection): Promise<bigint> {
  const [row] = await connection.query<{ number: string }>(`select nextval('attestation_number') as number`);
  return BigInt(row?.number ?? 0);
}

export interface NewAttestation {
  readonly attestationId: string;
  readonly caseId: string;
  readonly version: number;
  readonly type: string;
  readonly typeVersion: number;
  readonly personId: string;
  readonly fingerprint: string;
  readonly facts: Buffer;
  readonly citizenKeyId: string;
  readonly language: DocumentLanguage;
  readonly languageBasis: 'chosen' | 'presumed';
  readonly number: string;
  readonly tokenHash: Buffer;
  readonly objectKey: string;
  readonly messageId: string;
  readonly supersedes: string | undefined;
  readonly preparedAt: Date;
  /** Where it stands in the status lists. */
  readonly statusList: number;
  readonly statusIndex: number;
}

/** Prepares a version: everything is fixed before anything is done. */
export async function insertAttestation(connection: Connection, one: NewAttestation): Promise<void> {
  await connection.query(
    `insert into attestation (attestation_id, case_id, version, type, type_version, person_id, state, fingerprint, facts,
       citizen_key_id, language, language_basis, number, token_hash, object_key, message_id, supersedes, prepared_at,
       status_list, status_index)
     values ($1, $2, $3, $4, $5, $6, 'prepared', $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
    [
      one.attestationId,
      one.caseId,
      one.version,
      one.type,
      one.typeVersion,
      one.personId,
      one.fingerprint,
      one.facts,
      one.citizenKeyId,
      one.language,
      one.languageBasis,
      one.number,
      one.tokenHash,
      one.objectKey,
      one.messageId,
      one.supersedes ?? null,
      one.preparedAt,
      one.statusList,
      one.statusIndex,
    ],
  );
}

export interface AttestationRow {
  readonly attestationId: string;
  readonly caseId: string;
  readonly version: number;
  readonly type: string;
  readonly personId: string;
  readonly state: AttestationState;
  readonly facts: Buffer;
  readonly citizenKeyId: string;
  readonly language: DocumentLanguage;
  readonly number: string;
  readonly objectKey: string;
  readonly messageId: string;
  readonly supersedes: string | null;
  readonly preparedAt: Date;
  readonly issuedAt: Date | null;
  readonly endedAt: Date | null;
  readonly pdfSha256: Buffer | null;
  readonly objectSha256: Buffer | null;
  /** Null for what was prepared before there were status lists. */
  readonly statusList: number | null;
  readonly statusIndex: number | null;
}

/** The columns of an attestation `a` as `AttestationRow` names them. */
export const ATTESTATION = `a.attestation_id as "attestationId", a.case_id as "caseId", a.version, a.type,
  a.person_id as "personId", a.state, a.facts, a.citizen_key_id as "citizenKeyId", a.language, a.number,
  a.object_key as "objectKey", a.message_id as "messageId", a.supersedes, a.prepared_at as "preparedAt",
  a.issued_at as "issuedAt", a.ended_at as "endedAt", a.pdf_sha256 as "pdfSha256", a.object_sha256 as "objectSha256",
  a.status_list as "statusList", a.status_index as "statusIndex"`;

/** Finds an attestation by id, whosesoever it is: for the service's own work only. */
export async function findAttestation(
  connection: Connection,
  attestationId: string,
): Promise<AttestationRow | undefined> {
  const [row] = await connection.query<AttestationRow>(
    `select ${ATTESTATION} from attestation a where attestation_id = $1`,
    [attestationId],
  );
  return row;
}

/** Takes a prepared version back before it was issued. */
export async function withdrawAttestation(connection: Connection, attestationId: string): Promise<void> {
  await connection.query(
    `update attestation set state = 'withdrawn', ended_at = clock_timestamp()
     where attestation_id = $1 and state = 'prepared'`,
    [attestationId],
  );
}

/** Forgets a version whose citizen key was destroyed: that it was there stays. */
export async function eraseAttestation(connection: Connection, attestationId: string): Promise<void> {
  await connection.query(
    `update attestation set state = 'erased', facts = '', ended_at = coalesce(ended_at, clock_timestamp())
     where attestation_id = $1`,
    [attestationId],
  );
}

/** Ends an issued version whose ground is gone. */
export async function revokeAttestation(connection: Connection, attestationId: string): Promise<void> {
  await connection.query(
    `update attestation set state = 'revoked', ended_at = clock_timestamp()
     where attestation_id = $1 and state = 'issued'`,
    [attestationId],
  );
}

/** Ends the issued version of a case because a newer one takes its place; gives its id and message. */
export async function supersedeIssued(
  connection: Connection,
  caseId: string,
): Promise<{ readonly attestationId: string; readonly messageId: string } | undefined> {
  const [row] = await connection.query<{ attestationId: string; messageId: string }>(
    `update attestation set state = 'superseded', ended_at = clock_timestamp()
     where case_id = $1 and state = 'issued' returning attestation_id as "attestationId", message_id as "messageId"`,
    [caseId],
  );
  return row;
}

export interface Issuance {
  readonly pdfSha256: Buffer;
  readonly objectSha256: Buffer;
  readonly pdfBytes: number;
  readonly keyId: string;
  readonly level: 'B-B' | 'B-T' | 'B-LT';
}

/** Makes a prepared version the issued one; gives the time, undefined when it is not prepared any more. */
export async function markIssued(
  connection: Connection,
  attestationId: string,
  issuance: Issuance,
): Promise<Date | undefined> {
  const [row] = await connection.query<{ issuedAt: Date }>(
    `update attestation set state = 'issued', issued_at = clock_timestamp(), pdf_sha256 = $2, object_sha256 = $3,
       pdf_bytes = $4, key_id = $5, level = $6
     where attestation_id = $1 and state = 'prepared' returning issued_at as "issuedAt"`,
    [
      attestationId,
      issuance.pdfSha256,
      issuance.objectSha256,
      issuance.pdfBytes,
      issuance.keyId,
      issuance.level,
    ],
  );
  return row?.issuedAt;
}
