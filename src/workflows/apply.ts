/** Brings an accepted declaration into the register: the period, the fact it stands for, and the cases to settle. */
import type { Connection } from '../database/database.ts';
import { completeEmployer, insertEmployer, listEmployers } from '../database/employers.ts';
import { type Lane, queueEach } from '../database/jobs.ts';
import { nextPeriodNumber, savePeriod } from '../database/periods.ts';
import { correctStatus, insertStatus } from '../database/statuses.ts';
import type { PeriodContent } from '../domain/assessment.ts';
import type { AttestationType } from '../domain/attestation-type.ts';
import { caseIdOf } from '../domain/case.ts';
import { type DimonaPeriod, periodIdOf, type UsingEmployer } from '../domain/declaration.ts';
import { casesOfFact, typesByCode } from '../domain/entitlement.ts';
import type { Status } from '../domain/status.ts';
import { unfold, writeLine } from '../domain/text.ts';
import { ServiceError } from '../errors.ts';
import { queueChangedFlows } from './flow-due.ts';
import type { Judgement } from './judge.ts';
import type { Services } from './services.ts';

/** Who sent a declaration, and in which lane what follows from it is done. */
export interface Origin {
  readonly organization: string;
  readonly lane: Lane;
}

type ApplyServices = Pick<Services, 'catalogue' | 'newId' | 'settings'>;

/** Keeps what an accepted declaration opens or changes; gives the DimonaPeriodId. */
export async function applyDeclaration(
  services: ApplyServices,
  connection: Connection,
  judgement: Judgement,
  content: PeriodContent,
  origin: Origin,
): Promise<string> {
  const employerId = judgement.period?.employerId ?? (await keepEmployer(services, connection, judgement));
  const personId = judgement.period === undefined ? judgement.person?.personId : judgement.period.personId;
  const periodId = judgement.period?.periodId ?? periodIdOf(await nextPeriodNumber(connection));
  const declaredBy = judgement.period?.declaredBy ?? origin.organization;
  const period = { ...content, periodId, employerId, ...(personId !== undefined && { personId }) };
  await savePeriod(connection, { ...period, declaredBy });
  await saveFact(services, connection, period, judgement.person?.personId, origin.lane);
  return periodId;
}

/** Finds or keeps the employer of an accepted declaration; gives the id. */
export async function keepEmployer(
  services: ApplyServices,
  connection: Connection,
  judgement: Judgement,
): Promise<string> {
  const numbers = judgement.employerNumbers;
  if (judgement.employerId === undefined) {
    await insertEmployer(connection, services.newId(), numbers);
    // Somebody else may have registered the same employer at this moment: the row that is there counts.
    const [kept] = await listEmployers(connection, numbers);
    if (kept === undefined)
      throw new ServiceError('recordMissing', 'an employer just registered is not in the register');
    return kept.employerId;
  }
  const isContradictory = judgement.assessment.anomalies.some(({ code }) => code === '00014-022');
  if (!isContradictory) await completeEmployer(connection, judgement.employerId, numbers);
  return judgement.employerId;
}

/** Replaces the fact that a period stands for, and has every case settled that it leaves or joins. */
async function saveFact(
  services: ApplyServices,
  connection: Connection,
  period: DimonaPeriod,
  holderId: string | undefined,
  lane: Lane,
): Promise<void> {
  const after = factOf(services.catalogue, period);
  if (after === undefined) return;
  const before = await correctStatus(connection, 'dimona', period.periodId);
  if (!period.isCancelled) await insertStatus(connection, services.newId(), after);
  const facts = [before, after].filter((fact) => fact !== undefined);
  await queueSettling(
    services,
    connection,
    facts.map((fact) => ({ ...fact, personId: holderId ?? fact.personId })),
    lane,
  );
}

/** The fact that a period stands for; undefined for a worker type that gives no status, and for nobody's period. */
export function factOf(
  { statusOf }: Pick<Services['catalogue'], 'statusOf'>,
  { personId, workerType, startDate, endDate, employerId, periodId, ...rest }: DimonaPeriod,
): Status | undefined {
  const code = statusOf(workerType);
  if (code === undefined || personId === undefined) return undefined;
  const { jointCommittee, usingEmployer } = rest;
  return {
    personId,
    code,
    source: 'dimona',
    period: { startDate, ...(endDate !== undefined && { endDate }) },
    employerId,
    reference: periodId,
    attributes: {
      ...(jointCommittee !== undefined && { jointCommittee }),
      ...(usingEmployer !== undefined && { usingEmployer: nameOf(usingEmployer) }),
    },
  };
}

/** Queues the settling of every case that the facts belong to, of some types alone where they are given; and the flows that look at them. */
export async function queueSettling(
  { catalogue, settings }: Pick<Services, 'catalogue' | 'settings'>,
  connection: Connection,
  facts: readonly Status[],
  lane: Lane,
  types: readonly AttestationType[] = [...catalogue.types.values()],
): Promise<void> {
  const { settleAfterSeconds: delaySeconds } = settings;
  await queueEach(
    connection,
    { lane, kind: 'settle', idName: 'caseId', delaySeconds },
    casesOf(types, facts),
  );
  await queueChangedFlows(
    { catalogue, settings },
    connection,
    facts.map(({ code }) => code),
  );
}

/** Finds the cases that facts belong to, each once: of every attestation type to which they make a difference. */
export function casesOf(types: readonly AttestationType[], facts: readonly Status[]): readonly string[] {
  const byCode = typesByCode(types);
  const caseIds = new Set<string>();
  for (const fact of facts)
    for (const type of byCode.get(fact.code) ?? [])
      for (const ofCase of casesOfFact(type, fact)) caseIds.add(caseIdOf(ofCase));
  return [...caseIds];
}

function nameOf(usingEmployer: UsingEmployer): string {
  return writeLine(unfold(usingEmployer.name ?? usingEmployer.enterpriseNumber ?? ''));
}
