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
import { expiryOf } from '../domain/message.ts';
import { ServiceError } from '../errors.ts';
import { failpoint } from '../failpoint.ts';
import type { CitizenKey } from '../keys/vault.ts';
import { findSealer } from '../seal/check.ts';
import { deliverMessage } from './deliver.ts';
import type { MadeDocument } from './document.ts';
import { commitLease, type Lease } from './lease.ts';
import { makeOfflineCode } from './offline-code.ts';
import { byHandOf, codeOf } from './prepare.ts';
import type { SealMeans } from './seal-level.ts';
import type { Services } from './services.ts';

type IssueServices = Pick<
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
  const level = lease.lane === 'bulk' ? sealing.levels.batch : sealing.levels.single;
  const made = await sealing.reach(level, (means) => makeDocument(services, claimed, means));
  const stored = await archiveDocument(services, claimed, made);
  await failpoint('issue.archived');
  await services.database.transaction((connection) => publish(services, connection, lease, claimed, stored));
  await failpoint('issue.committed');
}

/** A prepared attestation with all that is needed to make its document. */
interface Claimed {
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
  const citizenKey = vault.openCitizenKey(key.citizenKeyId, key.wrappedKey);
  const replaced = row.supersedes === null ? undefined : await findAttestation(connection, row.supersedes);
  return {
    row,
    type,
    citizenKey,
    // Written by `settle`, authenticated by the citizen key.
    facts: JSON.parse(citizenKey.open(row.facts, attestationId).toString('utf8')) as AttestationFacts,
    supersedes: replaced?.number,
  };
}

async function makeDocument(
  services: IssueServices,
  claimed: Claimed,
  { level, tokenBytes, timeStamp, validationData }: SealMeans,
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
  return services.documents.make(input, timeStamp);
}

interface Stored extends MadeDocument {
  readonly object: Buffer;
}

/** Stores the document once; where an earlier try stored one, that one is what is issued. */
async function archiveDocument(
  services: IssueServices,
  claimed: Claimed,
  made: MadeDocument,
): Promise<Stored> {
  const { row, citizenKey } = claimed;
  const object = wrapObject(
    made.pdf,
    { documentId: row.attestationId, citizenKeyId: row.citizenKeyId },
    citizenKey,
  );
  if ((await services.archive.store(row.objectKey, object)) === 'stored') return { ...made, object };
  const earlier = await services.archive.fetch(row.objectKey);
  const pdf = openObject(earlier, row.attestationId, citizenKey);
  // The keys, or the level, may have changed since that try.
  const { key, level, sha256: pdfSha256 } = findSealer(pdf, services.sealKeys.all);
  return { pdf, pdfSha256, level, keyId: key.keyId, object: earlier };
}

async function publish(
  services: IssueServices,
  connection: Connection,
  lease: IssueLease,
  claimed: Claimed,
  stored: Stored,
): Promise<void> {
  const { row, type } = claimed;
  await lockName(connection, `case/${row.caseId}`);
  await commitLease(connection, lease);
  const current = await findAttestation(connection, row.attestationId);
  if (current?.state !== 'prepared') return;
  const superseded = await supersedeIssued(connection, row.caseId);
  const issuedAt = await markIssued(connection, row.attestationId, {
    pdfSha256: stored.pdfSha256,
    objectSha256: sha256(stored.object),
    pdfBytes: stored.pdf.length,
    keyId: stored.keyId,
    level: stored.level,
  });
  if (issuedAt === undefined)
    throw new ServiceError('unexpected', `attestation ${row.attestationId} could not be issued`);
  await insertMessage(connection, {
    messageId: row.messageId,
    personId: row.personId,
    messageTypeId: type.messageType.messageTypeId,
    senderOrganizationId: services.catalogue.issuer.enterpriseNumber,
    senderApplicationId: type.messageType.senderApplicationId,
    subject: type.texts[row.language].subject,
    language: row.language,
    attestationId: row.attestationId,
    originalMessageId: superseded?.messageId,
    receivedAt: issuedAt,
    expiresAt: expiryOf(issuedAt, type.messageType.validity),
    idempotencyKey: row.attestationId,
    searchable: [row.number],
  });
  await insertAttachment(connection, row.messageId, {
    attachmentId: services.newId(),
    position: 1,
    isMainContent: true,
    isSigned: true,
    fileName: `${row.number}.pdf`,
    mediaType: 'application/pdf',
    bytes: stored.pdf.length,
    sha256: stored.pdfSha256,
  });
  await endAttestationRows(connection, row.attestationId);
  await auditIssuing(connection, row, sha256(stored.pdf), superseded?.attestationId);
  const { messageId, personId } = row;
  await deliverMessage(services, connection, { messageId, personId, receivedAt: issuedAt, lane: lease.lane });
}

async function auditIssuing(
  connection: Connection,
  row: AttestationRow,
  digest: Buffer,
  superseded: string | undefined,
): Promise<void> {
  const entry = {
    actor: { kind: 'service' as const, id: 'issue' },
    ground: 'duty' as const,
    personId: row.personId,
  };
  const issued = { action: 'attestation.issue' as const, object: row.attestationId, digest };
  await insertAuditEntry(connection, { ...entry, ...issued });
  if (superseded === undefined) return;
  await insertAuditEntry(connection, { ...entry, action: 'attestation.supersede', object: superseded });
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
