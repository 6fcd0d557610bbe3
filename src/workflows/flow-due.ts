/** Flows that run by themselves: on schedule, and soon after something changed that they look at. */
import type { Connection } from '../database/database.ts';
import { type FlowOrder, findOrderById, listOrders } from '../database/flow-orders.ts';
import { queueEach, queueJob } from '../database/jobs.ts';
import type { Actor } from '../domain/evidence.ts';
import { codesOfFlow } from '../domain/flow-plan.ts';
import { lastDue } from '../domain/flow-schedule.ts';
import { brusselsDateTime } from '../domain/period.ts';
import type { StatusCode } from '../domain/status.ts';
import { rulesOf, type StartServices, startRun } from './flow-start.ts';
import { commitLease, type Lease } from './lease.ts';
import type { Services } from './services.ts';

/** Begins every run that is due by its schedule; whoever begins it first has begun it. */
export async function runDueFlows(
  services: StartServices & Pick<Services, 'database' | 'log'>,
): Promise<void> {
  const { database, catalogue, clock, log } = services;
  const scheduled = [...catalogue.flows.values()].filter(({ schedule }) => schedule?.every !== undefined);
  if (scheduled.length === 0) return;
  const orders = await database.transaction((connection) =>
    listOrders(
      connection,
      scheduled.map(({ id }) => id),
    ),
  );
  for (const order of orders) {
    const flow = catalogue.flows.get(order.flow);
    const dueAt = flow?.schedule && lastDue(flow.schedule, clock());
    // What was due before somebody ordered it is not made up for.
    if (flow === undefined || dueAt === undefined || dueAt <= brusselsDateTime(order.orderedAt).slice(0, 16))
      continue;
    const outcome = await database.transaction((connection) =>
      startRun(services, connection, { flow, order }, { cause: 'schedule', actor: actorOf(order), dueAt }),
    );
    if (outcome.kind === 'notAllowed' || outcome.kind === 'keyExpired')
      log.warn(
        { flow: flow.id, orderId: order.orderId, reason: outcome.kind },
        'a flow that is due cannot run',
      );
  }
}

function actorOf({ orderedBy, organization }: FlowOrder): Actor {
  return { kind: 'client', id: orderedBy, organization };
}

/** While a run is under way, the next one looks again after so many seconds. */
const WAITING_SECONDS = 10;

/**
 * Queues the flows that look at one of these statuses, in the transaction that changes facts of them. As cases do, they
 * wait for some quiet, and a minute at most.
 */
export async function queueChangedFlows(
  { catalogue, settings }: Pick<Services, 'catalogue' | 'settings'>,
  connection: Connection,
  codes: Iterable<StatusCode>,
): Promise<void> {
  const changed = new Set(codes);
  const touched = [...catalogue.flows.values()].filter(
    (flow) =>
      flow.schedule?.soon === true &&
      codesOfFlow(flow, rulesOf(catalogue, flow)).some((code) => changed.has(code)),
  );
  if (touched.length === 0) return;
  const orders = await listOrders(
    connection,
    touched.map(({ id }) => id),
  );
  await queueEach(
    connection,
    { lane: 'bulk', kind: 'runChangedFlow', idName: 'orderId', delaySeconds: settings.settleAfterSeconds },
    orders.map(({ orderId }) => orderId),
  );
}

/** Begins a run after a change and ends the job; while another run is under way, it waits for its end. */
export async function runChangedFlow(
  services: StartServices & Pick<Services, 'database'>,
  lease: Lease,
  orderId: string,
): Promise<void> {
  await services.database.transaction(async (connection) => {
    await commitLease(connection, lease);
    const order = await findOrderById(connection, orderId);
    const flow = order && services.catalogue.flows.get(order.flow);
    if (order === undefined || order.endedAt !== null || flow === undefined) return;
    const outcome = await startRun(
      services,
      connection,
      { flow, order },
      { cause: 'change', actor: actorOf(order) },
    );
    if (outcome.kind !== 'open') return;
    await queueJob(connection, {
      lane: 'bulk',
      kind: 'runChangedFlow',
      payload: { orderId },
      dedupeKey: orderId,
      delaySeconds: WAITING_SECONDS,
    });
  });
}
