/** Step 1, report: a declaration is judged, kept with its answer, and its facts are updated, in one transaction. */
import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import {
  type AnsweredDeclaration,
  type Channel,
  findByBody,
  findByMessageKey,
  insertAnswer,
  insertDeclaration,
  insertWaiting,
  wasChangedSince,
} from '../database/declarations.ts';
import { type Lane, queueJob } from '../database/jobs.ts';
import { lockName } from '../database/locks.ts';
import type { Assessment, PeriodContent } from '../domain/assessment.ts';
import type { Declaration, PeriodDays, PeriodImpact, Result } from '../domain/declaration.ts';
import type { Actor } from '../domain/evidence.ts';
import { failpoint } from '../failpoint.ts';
import { applyDeclaration, type Origin } from './apply.ts';
import { type Judgement, judgeDeclaration } from './judge.ts';
import type { Services } from './services.ts';

export type ReportServices = Pick<Services, 'catalogue' | 'vault' | 'newId' | 'settings'>;

/** Who sends a declaration: a client of an organisation. */
export interface Sender {
  readonly organization: string;
  readonly clientId: string;
  readonly traceId?: string;
}

/** How a resend is recognised: by the form's own reference, by the `Idempotency-Key`, or by the body alone. */
export type MessageKey =
  | { readonly kind: 'reference' | 'key'; readonly value: string }
  | { readonly kind: 'body' };

export interface Report {
  readonly declaration: Declaration;
  /** The declaration as received; kept encrypted. */
  readonly body: Buffer;
  readonly channel: Channel;
  /** The lane in which what follows is done: declarations of a batch never make a single one wait. */
  readonly lane: Lane;
  readonly messageKey: MessageKey;
  readonly sender: Sender;
  readonly receivedAt: Date;
}

export type ReportOutcome =
  | { readonly kind: 'reported' | 'replayed'; readonly declarationId: string; readonly result: Result }
  /** The `Idempotency-Key` was used before for another declaration. */
  | { readonly kind: 'keyReused' };

/** Takes in one declaration; what it returns is committed. */
export async function reportDeclaration(
  services: ReportServices & Pick<Services, 'database'>,
  report: Report,
): Promise<ReportOutcome> {
  await failpoint('report.received');
  const outcome = await services.database.transaction((connection) => reportIn(services, connection, report));
  await failpoint('report.committed');
  return outcome;
}

/** Takes in one declaration within the caller's transaction. */
export async function reportIn(
  services: ReportServices,
  connection: Connection,
  report: Report,
): Promise<ReportOutcome> {
  const { sender } = report;
  const bodyHmac = services.vault.message(`${sender.organization}\n${report.body.toString('utf8')}`);
  const key = keyOf(services, report.messageKey, bodyHmac);
  await lockName(connection, `message/${sender.organization}/${key}`);
  const first = await findFirst(connection, report, key, bodyHmac);
  if (first !== undefined && report.messageKey.kind !== 'body') {
    if (first.bodyHmac.equals(bodyHmac)) return replay(first);
    return report.messageKey.kind === 'key'
      ? { kind: 'keyReused' }
      : reportReuse(services, connection, report, bodyHmac);
  }
  if (first !== undefined && (await isStillAnswered(connection, first))) return replay(first);
  const judgement = await judgeDeclaration(services, connection, report.declaration, sender.organization);
  if (first !== undefined && isSameRefusal(first, judgement.assessment)) return replay(first);
  const messageKey = first === undefined ? key : `${key}:${services.newId()}`;
  return keep(services, connection, report, judgement, { messageKey, bodyHmac });
}

/** What a sender writes there is the sender's choice and may speak of a person, so only its keyed hash is kept. */
function keyOf({ vault }: ReportServices, messageKey: MessageKey, bodyHmac: Buffer): string {
  const hmac = messageKey.kind === 'body' ? bodyHmac : vault.message(messageKey.value);
  return `${messageKey.kind}:${hmac.toString('hex')}`;
}

function findFirst(
  connection: Connection,
  report: Report,
  key: string,
  bodyHmac: Buffer,
): Promise<AnsweredDeclaration | undefined> {
  const { organization } = report.sender;
  return report.messageKey.kind === 'body'
    ? findByBody(connection, organization, bodyHmac)
    : findByMessageKey(connection, organization, key);
}

function replay(first: AnsweredDeclaration): ReportOutcome {
  return { kind: 'replayed', declarationId: first.declarationId, result: first.result };
}

/**
 * A body without key or reference may be a resend or a new wish in the same words. It is a resend as long as what the
 * first one did still stands; once its period was changed or cancelled, the same words ask for something new.
 */
async function isStillAnswered(connection: Connection, first: AnsweredDeclaration): Promise<boolean> {
  return first.result === 'S' || (first.periodId !== null && !(await wasChangedSince(connection, first)));
}

function isSameRefusal(first: AnsweredDeclaration, now: Assessment): boolean {
  const codes = now.anomalies.map(({ code }) => code);
  return first.result === 'B' && now.result === 'B' && first.anomalies.join() === codes.join();
}

/** A form that carries the reference of another one, with other content: refused as such (block 90082). */
async function reportReuse(
  services: ReportServices,
  connection: Connection,
  report: Report,
  bodyHmac: Buffer,
): Promise<ReportOutcome> {
  const messageKey = `reuse:${bodyHmac.toString('hex')}`;
  const first = await findByMessageKey(connection, report.sender.organization, messageKey);
  if (first !== undefined) return replay(first);
  const formAnomalies = [...report.declaration.formAnomalies, { code: '90082-006' as const }];
  const declaration = { ...report.declaration, formAnomalies };
  const judgement = await judgeDeclaration(services, connection, declaration, report.sender.organization);
  return keep(services, connection, report, judgement, { messageKey, bodyHmac });
}

async function keep(
  services: ReportServices,
  connection: Connection,
  report: Report,
  judgement: Judgement,
  key: { readonly messageKey: string; readonly bodyHmac: Buffer },
): Promise<ReportOutcome> {
  const declarationId = services.newId();
  const { declaration, sender } = report;
  await insertDeclaration(connection, {
    declarationId,
    senderOrganization: sender.organization,
    senderClient: sender.clientId,
    channel: report.channel,
    messageKey: key.messageKey,
    bodyHmac: key.bodyHmac,
    body: services.vault.seal(report.body, declarationId),
    action: declaration.action,
    declaredAt: declaration.declaredAt,
    receivedAt: report.receivedAt,
  });
  const actor: Actor = { kind: 'client', id: sender.clientId, organization: sender.organization };
  const origin = { organization: sender.organization, lane: report.lane };
  const result = await answer(services, connection, declarationId, judgement, origin);
  await insertAuditEntry(connection, {
    actor,
    action: 'declaration.report',
    ground: 'declarant',
    object: declarationId,
    ...(judgement.person && { personId: judgement.person.personId }),
    ...(sender.traceId !== undefined && { traceId: sender.traceId }),
  });
  return { kind: 'reported', declarationId, result };
}

/** Writes the answer of a judged declaration and brings what was accepted into the register. */
export async function answer(
  services: ReportServices,
  connection: Connection,
  declarationId: string,
  judgement: Judgement,
  origin: Origin,
): Promise<Result> {
  const { result, anomalies, period } = judgement.assessment;
  const periodId =
    period === undefined
      ? undefined
      : await applyDeclaration(services, connection, judgement, period, origin);
  await insertAnswer(connection, declarationId, {
    result,
    anomalies: anomalies.map(({ code }) => code),
    ...(period &&
      periodId !== undefined && { period: { periodId, impact: impactOf(judgement.period, period) } }),
  });
  if (result === 'S' && judgement.ssinHmac !== undefined) {
    await insertWaiting(connection, declarationId, judgement.ssinHmac);
    // The person may be loaded at this very moment, by a transaction that does not see this declaration yet.
    await queueJob(connection, {
      lane: 'single',
      kind: 'resolve',
      payload: {},
      dedupeKey: 'later',
      delaySeconds: 60,
    });
  }
  return result;
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
