/** Many attestations by one statement each; what stands here does to each what its namesake in `attestations` does to one. */
import type { Version } from '../domain/attestation.ts';
import { ATTESTATION, type AttestationRow, type Issuance, type NewAttestation } from './attestations.ts';
import { columnsOf, stateIs } from './columns.ts';
import type { Connection } from './database.ts';

/** Lists the versions of cases, each beside its case. */
export async function listVersionsOf(
  connection: Connection,
  caseIds: readonly string[],
): Promise<(Version & { readonly caseId: string })[]> {
  return connection.query(
    `select case_id as "caseId", attestation_id as "attestationId", version, state, fingerprint from attestation
     where case_id = any($1) order by version`,
    [caseIds],
  );
}

/** Draws so many numbers. */
export async function nextAttestationNumbers(connection: Connection, count: number): Promise<bigint[]> {
  const rows = await connection.query<{ number: string }>(
    `select nextval('attestation_number') as number from generate_series(1, $1)`,
    [count],
  );
  return rows.map(({ number }) => BigInt(number));
}

/** Prepares versions. */
export async function insertAttestations(
  connection: Connection,
  attestations: readonly NewAttestation[],
): Promise<void> {
  await connection.query(
    `insert into attestation (attestation_id, case_id, version, type, type_version, person_id, state, fingerprint, facts,
       citizen_key_id, language, language_basis, number, token_hash, object_key, message_id, supersedes, prepared_at,
       status_list, status_index)
     select id, case_id, version, type, type_version, person_id, 'prepared', fingerprint, facts, citizen_key_id, language,
       language_basis, number, token_hash, object_key, message_id, supersedes, prepared_at, list, index
     from unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::int[], $6::uuid[], $7::text[], $8::bytea[],
       $9::uuid[], $10::text[], $11::text[], $12::text[], $13::bytea[], $14::text[], $15::uuid[], $16::uuid[],
       $17::timestamptz[], $18::int[], $19::int[])
       as g (id, case_id, version, type, type_version, person_id, fingerprint, facts, citizen_key_id, language,
         language_basis, number, token_hash, object_key, message_id, supersedes, prepared_at, list, index)`,
    columnsOf(attestations, [
      (one) => one.attestationId,
      (one) => one.caseId,
      (one) => one.version,
      (one) => one.type,
      (one) => one.typeVersion,
      (one) => one.personId,
      (one) => one.fingerprint,
      (one) => one.facts,
      (one) => one.citizenKeyId,
      (one) => one.language,
      (one) => one.languageBasis,
      (one) => one.number,
      (one) => one.tokenHash,
      (one) => one.objectKey,
      (one) => one.messageId,
      (one) => one.supersedes,
      (one) => one.preparedAt,
      (one) => one.statusList,
      (one) => one.statusIndex,
    ]),
  );
}

/** Finds those of some attestations that are prepared, each with the number of the one whose place it takes. */
export async function listPrepared(
  connection: Connection,
  attestationIds: readonly string[],
): Promise<(AttestationRow & { readonly replacedNumber: string | null })[]> {
  return connection.query(
    `select ${ATTESTATION}, r.number as "replacedNumber"
     from attestation a left join attestation r on r.attestation_id = a.supersedes
     where a.attestation_id = any($1) and ${stateIs('a.state', 'prepared')} order by a.attestation_id`,
    [attestationIds],
  );
}

/** Lists which of some attestations are prepared still, and holds them. */
export async function holdPrepared(
  connection: Connection,
  attestationIds: readonly string[],
): Promise<readonly string[]> {
  const rows = await connection.query<{ attestationId: string }>(
    `select attestation_id as "attestationId" from attestation
     where attestation_id = any($1) and ${stateIs('state', 'prepared')} order by attestation_id for no key update`,
    [attestationIds],
  );
  return rows.map(({ attestationId }) => attestationId);
}

interface SupersededVersion {
  readonly caseId: string;
  readonly attestationId: string;
  readonly messageId: string;
}

/** As `supersedeIssued`, for many cases. */
export async function supersedeIssuedOf(
  connection: Connection,
  caseIds: readonly string[],
): Promise<readonly SupersededVersion[]> {
  return connection.query(
    `update attestation set state = 'superseded', ended_at = clock_timestamp()
     where case_id = any($1) and state = 'issued'
     returning case_id as "caseId", attestation_id as "attestationId", message_id as "messageId"`,
    [caseIds],
  );
}

/** As `markIssued`, for many: gives the time of each that was prepared still. */
export async function markIssuedAll(
  connection: Connection,
  issuances: readonly (Issuance & { readonly attestationId: string })[],
): Promise<readonly { readonly attestationId: string; readonly issuedAt: Date }[]> {
  return connection.query(
    `update attestation a set state = 'issued', issued_at = clock_timestamp(), pdf_sha256 = g.pdf_sha256,
       object_sha256 = g.object_sha256, pdf_bytes = g.pdf_bytes, key_id = g.key_id, level = g.level
     from unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::int[], $5::text[], $6::text[])
       as g (id, pdf_sha256, object_sha256, pdf_bytes, key_id, level)
     where a.attestation_id = g.id and ${stateIs('a.state', 'prepared')}
     returning a.attestation_id as "attestationId", a.issued_at as "issuedAt"`,
    columnsOf(issuances, [
      (one) => one.attestationId,
      (one) => one.pdfSha256,
      (one) => one.objectSha256,
      (one) => one.pdfBytes,
      (one) => one.keyId,
      (one) => one.level,
    ]),
  );
}

/** Ends versions of cases that entitle to nothing any more: those prepared are withdrawn, those issued revoked. */
export async function endVersions(
  connection: Connection,
  ended: { readonly withdrawn: readonly string[]; readonly revoked: readonly string[] },
): Promise<void> {
  await connection.query(
    `update attestation set state = case state when 'prepared' then 'withdrawn' else 'revoked' end,
       ended_at = clock_timestamp()
     where attestation_id = any($1) and ${stateIs('state', 'prepared')}
       or attestation_id = any($2) and ${stateIs('state', 'issued')}`,
    [ended.withdrawn, ended.revoked],
  );
}
