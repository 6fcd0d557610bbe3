/** Settles the whole register anew, after a type or a rule was added: decisions of many at once, and jobs for what changes. */
import { listVersionsOf } from '../database/attestation-sets.ts';
import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import { insertDecisions } from '../database/decisions.ts';
import { countJobsOf, queueEach, queueJob } from '../database/jobs.ts';
import { listOpenCases, type PersonsBehind, queueRanges } from '../database/register-pages.ts';
import { decide, fingerprintOf } from '../domain/attestation.ts';
import type { Actor } from '../domain/evidence.ts';
import { brusselsDate } from '../domain/period.ts';
import { groupBy } from './group.ts';
import { commitLease, type Lease } from './lease.ts';
import type { Services } from './services.ts';
import { decisionOf, lookAgain } from './settle.ts';
import { type WeighedPerson, weighPersonsAfter } from './weigh-register.ts';

export type { PersonsBehind };

type SettleServices = Pick<Services, 'database' | 'catalogue' | 'clock' | 'newId'>;

/** Persons of one transaction; several are under way at once, and all that is known of them is held meanwhile. */
const AT_ONCE = 500;

/**
 * Has every case of the register settled; gives false where that is under way already. Each range of persons is a job, so
 * that as many are done at once as the process does.
 */
export function startSettling(
  { database }: Pick<Services, 'database'>,
  actor: Actor,
  personsOfRange = AT_ONCE,
): Promise<boolean> {
  return database.transaction(async (connection) => {
    if ((await countJobsOf(connection, 'settleRegister')) > 0) return false;
    await insertAuditEntry(connection, { actor, action: 'register.settle', ground: 'duty' });
    await queueRanges(connection, 'settleRegister', personsOfRange);
    return true;
  });
}

/** Settles persons of a range and ends the job, in one transaction; where there are more of them, these are another job. */
export async function settlePersons(
  services: SettleServices,
  lease: Lease,
  range: PersonsBehind,
): Promise<void> {
  await services.database.transaction(async (connection) => {
    const after = await settlePersonsAfter(services, connection, range, AT_ONCE);
    if (after !== undefined)
      await queueJob(connection, {
        lane: 'bulk',
        kind: 'settleRegister',
        payload: { ...range, after },
        dedupeKey: after,
      });
    await commitLease(connection, lease);
  });
}

/** Settles the first persons of a range. Gives the last of these, undefined where they were the last of all. */
export async function settlePersonsAfter(
  services: SettleServices,
  connection: Connection,
  range: PersonsBehind,
  limit: number,
): Promise<string | undefined> {
  const weighed = await weighPersonsAfter(services, connection, range, limit);
  const cases = weighed.flatMap(({ person, cases: own }) => own.map((one) => ({ ...one, person })));
  await insertDecisions(
    connection,
    cases.map((one) => decisionOf(services, one)),
  );
  const today = brusselsDate(services.clock());
  for (const one of cases) await lookAgain(connection, one, today);
  await queueEach(
    connection,
    { lane: 'bulk', kind: 'settle', idName: 'caseId' },
    await listChanging(connection, weighed),
  );
  return weighed.length < limit ? undefined : weighed.at(-1)?.person.personId;
}

/** The cases whose documents are not those that they are entitled to; a case may have lost all its facts. */
async function listChanging(
  connection: Connection,
  weighed: readonly WeighedPerson[],
): Promise<readonly string[]> {
  const cases = weighed.flatMap((one) => one.cases);
  const caseIds = cases.map(({ caseId }) => caseId);
  const versions = groupBy(await listVersionsOf(connection, caseIds), ({ caseId }) => caseId);
  const changing = cases.filter(({ caseId, ofCase, type, entitlement }) => {
    const own = versions.get(caseId);
    // There is nothing to compare with.
    if (own === undefined) return entitlement.isEntitled;
    const fingerprint = fingerprintOf(ofCase, type, entitlement);
    return Object.keys(decide(entitlement, fingerprint, own)).length > 0;
  });
  const known = new Set(caseIds);
  const open = await listOpenCases(
    connection,
    weighed.map(({ person }) => person.personId),
  );
  return [...changing.map(({ caseId }) => caseId), ...open.filter((caseId) => !known.has(caseId))];
}
