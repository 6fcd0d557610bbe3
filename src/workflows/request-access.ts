/** An agency asks for data; the institution analyses, links a deliberation, and grants or refuses with reasons. */
import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import { findDeliberation } from '../database/deliberations.ts';
import { lockName } from '../database/locks.ts';
import { findRequest, insertStep, keepRequest, listRequests, type RequestRow } from '../database/requests.ts';
import {
  type Decision,
  type GrantFault,
  grantFaults,
  mayMove,
  type RequestState,
} from '../domain/access-request.ts';
import { type DataUse, stateOf } from '../domain/deliberation.ts';
import { checkUse, type UseIssue } from './data-use.ts';
import {
  type InstitutionAccess,
  type OrganizationAccess,
  ownOf,
  recordedBy,
  stepEntry,
} from './institution.ts';
import { type MessageKey, markOf } from './recognise.ts';
import type { Services } from './services.ts';

export type { RequestRow };

export interface AskedUse {
  readonly use: DataUse;
  /** The request as received. */
  readonly body: Buffer;
  readonly messageKey: MessageKey;
}

export type AskOutcome =
  | { readonly kind: 'asked'; readonly requestId: string }
  | { readonly kind: 'faulty'; readonly issues: readonly UseIssue[] }
  /** The `Idempotency-Key` was used before for another request. */
  | { readonly kind: 'keyReused' };

/** Takes in what an agency asks for. A resend, by its key or by its words, is the request it repeats. */
export async function askForData(
  services: Pick<Services, 'database' | 'catalogue' | 'vault' | 'newId'>,
  access: OrganizationAccess,
  { use, body, messageKey }: AskedUse,
): Promise<AskOutcome> {
  const issues = checkUse(services, use);
  if (issues.length > 0) return { kind: 'faulty', issues };
  const { key, bodyHmac } = markOf(services, { sender: access, body, messageKey });
  return services.database.transaction(async (connection): Promise<AskOutcome> => {
    const kept = await keepRequest(connection, {
      ...use,
      requestId: services.newId(),
      organization: access.organization,
      askedBy: access.actor.id,
      messageKey: key,
      bodyHmac,
    });
    if (!kept.bodyHmac.equals(bodyHmac)) return { kind: 'keyReused' };
    if (kept.isNew) await insertAuditEntry(connection, stepEntry(access, 'request.submit', kept.requestId));
    return { kind: 'asked', requestId: kept.requestId };
  });
}

/** The state of a request: its last step, if it has any. */
export function stateOfRequest({ steps }: RequestRow): RequestState {
  return steps.at(-1)?.state ?? 'asked';
}

export type StepOutcome =
  | { readonly kind: 'taken' | 'notFound' | 'notInThisState' }
  /** The deliberation is not there or not in force, or does not cover what was asked. */
  | { readonly kind: 'notCovered'; readonly faults: readonly (GrantFault | 'deliberationId')[] };

/** Begins to analyse a request. */
export async function analyseRequest(
  { database }: Pick<Services, 'database'>,
  access: InstitutionAccess,
  requestId: string,
): Promise<StepOutcome> {
  return database.transaction(async (connection): Promise<StepOutcome> => {
    const request = await lockRequest(connection, requestId);
    if (request === undefined) return { kind: 'notFound' };
    if (!mayMove(stateOfRequest(request), 'inAnalysis')) return { kind: 'notInThisState' };
    await insertStep(connection, requestId, { state: 'inAnalysis', reasons: undefined }, recordedBy(access));
    await insertAuditEntry(connection, stepEntry(access, 'request.analyse', requestId));
    return { kind: 'taken' };
  });
}

/** Grants a request on a deliberation that covers it, or refuses it with reasons. */
export async function decideRequest(
  { database }: Pick<Services, 'database'>,
  access: InstitutionAccess,
  requestId: string,
  decision: Decision,
): Promise<StepOutcome> {
  return database.transaction(async (connection): Promise<StepOutcome> => {
    const request = await lockRequest(connection, requestId);
    if (request === undefined) return { kind: 'notFound' };
    if (!mayMove(stateOfRequest(request), decision.outcome)) return { kind: 'notInThisState' };
    const linked = decision.outcome === 'granted' ? await link(connection, request, decision) : undefined;
    if (linked !== undefined && 'faults' in linked) return { kind: 'notCovered', faults: linked.faults };
    const step = {
      state: decision.outcome,
      reasons: decision.reasons,
      ...(linked && { deliberation: linked }),
    };
    await insertStep(connection, requestId, step, recordedBy(access));
    await insertAuditEntry(connection, stepEntry(access, 'request.decide', requestId));
    return { kind: 'taken' };
  });
}

/** One step at a time: the second of two decisions finds the first. */
async function lockRequest(connection: Connection, requestId: string): Promise<RequestRow | undefined> {
  await lockName(connection, `request/${requestId}`);
  return findRequest(connection, undefined, requestId);
}

async function link(
  connection: Connection,
  request: RequestRow,
  { deliberationId }: Decision & { readonly outcome: 'granted' },
) {
  const last = await findDeliberation(connection, undefined, deliberationId);
  if (last === undefined) return { faults: ['deliberationId'] as const };
  const state = stateOf(last, { isEnded: last.endedAt !== null, isReplaced: false }, last.today);
  if (state === 'ended' || state === 'expired') return { faults: ['deliberationId'] as const };
  const faults = grantFaults(request, last);
  return faults.length > 0 ? { faults } : { deliberationId, version: last.version };
}

/** Finds a request; undefined for another organisation's, as for one that is not there. */
export async function consultRequest(
  services: Pick<Services, 'database' | 'catalogue'>,
  access: OrganizationAccess,
  requestId: string,
): Promise<RequestRow | undefined> {
  const own = ownOf(services, access);
  return services.database.transaction((connection) => findRequest(connection, own, requestId));
}

/** Lists requests, the newest first: all for the institution, any other organisation's own for itself. */
export async function consultRequests(
  services: Pick<Services, 'database' | 'catalogue'>,
  access: OrganizationAccess,
  page: { readonly size: number; readonly before: string | undefined },
): Promise<readonly RequestRow[]> {
  const own = ownOf(services, access);
  return services.database.transaction((connection) => listRequests(connection, own, page));
}
