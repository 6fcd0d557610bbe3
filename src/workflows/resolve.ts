/** Declarations that waited for a person (answer S) are judged once that person is in the register. */
import { insertAuditEntry } from '../database/audit.ts';
import { listResolvable, takeWaiting } from '../database/declarations.ts';
import { queueJob } from '../database/jobs.ts';
import { judgeDeclaration } from './judge.ts';
import { commitLease, type Lease } from './lease.ts';
import { answer, type ReportServices } from './report.ts';
import type { Services } from './services.ts';
import { readStored } from './stored-declaration.ts';

const AT_ONCE = 200;

/** Judges those that can be judged now, each in a transaction of its own, and ends the job. */
export async function resolveDeclarations(
  services: ReportServices & Pick<Services, 'database'>,
  lease: Lease,
): Promise<void> {
  const declarationIds = await services.database.transaction((connection) =>
    listResolvable(connection, AT_ONCE),
  );
  for (const declarationId of declarationIds) await resolveOne(services, declarationId);
  await services.database.transaction(async (connection) => {
    await commitLease(connection, lease);
    if (declarationIds.length < AT_ONCE) return;
    await queueJob(connection, { lane: 'single', kind: 'resolve', payload: {}, dedupeKey: 'now' });
  });
}

async function resolveOne(
  services: ReportServices & Pick<Services, 'database'>,
  declarationId: string,
): Promise<void> {
  await services.database.transaction(async (connection) => {
    const row = await takeWaiting(connection, declarationId);
    if (row === undefined) return;
    const declaration = readStored(services, row);
    const sender = { organization: row.senderOrganization };
    const judgement = await judgeDeclaration(services, connection, declaration, sender);
    const origin = { organization: row.senderOrganization, lane: 'single' as const };
    await answer(services, connection, declarationId, judgement, origin);
    // When it was reported nobody knew whom it concerned; now the person can see who declared it.
    await insertAuditEntry(connection, {
      actor: { kind: 'service', id: 'resolve', organization: row.senderOrganization },
      action: 'declaration.judge',
      ground: 'duty',
      object: declarationId,
      ...(judgement.person && { personId: judgement.person.personId }),
    });
  });
}
