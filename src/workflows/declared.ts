/** What the register keeps of a declaration that was judged: itself, its answer, and what the evidence log says. */
import type { NewAnswer, NewDeclaration } from '../database/declarations.ts';
import type { RepresentedEmployer } from '../database/mandates.ts';
import type { PeriodContent } from '../domain/assessment.ts';
import type { PeriodDays, PeriodImpact } from '../domain/declaration.ts';
import type { Actor, AuditEntry } from '../domain/evidence.ts';
import type { BodyKey } from './declaration-key.ts';
import type { Judgement } from './judge.ts';
import type { Report, Sender } from './report.ts';

/** What is kept of a declaration. */
export function declarationOf(
  { declaration, sender, channel, body, receivedAt }: Omit<Report, 'lane' | 'messageKey' | 'file'>,
  declarationId: string,
  { messageKey, bodyHmac }: { readonly messageKey: string; readonly bodyHmac: Buffer },
  { key, ...keyIds }: BodyKey,
): NewDeclaration {
  return {
    declarationId,
    senderOrganization: sender.organization,
    senderClient: sender.clientId,
    channel,
    messageKey,
    bodyHmac,
    body: key.seal(body, declarationId),
    ...keyIds,
    action: declaration.action,
    declaredAt: declaration.declaredAt,
    receivedAt,
  };
}

/** What the evidence log says of a declaration that was taken in. */
export function reportEntry(
  sender: Sender,
  declarationId: string,
  { person }: Pick<Judgement, 'person'>,
  employer?: RepresentedEmployer,
): AuditEntry {
  const { kind = 'client', clientId: id, organization, tokenHash } = sender;
  const actor: Actor = { kind, id, organization, ...(tokenHash !== undefined && { tokenHash }) };
  return {
    actor,
    action: 'declaration.report',
    ...(sender.mandate === undefined || employer === undefined
      ? { ground: 'declarant' }
      : { ground: 'mandate', groundId: sender.mandate.mandateId }),
    ...(employer && { represented: employer.enterpriseNumber }),
    object: declarationId,
    ...(person && { personId: person.personId }),
    ...(sender.traceId !== undefined && { traceId: sender.traceId }),
  };
}

/** The answer to a judged declaration, which opened or changed this period. */
export function answerOf(
  { assessment, period: before }: Pick<Judgement, 'assessment' | 'period'>,
  periodId: string | undefined,
): NewAnswer {
  const { result, anomalies, period } = assessment;
  return {
    result,
    anomalies: anomalies.map(({ code }) => code),
    ...(period && periodId !== undefined && { period: { periodId, impact: impactOf(before, period) } }),
  };
}

function impactOf(before: PeriodContent | undefined, after: PeriodContent): PeriodImpact {
  const { workerType, jointCommittee, usingEmployer } = after;
  return {
    features: {
      workerType,
      ...(jointCommittee && { jointCommittee }),
      ...(usingEmployer && { usingEmployer }),
    },
    ...(before && { before: daysOf(before) }),
    ...(!after.isCancelled && { after: daysOf(after) }),
  };
}

function daysOf({ startDate, startHour, endDate, endHour }: PeriodContent): PeriodDays {
  return {
    startDate,
    ...(startHour && { startHour }),
    ...(endDate && { endDate }),
    ...(endHour && { endHour }),
  };
}
