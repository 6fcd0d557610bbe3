/** Step 2, settle: what a case is entitled to now is compared with what it has; one at a time per case. */
import { listVersions, revokeAttestation, withdrawAttestation } from '../database/attestations.ts';
import { insertAuditEntry } from '../database/audit.ts';
import { attachRows, endCaseRows } from '../database/batch-rows.ts';
import type { Connection } from '../database/database.ts';
import { insertDecision } from '../database/decisions.ts';
import { type Lane, queueJob } from '../database/jobs.ts';
import { lockName } from '../database/locks.ts';
import { findPerson, listAliases, type PersonRow } from '../database/persons.ts';
import { listStatuses } from '../database/statuses.ts';
import { decide, fingerprintOf, type Version } from '../domain/attestation.ts';
import type { AttestationType } from '../domain/attestation-type.ts';
import { type Case, parseCaseId } from '../domain/case.ts';
import { type Entitlement, entitle } from '../domain/entitlement.ts';
import { codesOf, looksAgainOn } from '../domain/entitlement-rule.ts';
import type { AuditAction } from '../domain/evidence.ts';
import { brusselsDate, type LocalDate } from '../domain/period.ts';
import type { Status } from '../domain/status.ts';
import { ServiceError } from '../errors.ts';
import { failpoint } from '../failpoint.ts';
import { commitLease, type Lease } from './lease.ts';
import { type Draft, type PrepareServices, prepareAttestation } from './prepare.ts';
import type { Services } from './services.ts';
import { findSubject } from './subject.ts';

type SettleServices = PrepareServices & Pick<Services, 'database'>;

/** Settles one case and ends the job, in one transaction. What follows is done in the lane of the job. */
export async function settleCase(
  services: SettleServices,
  lease: Lease & { readonly lane: Lane },
  caseId: string,
): Promise<void> {
  await services.database.transaction(async (connection) => {
    await lockName(connection, `case/${caseId}`);
    await settleIn(services, connection, caseId, lease.lane);
    await commitLease(connection, lease);
    await failpoint('settle.decided');
  });
  await failpoint('settle.committed');
}

async function settleIn(
  services: SettleServices,
  connection: Connection,
  caseId: string,
  lane: Lane,
): Promise<void> {
  const { ofCase, type, person } = await findCase(services, connection, caseId);
  if (person.erasedAt !== null) return endCaseRows(connection, caseId, 'notEntitled', undefined);
  const aliases = await listAliases(connection, person.personId);
  const facts = await listStatuses(connection, aliases, [...new Set(type.rules.flatMap(codesOf))]);
  const ofHolder = facts.map((fact) => ({ ...fact, personId: person.personId }));
  const subject = await findSubject(services, connection, person, type.rules);
  const today = brusselsDate(services.clock());
  const entitlement = entitle(type, ofCase, ofHolder, { subject, today });
  await recordDecision(services, connection, { caseId, type, person, entitlement });
  await lookAgain(connection, caseId, type, ofHolder, today);
  const fingerprint = fingerprintOf(ofCase, type, entitlement);
  const versions = await listVersions(connection, caseId);
  const decision = decide(entitlement, fingerprint, versions);
  if (decision.withdraw) {
    await withdrawAttestation(connection, decision.withdraw.attestationId);
    await audit(connection, 'attestation.withdraw', decision.withdraw.attestationId, person.personId);
  }
  if (decision.revoke) {
    await revokeAttestation(connection, decision.revoke.attestationId);
    await audit(connection, 'attestation.revoke', decision.revoke.attestationId, person.personId);
  }
  if (!entitlement.isEntitled) return endCaseRows(connection, caseId, 'notEntitled', undefined);
  const issued = versions.find(({ state }) => state === 'issued');
  if (decision.prepare === undefined) {
    const kept = versions.filter((version) => version !== decision.withdraw);
    return settleRows(connection, caseId, kept, issued);
  }
  const draft = { caseId, ofCase, type, person, entitlement, fingerprint, lane, version: decision.prepare };
  const attestationId = await prepareAttestation(services, connection, {
    ...draft,
    supersedes: issued?.attestationId,
  });
  await attachRows(connection, caseId, attestationId);
}

/** Keeps what was decided and why; the facts by the references of their sources. */
function recordDecision(
  { newId }: SettleServices,
  connection: Connection,
  {
    caseId,
    type,
    person,
    entitlement,
  }: Pick<Draft, 'caseId' | 'type' | 'person'> & { entitlement: Entitlement },
): Promise<void> {
  const explanations = entitlement.explanations.map(({ rule, reasons, facts }) => ({
    rule,
    reasons,
    facts: facts.map(({ code: status, source, reference, period: { startDate: from, endDate: until } }) => {
      return { status, source, reference, from, ...(until !== undefined && { until }) };
    }),
  }));
  return insertDecision(connection, {
    decisionId: newId(),
    caseId,
    personId: person.personId,
    type: type.id,
    typeVersion: type.version,
    isEntitled: entitlement.isEntitled,
    explanations,
  });
}

/** Has a case settled again on the day on which time alone may change what it comes to. */
async function lookAgain(
  connection: Connection,
  caseId: string,
  { rules }: AttestationType,
  facts: readonly Status[],
  today: LocalDate,
): Promise<void> {
  const [day] = rules.flatMap((rule) => looksAgainOn(rule, facts, today) ?? []).sort();
  if (day === undefined) return;
  const delaySeconds = Math.ceil((Date.parse(day) - Date.parse(today)) / 1000);
  // A key of its own: what happens before is not to wait for that day.
  const dedupeKey = `${day}/${caseId}`;
  await queueJob(connection, { lane: 'bulk', kind: 'settle', payload: { caseId }, dedupeKey, delaySeconds });
}

async function findCase(
  { catalogue }: SettleServices,
  connection: Connection,
  caseId: string,
): Promise<{ readonly ofCase: Case; readonly type: AttestationType; readonly person: PersonRow }> {
  const ofCase = parseCaseId(caseId);
  const type = ofCase && catalogue.types.get(ofCase.type);
  const person = ofCase && (await findPerson(connection, ofCase.personId));
  if (ofCase && type && person) return { ofCase, type, person };
  throw new ServiceError('recordMissing', `case ${caseId} names an unknown type or person`);
}

/** Rows of batches whose days stand already on a version: one that is about to be issued, or one that was. */
async function settleRows(
  connection: Connection,
  caseId: string,
  versions: readonly Version[],
  issued: Version | undefined,
): Promise<void> {
  const prepared = versions.find(({ state }) => state === 'prepared');
  if (prepared === undefined) await endCaseRows(connection, caseId, 'unchanged', issued?.attestationId);
  else await attachRows(connection, caseId, prepared.attestationId);
}

function audit(
  connection: Connection,
  action: AuditAction,
  attestationId: string,
  personId: string,
): Promise<void> {
  const actor = { kind: 'service' as const, id: 'settle' };
  return insertAuditEntry(connection, { actor, action, ground: 'duty', personId, object: attestationId });
}
