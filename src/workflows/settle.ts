/** Step 2, settle: what a case is entitled to now is compared with what it has; one at a time per case. */
import { listVersions, revokeAttestation, withdrawAttestation } from '../database/attestations.ts';
import { insertAuditEntry } from '../database/audit.ts';
import { attachRows, endCaseRows } from '../database/batch-rows.ts';
import type { Connection } from '../database/database.ts';
import { type DecidedFact, insertDecisions, type NewDecision } from '../database/decisions.ts';
import { type Lane, queueJob } from '../database/jobs.ts';
import { lockName } from '../database/locks.ts';
import { findPerson, listAliases, type PersonRow } from '../database/persons.ts';
import { listStatuses } from '../database/statuses.ts';
import { decide, fingerprintOf, type SettleDecision, type Version } from '../domain/attestation.ts';
import type { AttestationType } from '../domain/attestation-type.ts';
import { type Case, parseCaseId } from '../domain/case.ts';
import { type Entitlement, entitle } from '../domain/entitlement.ts';
import { codesOf, looksAgainOn, type Subject } from '../domain/entitlement-rule.ts';
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
  const subject = await findSubject(services, connection, person, type.rules);
  const versions = await listVersions(connection, caseId);
  const today = brusselsDate(services.clock());
  const weighed = weigh({ caseId, ofCase, type, person }, { facts, subject, today }, versions);
  await insertDecisions(connection, [decisionOf(services, weighed)]);
  await lookAgain(connection, weighed, today);
  const draft = await act(connection, weighed);
  if (draft === undefined) return;
  await attachRows(connection, caseId, await prepareAttestation(services, connection, { ...draft, lane }));
}

/** A case as it is settled. */
export interface SettledCase {
  readonly caseId: string;
  readonly ofCase: Case;
  readonly type: AttestationType;
  readonly person: PersonRow;
}

/** A case with what it is entitled to now and what settling does about that. */
export interface Weighed extends SettledCase {
  /** Of its person, under their present id. */
  readonly facts: readonly Status[];
  readonly entitlement: Entitlement;
  readonly fingerprint: string;
  readonly versions: readonly Version[];
  readonly decision: SettleDecision;
}

/** Compares what a case is entitled to by the facts of its person, under any of their ids, with the versions it has. */
export function weigh(
  settled: SettledCase,
  found: { readonly facts: readonly Status[]; readonly subject: Subject; readonly today: LocalDate },
  versions: readonly Version[],
): Weighed {
  const { ofCase, type, person } = settled;
  const facts = found.facts.map((fact) => ({ ...fact, personId: person.personId }));
  const entitlement = entitle(type, ofCase, facts, found);
  const fingerprint = fingerprintOf(ofCase, type, entitlement);
  const decision = decide(entitlement, fingerprint, versions);
  return { ...settled, facts, entitlement, fingerprint, versions, decision };
}

/** Withdraws, revokes and ends rows as decided; gives the version that is to be prepared, undefined for none. */
export async function act(
  connection: Connection,
  { entitlement, decision, versions, ...weighed }: Weighed,
): Promise<Omit<Draft, 'lane'> | undefined> {
  const { caseId, person } = weighed;
  const { personId } = person;
  if (decision.withdraw) {
    await withdrawAttestation(connection, decision.withdraw.attestationId);
    await audit(connection, 'attestation.withdraw', decision.withdraw.attestationId, personId);
  }
  if (decision.revoke) {
    await revokeAttestation(connection, decision.revoke.attestationId);
    await audit(connection, 'attestation.revoke', decision.revoke.attestationId, personId);
  }
  if (!entitlement.isEntitled) {
    await endCaseRows(connection, caseId, 'notEntitled', undefined);
    return undefined;
  }
  const issued = versions.find(({ state }) => state === 'issued');
  if (decision.prepare === undefined) {
    const kept = versions.filter((version) => version !== decision.withdraw);
    await settleRows(connection, caseId, kept, issued);
    return undefined;
  }
  const supersedes = issued?.attestationId;
  return { ...weighed, entitlement, version: decision.prepare, supersedes };
}

/** What was decided and why, as it is kept; the facts by the references of their sources. */
export function decisionOf(
  { newId }: Pick<Services, 'newId'>,
  {
    caseId,
    type,
    person,
    entitlement,
  }: Pick<Weighed, 'caseId' | 'type' | 'entitlement'> & {
    readonly person: Pick<PersonRow, 'personId'>;
  },
): NewDecision {
  const explanations = entitlement.explanations.map(({ rule, reasons, facts }) => ({
    rule,
    reasons,
    facts: facts
      .map(({ code: status, source, reference, period: { startDate: from, endDate: until } }) => {
        return { status, source, reference, from, ...(until !== undefined && { until }) };
      })
      // The register gives them in any order; the same facts are the same decision.
      .sort((one, other) => (orderOf(one) < orderOf(other) ? -1 : 1)),
  }));
  return {
    decisionId: newId(),
    caseId,
    personId: person.personId,
    type: type.id,
    typeVersion: type.version,
    isEntitled: entitlement.isEntitled,
    explanations,
  };
}

function orderOf({ from, source, reference }: DecidedFact): string {
  return `${from} ${source} ${reference}`;
}

/** Has a case settled again on the day on which time alone may change what it comes to. */
export async function lookAgain(
  connection: Connection,
  { caseId, type, facts }: Pick<Weighed, 'caseId' | 'type' | 'facts'>,
  today: LocalDate,
): Promise<void> {
  const [day] = type.rules.flatMap((rule) => looksAgainOn(rule, facts, today) ?? []).sort();
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
): Promise<SettledCase> {
  const ofCase = parseCaseId(caseId);
  const type = ofCase && catalogue.types.get(ofCase.type);
  const person = ofCase && (await findPerson(connection, ofCase.personId));
  if (ofCase && type && person) return { caseId, ofCase, type, person };
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
