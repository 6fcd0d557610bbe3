/** Step 1, report: a declaration is judged, kept with its answer, and its facts are updated, in one transaction. */
import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import {
  type AnsweredDeclaration,
  type Channel,
  findByMessageKey,
  insertAnswer,
  insertDeclaration,
} from '../database/declarations.ts';
import { type Lane, queueJob } from '../database/jobs.ts';
import { lockName } from '../database/locks.ts';
import { findRepresentedEmployer, type RepresentedEmployer } from '../database/mandates.ts';
import { insertWaiting } from '../database/waiting-declarations.ts';
import type { Assessment } from '../domain/assessment.ts';
import type { Declaration, Result } from '../domain/declaration.ts';
import type { Actor } from '../domain/evidence.ts';
import type { MandateGround } from '../domain/ground.ts';
import { failpoint } from '../failpoint.ts';
import { applyDeclaration, type Origin } from './apply.ts';
import { keyOf, type OpenedFileKey } from './declaration-key.ts';
import { answerOf, declarationOf, reportEntry } from './declared.ts';
import { type Judgement, judgeDeclaration } from './judge.ts';
import { judgeMandated } from './mandated.ts';
import { asReuse, type MessageKey, markOf, recognise } from './recognise.ts';
import type { Services } from './services.ts';

export type ReportServices = Pick<Services, 'catalogue' | 'vault' | 'renderer' | 'newId' | 'settings'>;

/** Who sends a declaration: a client of an organisation, or with a batch an official of one. */
export interface Sender {
  readonly organization: string;
  /** An official's is what evidence calls them. */
  readonly clientId: string;
  /** A client's unless given. */
  readonly kind?: Actor['kind'];
  /** SHA-256 of the access token, hexadecimal. */
  readonly tokenHash?: string;
  /** The mandate by which an employer is acted for. */
  readonly mandate?: MandateGround;
  readonly traceId?: string;
}

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
  /** The key of the file it came with. */
  readonly file?: OpenedFileKey;
}

export type ReportOutcome =
  | { readonly kind: 'reported' | 'replayed'; readonly declarationId: string; readonly result: Result }
  /** The `Idempotency-Key` was used before for another declaration. */
  | { readonly kind: 'keyReused' }
  /** The mandate is not in force, is another's, or is not for this employer. */
  | { readonly kind: 'notMandated' };

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
  // Of a file each form has its own answer; a single declaration is refused whole, and before anything is told of it.
  const isSingle = report.channel === 'json';
  if (isSingle && sender.mandate && !(await findRepresentedEmployer(connection, sender.mandate)))
    return { kind: 'notMandated' };
  const mark = markOf(services, report);
  await lockName(connection, `message/${sender.organization}/${mark.key}`);
  const known = await recognise(connection, report, mark);
  if (known.kind === 'resend') return replay(known.first);
  if (known.kind === 'keyReused') return known;
  if (known.kind === 'referenceReused') return reportReuse(services, connection, report, mark.bodyHmac);
  const { judgement, employer, isMandated } = await judgeMandated(services, connection, report);
  if (isSingle && !isMandated) return { kind: 'notMandated' };
  const { first } = known;
  if (first !== undefined && isSameRefusal(first, judgement.assessment)) return replay(first);
  const messageKey = first === undefined ? mark.key : `${mark.key}:${services.newId()}`;
  const key = { messageKey, bodyHmac: mark.bodyHmac };
  return keep(services, connection, report, judgement, key, employer);
}

function replay(first: AnsweredDeclaration): ReportOutcome {
  return { kind: 'replayed', declarationId: first.declarationId, result: first.result };
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
  const declaration = asReuse(report.declaration);
  const judgement = await judgeDeclaration(services, connection, declaration, report.sender);
  return keep(services, connection, report, judgement, { messageKey, bodyHmac });
}

async function keep(
  services: ReportServices,
  connection: Connection,
  report: Report,
  judgement: Judgement,
  key: { readonly messageKey: string; readonly bodyHmac: Buffer },
  employer?: RepresentedEmployer,
): Promise<ReportOutcome> {
  const declarationId = services.newId();
  const bodyKey = await keyOf(services, connection, declarationId, report, judgement);
  await insertDeclaration(connection, declarationOf(report, declarationId, key, bodyKey));
  const origin = { organization: report.sender.organization, lane: report.lane };
  const result = await answer(services, connection, declarationId, judgement, origin);
  await insertAuditEntry(connection, reportEntry(report.sender, declarationId, judgement, employer));
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
  const { result, period } = judgement.assessment;
  const periodId =
    period === undefined
      ? undefined
      : await applyDeclaration(services, connection, judgement, period, origin);
  await insertAnswer(connection, declarationId, answerOf(judgement, periodId));
  const lookUp = judgement.lookUps?.find(({ keyVersion }) => keyVersion === services.vault.version);
  if (result === 'S' && lookUp !== undefined) {
    await insertWaiting(connection, declarationId, lookUp);
    await queueResolving(connection);
  }
  return result;
}

/** The person may be loaded at this very moment, by a transaction that does not see a waiting declaration yet. */
export function queueResolving(connection: Connection): Promise<void> {
  return queueJob(connection, {
    lane: 'single',
    kind: 'resolve',
    payload: {},
    dedupeKey: 'later',
    delaySeconds: 60,
  });
}
