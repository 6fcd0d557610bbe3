/** Step 3, issue: a prepared attestation is rendered, sealed, checked, archived, and published in the eBox. */
import { createHash } from 'node:crypto';
import { openObject, wrapObject } from '../archive/envelope.ts';
import {
  type AttestationRow,
  eraseAttestation,
  findAttestation,
  markIssued,
  supersedeIssued,
} from '../database/attestations.ts';
import { insertAuditEntry } from '../database/audit.ts';
import { endAttestationRows } from '../database/batch-rows.ts';
import { findCitizenKey } from '../database/citizen-keys.ts';
import type { Connection } from '../database/database.ts';
import type { LeasedJob } from '../database/jobs.ts';
import { lockName } from '../database/locks.ts';
import { insertAttachment, insertMessage } from '../database/messages.ts';
import type { AttestationFacts } from '../domain/attestation.ts';
import { ATTESTATION_SCHEMA_PATH } from '../domain/attestation-schema.ts';
import type { AttestationType } from '../domain/attestation-type.ts';
import { ServiceError } from '../errors.ts';
import { failpoint } from '../failpoint.ts';
import type { CitizenKey } from '../keys/vault.ts';
import { findSealer } from '../seal/check.ts';
import { deliverMessage } from './deliver.ts';
import type { MadeDocument } from './document.ts';
import { attachmentOf, issuanceOf, issuingEntries, messageOf, type Stored } from './issued.ts';
import { commitLease, type Lease } from './lease.ts';
import { makeOfflineCode } from './offline-code.ts';
import { byHandOf, codeOf } from './prepare.ts';
import type { SealMeans } from './seal-level.ts';
import type { Services } from './services.ts';

export type IssueServices = Pick<
  Services,
  | 'database'
  | 'catalogue'
  | 'vault'
  | 'archive'
  | 'documents'
  | 'sealKeys'
  | 'codeSigner'
  | 'sealing'
  | 'clock'
  | 'newId'
  | 'settings'
  | 'registry'
>;

/** What comes by the lane of batches is sealed at the level of batches. */
export type IssueLease = Lease & Pick<LeasedJob, 'lane'>;

/** Issues one prepared attestation and ends the job. One that was withdrawn meanwhile is not issued. */
export async function issueAttestation(
  services: IssueServices,
  lease: IssueLease,
  attestationId: string,
): Promise<void> {
  const claimed = await services.database.transaction((connection) =>
    claim(services, connection, lease, attestationId),
  );
  if (claimed === undefined) return;
  await failpoint('issue.claimed');
  const { sealing } = services;
  const isOfBatch = lease.lane === 'bulk';
  const level = isOfBatch ? sealing.levels.batch : sealing.levels.single;
  const made = await sealing.reach(level, (means) => makeDocument(services, claimed, means, !isOfBatch));
  const stored = await archiveDocument(services, claimed, made);
  await failpoint('issue.archived');
  await services.database.transaction((connection) => publish(services, connection, lease, claimed, stored));
  await failpoint('issue.committed');
}

/** A prepared attestation with all that is needed to make its document. */
export interface Claimed {
  readonly row: AttestationRow;
  readonly type: AttestationType;
  readonly citizenKey: CitizenKey;
  readonly facts: AttestationFacts;
  readonly supersedes: string | undefined;
}

async function claim(
  { catalogue, vault }: IssueServices,
  connection: Connection,
  lease: Lease,
  attestationId: string,
): Promise<Claimed | undefined> {
  const row = await findAttestation(connection, attestationId);
  if (row === undefined)
    throw new ServiceError('recordMissing', `attestation ${attestationId} is not in the register`);
  if (row.state !== 'prepared') {
    await commitLease(connection, lease);
    return undefined;
  }
  const type = catalogue.types.get(row.type);
  const key = await findCitizenKey(connection, row.citizenKeyId);
  if (type === undefined)
    throw new ServiceError('recordMissing', `attestation ${attestationId} has no type any more`);
  if (key === undefined) {
    // Its person was erased while it was being prepared.
    await eraseAttestation(connection, attestationId);
    await commitLease(connection, lease);
    return undefined;
  }
  const replaced = row.supersedes === null ? undefined : await findAttestation(connection, row.supersedes);
  return openClaimed(vault, row, type, key.wrappedKey, replaced?.number);
}

/** Opens what was prepared; `supersedes` is the number of the attestation whose place it takes. */
export function openClaimed(
  vault: IssueServices['vault'],
  row: AttestationRow,
  type: AttestationType,
  wrappedKey: Buffer,
  supersedes: string | undefined,
): Claimed {
  const citizenKey = vault.openCitizenKey(row.citizenKeyId, wrappedKey);
  // Written by `settle`, authenticated by the citizen key.
  const facts = JSON.parse(
    citizenKey.open(row.facts, row.attestationId).toString('utf8'),
  ) as AttestationFacts;
  return { row, type, citizenKey, facts, supersedes };
}

/** Renders, seals and checks the document of a prepared attestation; one that goes ahead before those of batches. */
export async function makeDocument(
  services: IssueServices,
  claimed: Claimed,
  { level, tokenBytes, timeStamp, validationData }: SealMeans,
  goesAhead: boolean,
): Promise<MadeDocument> {
  const { row, type, facts, supersedes } = claimed;
  const { keyId } = services.sealKeys.current(services.clock(), row.preparedAt);
  const offlineCode = await makeOfflineCode(services, row, type, facts);
  const input = {
    type: type.id,
    language: row.language,
    facts,
    number: row.number,
    issuedAt: row.preparedAt,
    verificationUrl: `${services.settings.publicUrl}/v/${codeOf(services.vault, row.attestationId)}`,
    byHand: byHandOf(services, row.number),
    schemaUrl: `${services.settings.publicUrl}${ATTESTATION_SCHEMA_PATH}`,
    keyId,
    level,
    tokenBytes,
    validationData,
    ...(offlineCode !== undefined && { offlineCode }),
    ...(supersedes !== undefined && { supersedes }),
  };
  return services.documents.make(input, timeStamp, goesAhead);
}

/** Stores the document once; where an earlier try stored one, that one is what is issued. */
export async function archiveDocument(
  services: IssueServices,
  claimed: Claimed,
  made: MadeDocument,
): Promise<Stored> {
  const { row, citizenKey } = claimed;
  const ids = { documentId: row.attestationId, citizenKeyId: row.citizenKeyId };
  const object = wrapObject(made.pdf, ids, citizenKey);
  const objectSha256 = sha256(object);
  if ((await services.archive.store(row.objectKey, object, objectSha256)) === 'stored')
    return { ...made, objectSha256 };
  const earlier = await services.archive.fetch(row.objectKey);
  const pdf = openObject(earlier, row.attestationId, citizenKey);
  // The keys, or the level, may have changed since that try.
  const { key, level, sha256: pdfSha256 } = findSealer(pdf, services.sealKeys.all);
  return { pdf, pdfSha256, level, keyId: key.keyId, objectSha256: sha256(earlier) };
}

async function publish(
  services: IssueServices,
  connection: Connection,
  lease: IssueLease,
  claimed: Claimed,
  stored: Stored,
): Promise<void> {
  const { row } = claimed;
  await lockName(connection, `case/${row.caseId}`);
  await commitLease(connection, lease);
  const current = await findAttestation(connection, row.attestationId);
  if (current?.state !== 'prepared') return;
  const superseded = await supersedeIssued(connection, row.caseId);
  const issuedAt = await markIssued(connection, row.attestationId, issuanceOf(stored));
  if (issuedAt === undefined)
    throw new ServiceError('unexpected', `attestation ${row.attestationId} could not be issued`);
  await insertMessage(connection, messageOf(services, claimed, issuedAt, superseded?.messageId));
  await insertAttachment(connection, row.messageId, attachmentOf(services, row, stored));
  await endAttestationRows(connection, row.attestationId);
  for (const entry of issuingEntries(row, stored, superseded?.attestationId))
    await insertAuditEntry(connection, entry);
  const { messageId, personId } = row;
  await deliverMessage(services, connection, { messageId, personId, receivedAt: issuedAt, lane: lease.lane });
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
