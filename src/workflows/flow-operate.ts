/** An operator looks at flows, and has one run for the organisation that ordered it. */
import { findOrder, listOrders } from '../database/flow-orders.ts';
import { listLastRuns } from '../database/flow-runs.ts';
import type { Actor } from '../domain/evidence.ts';
import { type StartOutcome, type StartServices, startRun } from './flow-start.ts';
import type { Services } from './services.ts';

/** A flow as one of its receivers has it. */
export interface ShownFlow {
  readonly flow: string;
  readonly organization: string;
  readonly isOrdered: boolean;
  readonly lastRun: { readonly number: number; readonly state: string; readonly rows: number } | undefined;
}

/** Lists every flow with each of its receivers; names no person. */
export async function showFlows({
  database,
  catalogue,
}: Pick<Services, 'database' | 'catalogue'>): Promise<readonly ShownFlow[]> {
  const flows = [...catalogue.flows.values()];
  const ids = flows.map(({ id }) => id);
  const { orders, runs } = await database.transaction(async (connection) => ({
    orders: await listOrders(connection, ids),
    runs: await listLastRuns(connection),
  }));
  return flows.flatMap(({ id: flow, receivers }) =>
    receivers.map((organization) => {
      const isOf = (one: { readonly flow: string; readonly organization: string }) =>
        one.flow === flow && one.organization === organization;
      const run = runs.find(isOf);
      const lastRun = run && { number: run.runNumber, state: run.state, rows: run.rowCount };
      return { flow, organization, isOrdered: orders.some(isOf), lastRun };
    }),
  );
}

/** Begins a run as its receiver ordered it. */
export async function runAsOperator(
  services: StartServices & Pick<Services, 'database'>,
  actor: Actor,
  {
    flow: id,
    organization,
    isWhole,
  }: { readonly flow: string; readonly organization: string; readonly isWhole: boolean },
): Promise<StartOutcome | { readonly kind: 'notFound' }> {
  const flow = services.catalogue.flows.get(id);
  if (flow === undefined) return { kind: 'notFound' };
  return services.database.transaction(async (connection) => {
    const order = await findOrder(connection, id, organization);
    if (order === undefined) return { kind: 'notFound' } as const;
    return startRun(services, connection, { flow, order }, { cause: 'asked', actor, isWhole });
  });
}
