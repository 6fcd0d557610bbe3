/**
 * Settles cases from which something was taken back: those that come to nothing any more at once, many by a statement;
 * the others, which get another version, each by the job that does so.
 */
import { endVersions, listVersionsOf } from '../database/attestation-sets.ts';
import { insertAuditRows } from '../database/audit.ts';
import { endCaseRowsOf } from '../database/batch-row-sets.ts';
import type { Connection } from '../database/database.ts';
import { insertDecisions } from '../database/decisions.ts';
import { queueEach } from '../database/jobs.ts';
import { lockNames } from '../database/locks.ts';
import type { PersonRow } from '../database/persons.ts';
import type { AuditEntry } from '../domain/evidence.ts';
import { brusselsDate } from '../domain/period.ts';
import { groupBy } from './group.ts';
import type { Services } from './services.ts';
import { decisionOf, lookAgain, type Weighed, weigh } from './settle.ts';
import { findFacts, readCase } from './settle-cases.ts';
import { findSubject } from './subject.ts';

type SettleServices = Pick<Services, 'catalogue' | 'clock' | 'newId' | 'settings'>;

/** Settles cases of persons who are in the register and not erased; the caller holds the locks of these persons. */
export async function settleTaken(
  services: SettleServices,
  connection: Connection,
  cases: ReadonlyMap<string, PersonRow>,
): Promise<void> {
  if (cases.size === 0) return;
  const names = [...cases.keys()].map((caseId) => `case/${caseId}`);
  await lockNames(connection, names);
  const weighed = await weighAll(services, connection, cases);
  const over = weighed.filter(({ entitlement }) => !entitlement.isEntitled);
  await endAll(services, connection, over);
  const { settleAfterSeconds: delaySeconds } = services.settings;
  await queueEach(
    connection,
    { lane: 'bulk', kind: 'settle', idName: 'caseId', delaySeconds },
    weighed.filter((one) => !over.includes(one)).map(({ caseId }) => caseId),
  );
}

async function weighAll(
  services: SettleServices,
  connection: Connection,
  cases: ReadonlyMap<string, PersonRow>,
): Promise<Weighed[]> {
  const settled = [...cases].map(([caseId, person]) => readCase(services, caseId, person));
  const facts = await findFacts(connection, settled);
  const versions = groupBy(await listVersionsOf(connection, [...cases.keys()]), ({ caseId }) => caseId);
  const today = brusselsDate(services.clock());
  const weighed: Weighed[] = [];
  for (const one of settled) {
    const subject = await findSubject(services, connection, one.person, one.type.rules);
    const found = { facts: facts.get(one.person.personId) ?? [], subject, today };
    weighed.push(weigh(one, found, versions.get(one.caseId) ?? []));
  }
  return weighed;
}

async function endAll(
  services: SettleServices,
  connection: Connection,
  over: readonly Weighed[],
): Promise<void> {
  if (over.length === 0) return;
  await insertDecisions(
    connection,
    over.map((one) => decisionOf(services, one)),
  );
  const today = brusselsDate(services.clock());
  for (const one of over) await lookAgain(connection, one, today);
  const ended = over.flatMap(({ decision: { withdraw, revoke }, person }): AuditEntry[] => [
    ...(withdraw ? [entryOf('attestation.withdraw', withdraw.attestationId, person)] : []),
    ...(revoke ? [entryOf('attestation.revoke', revoke.attestationId, person)] : []),
  ]);
  if (ended.length > 0) {
    const idsOf = (action: AuditEntry['action']) =>
      ended.flatMap((entry) => (entry.action === action && entry.object !== undefined ? [entry.object] : []));
    const withdrawn = idsOf('attestation.withdraw');
    await endVersions(connection, { withdrawn, revoked: idsOf('attestation.revoke') });
    await insertAuditRows(connection, ended);
  }
  await endCaseRowsOf(
    connection,
    over.map(({ caseId }) => caseId),
    'notEntitled',
  );
}

function entryOf(action: AuditEntry['action'], object: string, { personId }: PersonRow): AuditEntry {
  return { actor: { kind: 'service', id: 'settle' }, action, ground: 'duty', personId, object };
}
