/** Step 2, settle: what a case is entitled to now is compared with what it has; one at a time per case. */
import { createHash } from 'node:crypto';
import { objectKeyOf } from '../archive/object-key.ts';
import {
  insertAttestation,
  listVersions,
  nextAttestationNumber,
  revokeAttestation,
  withdrawAttestation,
} from '../database/attestations.ts';
import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import { type EmployerRow, findEmployer } from '../database/employers.ts';
import { queueJob } from '../database/jobs.ts';
import { lockName } from '../database/locks.ts';
import { findPerson, keepCitizenKey, listAliases, type PersonRow } from '../database/persons.ts';
import { listStatuses } from '../database/statuses.ts';
import { type AttestationFacts, attestationNumber, decide, fingerprintOf } from '../domain/attestation.ts';
import type { AttestationType } from '../domain/attestation-type.ts';
import { type Case, parseCaseId } from '../domain/case.ts';
import { type EntitledDay, type Entitlement, entitle } from '../domain/entitlement.ts';
import { chooseLanguage } from '../domain/language.ts';
import { municipalityOn } from '../domain/municipality.ts';
import { brusselsDate, type LocalMonth } from '../domain/period.ts';
import type { Ssin } from '../domain/ssin.ts';
import { ServiceError } from '../errors.ts';
import { failpoint } from '../failpoint.ts';
import { commitLease, type Lease } from './lease.ts';
import type { Services } from './services.ts';

type SettleServices = Pick<Services, 'database' | 'catalogue' | 'vault' | 'clock' | 'newId' | 'settings'>;

/** Settles one case and ends the job, in one transaction. */
export async function settleCase(services: SettleServices, lease: Lease, caseId: string): Promise<void> {
  await services.database.transaction(async (connection) => {
    await lockName(connection, `case/${caseId}`);
    await settleIn(services, connection, caseId);
    await commitLease(connection, lease);
    await failpoint('settle.decided');
  });
  await failpoint('settle.committed');
}

async function settleIn(services: SettleServices, connection: Connection, caseId: string): Promise<void> {
  const ofCase = parseCaseId(caseId);
  const type = ofCase && services.catalogue.types.get(ofCase.type);
  const person = ofCase && (await findPerson(connection, ofCase.personId));
  if (!ofCase || !type || !person)
    throw new ServiceError('recordMissing', `case ${caseId} names an unknown type or person`);
  const aliases = await listAliases(connection, person.personId);
  const facts = await listStatuses(connection, aliases, type.status);
  const entitlement = entitle(
    type,
    ofCase,
    facts.map((fact) => ({ ...fact, personId: person.personId })),
  );
  const fingerprint = fingerprintOf(ofCase, type.version, entitlement);
  const versions = await listVersions(connection, caseId);
  const decision = decide(entitlement, fingerprint, versions);
  if (decision.withdraw) await withdrawAttestation(connection, decision.withdraw.attestationId);
  if (decision.revoke) await revoke(connection, decision.revoke.attestationId, person.personId);
  if (decision.prepare === undefined || !entitlement.isEntitled) return;
  const issued = versions.find(({ state }) => state === 'issued');
  const draft = { caseId, ofCase, type, person, entitlement, fingerprint, version: decision.prepare };
  await prepare(services, connection, { ...draft, supersedes: issued?.attestationId });
}

async function revoke(connection: Connection, attestationId: string, personId: string): Promise<void> {
  await revokeAttestation(connection, attestationId);
  const actor = { kind: 'service' as const, id: 'settle' };
  await insertAuditEntry(connection, {
    actor,
    action: 'attestation.revoke',
    ground: 'duty',
    personId,
    object: attestationId,
  });
}

interface Draft {
  readonly caseId: string;
  readonly ofCase: Case;
  readonly type: AttestationType;
  readonly person: PersonRow;
  readonly entitlement: Entitlement & { readonly isEntitled: true };
  readonly fingerprint: string;
  readonly version: number;
  readonly supersedes: string | undefined;
}

/** Fixes everything about a version before anything is done with it, and queues its issuing. */
async function prepare(services: SettleServices, connection: Connection, draft: Draft): Promise<void> {
  const { catalogue, vault, newId } = services;
  const preparedAt = services.clock();
  // The page shows seconds, so nothing smaller is kept.
  preparedAt.setMilliseconds(0);
  const attestationId = newId();
  const { citizenKeyId, wrappedKey } = await citizenKeyOf(services, connection, draft.person.personId);
  const facts = await factsOf(services, connection, draft);
  const municipality =
    draft.person.nisCode === null
      ? undefined
      : municipalityOn(catalogue.municipalities, draft.person.nisCode, brusselsDate(preparedAt));
  const choice = chooseLanguage(
    draft.person.language ?? undefined,
    municipality,
    services.settings.languagePresumption,
  );
  await insertAttestation(connection, {
    attestationId,
    caseId: draft.caseId,
    version: draft.version,
    type: draft.type.id,
    typeVersion: draft.type.version,
    personId: draft.person.personId,
    fingerprint: draft.fingerprint,
    facts: vault
      .openCitizenKey(citizenKeyId, wrappedKey)
      .seal(Buffer.from(JSON.stringify(facts)), attestationId),
    citizenKeyId,
    language: choice.language,
    languageBasis: choice.basis,
    number: attestationNumber(
      draft.type.numberPrefix,
      Number(brusselsDate(preparedAt).slice(0, 4)),
      await nextAttestationNumber(connection),
    ),
    tokenHash: hashOfCode(codeOf(vault, attestationId)),
    objectKey: objectKeyOf(attestationId, preparedAt),
    messageId: newId(),
    supersedes: draft.supersedes,
    preparedAt,
  });
  await queueJob(connection, {
    lane: 'single',
    kind: 'issue',
    payload: { attestationId },
    dedupeKey: attestationId,
  });
}

async function citizenKeyOf({ vault, newId }: SettleServices, connection: Connection, personId: string) {
  const citizenKeyId = newId();
  return keepCitizenKey(connection, personId, {
    citizenKeyId,
    wrappedKey: vault.createCitizenKey(citizenKeyId),
  });
}

async function factsOf(
  services: SettleServices,
  connection: Connection,
  draft: Draft,
): Promise<AttestationFacts> {
  const { person, ofCase, entitlement } = draft;
  const employer = ofCase.keys.employer ? await findEmployer(connection, ofCase.keys.employer) : undefined;
  return {
    holder: {
      // The vault returns what loading put in: an SSIN that was checked then.
      ssin: services.vault.open(person.ssinCiphertext, 'ssin').toString('utf8') as Ssin,
      familyName: person.familyName,
      givenName: person.givenName,
    },
    days: entitlement.days satisfies readonly EntitledDay[],
    ...(employer && { employer: namedEmployer(employer) }),
    ...(ofCase.keys.month !== undefined && { month: ofCase.keys.month as LocalMonth }),
  };
}

function namedEmployer(row: EmployerRow) {
  const nssoNumber = row.nssoNumber ?? row.provisionalNssoNumber;
  return {
    ...(row.name !== null && { name: row.name }),
    ...(row.enterpriseNumber !== null && { enterpriseNumber: row.enterpriseNumber }),
    ...(nssoNumber !== null && { nssoNumber }),
  };
}

/** Makes the code printed on a document: 128 bits in base64url, the same on every try. */
export function codeOf(vault: Services['vault'], attestationId: string): string {
  return vault.code(attestationId).subarray(0, 16).toString('base64url');
}

/** The form in which the register keeps a code: whoever reads the register learns no code. */
export function hashOfCode(code: string): Buffer {
  return createHash('sha256').update(code).digest();
}
