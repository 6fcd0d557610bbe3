/** Whoever holds a document has it verified: first the register by its bytes, then the seal, then the status. */
import { createHash } from 'node:crypto';
import { findByPdfSha256, type RegisteredAttestation } from '../database/attestations.ts';
import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import { findCitizenKey } from '../database/persons.ts';
import type { AttestationFacts } from '../domain/attestation.ts';
import type { Actor } from '../domain/evidence.ts';
import type { AttestationStatus, VerificationReport, VerifiedAttestation } from '../domain/verification.ts';
import { verifySeal } from '../verify/seal.ts';
import type { Services } from './services.ts';

/** Reports on a file: what the seal says of its bytes, and what the register says of the attestation. */
export async function verifyPdf(
  services: Pick<Services, 'database' | 'vault' | 'sealTrust' | 'clock'>,
  pdf: Buffer,
  holder: { readonly actor: Actor; readonly traceId?: string },
): Promise<VerificationReport> {
  const digest = createHash('sha256').update(pdf).digest();
  const checkedAt = services.clock();
  const registered = await services.database.transaction(async (connection) => {
    const row = await findByPdfSha256(connection, digest);
    if (row === undefined) return undefined;
    await insertAuditEntry(connection, {
      actor: holder.actor,
      action: 'attestation.verify',
      ground: 'holder',
      personId: row.personId,
      object: row.attestationId,
      ...(holder.traceId !== undefined && { traceId: holder.traceId }),
    });
    return { row, facts: await readFacts(services, connection, row) };
  });
  // The register proves when these bytes existed, so the seal is judged at that moment; of others only now is known.
  const at = registered?.row.issuedAt ?? checkedAt;
  const report = {
    sha256: digest.toString('hex'),
    signature: verifySeal(pdf, { ...services.sealTrust, at }),
    checkedAt,
  };
  if (registered === undefined) return { ...report, status: 'unknown' };
  const attestation = describe(registered.row, registered.facts);
  return { ...report, status: statusOf(registered.row), ...(attestation && { attestation }) };
}

async function readFacts(
  { vault }: Pick<Services, 'vault'>,
  connection: Connection,
  row: RegisteredAttestation,
): Promise<AttestationFacts | undefined> {
  const key = await findCitizenKey(connection, row.citizenKeyId);
  if (key === undefined) return undefined;
  const facts = vault.openCitizenKey(key.citizenKeyId, key.wrappedKey).open(row.facts, row.attestationId);
  // Written by `settle`, authenticated by the citizen key.
  return JSON.parse(facts.toString('utf8')) as AttestationFacts;
}

function describe(
  row: RegisteredAttestation,
  facts: AttestationFacts | undefined,
): VerifiedAttestation | undefined {
  if (facts === undefined || row.issuedAt === null) return undefined;
  return {
    attestationId: row.attestationId,
    number: row.number,
    type: row.type,
    issuedAt: row.preparedAt,
    facts,
    ...(row.endedAt !== null && { endedAt: row.endedAt }),
    ...(row.supersededBy !== null && row.state === 'superseded' && { supersededBy: row.supersededBy }),
  };
}

function statusOf({ state }: RegisteredAttestation): AttestationStatus {
  switch (state) {
    case 'issued':
      return 'valid';
    case 'superseded':
      return 'superseded';
    case 'revoked':
      return 'revoked';
    case 'prepared':
    case 'withdrawn':
      return 'unknown';
  }
}
