/** A run of a flow begins: what it works with is fixed, on the ground that it has now, and the first chunk is queued. */
import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import { insertFiles } from '../database/flow-files.ts';
import type { FlowOrder } from '../database/flow-orders.ts';
import { listInhabited } from '../database/flow-reads.ts';
import { hasDoneRun, insertRun, type RunCause } from '../database/flow-runs.ts';
import { queueJob } from '../database/jobs.ts';
import { lockName } from '../database/locks.ts';
import type { EnterpriseNumber } from '../domain/enterprise-number.ts';
import type { Actor } from '../domain/evidence.ts';
import type { Flow, FlowChoices, RunPlan } from '../domain/flow.ts';
import { type PlanView, planFiles, planRun } from '../domain/flow-plan.ts';
import { groundIdOf } from '../domain/ground.ts';
import { brusselsDate } from '../domain/period.ts';
import { createFileKey } from './file-key.ts';
import { findFlowGround } from './flow-ground.ts';
import { defectOfCertificate } from './flow-receiver.ts';
import type { Services } from './services.ts';

export type StartServices = Pick<Services, 'catalogue' | 'vault' | 'newId' | 'clock'> & {
  readonly settings: Pick<Services['settings'], 'fileKeyDays'>;
};

/** What a run is begun for. */
export interface RunWish {
  readonly cause: RunCause;
  readonly actor: Actor;
  readonly traceId?: string;
  /** The moment of a schedule. */
  readonly dueAt?: string;
  /** All there is, although the flow could tell differences. */
  readonly isWhole?: boolean;
  /** For this run alone, beside what the order chose. */
  readonly choices?: FlowChoices;
}

export type StartOutcome =
  | { readonly kind: 'begun'; readonly runId: string; readonly runNumber: number }
  /** One is under way; that moment was begun already; no deliberation allows it; the receiver's certificate has expired. */
  | { readonly kind: 'open' | 'due' | 'notAllowed' | 'keyExpired' };

/** Gives what plans of a flow are made from. */
export function viewOf({ catalogue, clock }: Pick<Services, 'catalogue' | 'clock'>, flow: Flow): PlanView {
  return {
    municipalities: catalogue.municipalities,
    typeRules: rulesOf(catalogue, flow),
    today: brusselsDate(clock()),
  };
}

/** Gives the rules of the attestation type that a flow names. */
export function rulesOf({ types }: Pick<Services['catalogue'], 'types'>, { select }: Flow) {
  return select.type === undefined ? [] : (types.get(select.type.id)?.rules ?? []);
}

/** Begins a run of an order. */
export async function startRun(
  services: StartServices,
  connection: Connection,
  { flow, order }: { readonly flow: Flow; readonly order: FlowOrder },
  wish: RunWish,
): Promise<StartOutcome> {
  await lockName(connection, `flow/${order.organization}/${flow.id}`);
  const view = viewOf(services, flow);
  const isPartial =
    flow.differences && wish.isWhole !== true && (await hasDoneRun(connection, flow.id, order.organization));
  const plan = planRun(
    flow,
    { ...order.choices, ...wish.choices },
    isPartial ? 'differences' : 'whole',
    view,
  );
  // It was read from a token that was checked.
  const party = {
    organization: order.organization as EnterpriseNumber,
    deliberationId: order.deliberationId,
  };
  const ground = await findFlowGround(connection, party, plan);
  if (ground === undefined) return { kind: 'notAllowed' };
  if (order.certificate !== null && defectOfCertificate(order.certificate, services.clock()) !== undefined)
    return { kind: 'keyExpired' };
  const runId = services.newId();
  const { orderId, organization, deliberationId } = order;
  const named = { runId, orderId, flow: flow.id, organization, deliberationId };
  const { cause, actor, dueAt } = wish;
  const begun = await insertRun(connection, {
    ...named,
    plan,
    cause,
    askedBy: actor.id,
    deliberationVersion: ground.version,
    dueAt,
  });
  if (begun.kind !== 'begun') return begun;
  await insertFiles(connection, runId, await filesOf(services, connection, flow, { plan, view }));
  await createFileKey(services, connection, runId);
  await insertAuditEntry(connection, {
    actor,
    action: 'flow.run',
    ground: 'deliberation',
    groundId: groundIdOf(ground),
    purpose: flow.legalContext,
    object: `${flow.id}/${runId}`,
    ...(wish.traceId !== undefined && { traceId: wish.traceId }),
  });
  await queueReading(connection, runId);
  return { ...begun, runId };
}

/** Names the files of a run; of a flow that is split those of places where nobody ever lived are left out. */
async function filesOf(
  { newId }: StartServices,
  connection: Connection,
  flow: Flow,
  { plan, view }: { readonly plan: RunPlan; readonly view: PlanView },
) {
  const inhabited = new Set(flow.split === undefined ? [] : await listInhabited(connection));
  return planFiles(flow, plan, view)
    .filter(({ places }) => places === undefined || places.some((code) => inhabited.has(code)))
    .map((file) => ({ ...file, fileId: newId() }));
}

/** Queues the next chunk of a run. */
export function queueReading(connection: Connection, runId: string): Promise<void> {
  return queueJob(connection, { lane: 'bulk', kind: 'readFlow', payload: { runId }, dedupeKey: runId });
}
