/** Simulates a type or a flow: persons and amounts by domicile, and what changed since. Nothing is issued or handed over. */
import { createHash } from 'node:crypto';
import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import { lockName } from '../database/locks.ts';
import {
  countAllMeant,
  countMeant,
  findLastSimulation,
  keepSimulation,
  type LastSimulation,
} from '../database/simulations.ts';
import { dimensionOf } from '../domain/dimension.ts';
import type { Actor } from '../domain/evidence.ts';
import type { FlowIssue, RunPlan } from '../domain/flow.ts';
import { faultsOfChoices, planRun } from '../domain/flow-plan.ts';
import { groundIdOf } from '../domain/ground.ts';
import { brusselsDate } from '../domain/period.ts';
import {
  type PersonCounts,
  planType,
  type SimulatedPlace,
  type SimulationSubject,
  weighSimulation,
} from '../domain/simulation.ts';
import { type DeliberatedAccess, findGround } from './deliberated.ts';
import { findFlowGround } from './flow-ground.ts';
import { findFlow } from './flow-order.ts';
import { viewOf } from './flow-start.ts';
import type { Services } from './services.ts';

export type { SimulatedPlace, SimulationSubject };

type SimulateServices = Pick<Services, 'database' | 'catalogue' | 'clock'>;

export interface SimulationWish {
  readonly subject: SimulationSubject;
  /** What one person is worth, in cents. */
  readonly unitInCents: number;
}

/** Who asks: an organisation on its deliberation, or an operator of the institution. */
export type SimulationAccess =
  | { readonly kind: 'organization'; readonly deliberated: DeliberatedAccess }
  | { readonly kind: 'operator'; readonly actor: Actor };

export interface Simulation {
  readonly madeAt: Date;
  /** When the last one of the same was made. */
  readonly lastAt: Date | undefined;
  readonly smallestCount: number;
  readonly places: readonly SimulatedPlace[];
}

export type SimulationOutcome =
  | { readonly kind: 'made'; readonly simulation: Simulation }
  | { readonly kind: 'notFound' | 'unknownRule' | 'notAllowed' }
  | { readonly kind: 'faulty'; readonly issues: readonly FlowIssue[] };

/** Simulates. A deliberation that does not allow it is like one that is not there. */
export async function simulate(
  services: SimulateServices,
  access: SimulationAccess,
  { subject, unitInCents }: SimulationWish,
): Promise<SimulationOutcome> {
  const { catalogue, clock, database } = services;
  const planned = planOf(services, access, subject);
  if (planned.kind !== 'planned') return planned;
  const organization = access.kind === 'operator' ? 'institution' : access.deliberated.organization;
  const key = { organization, wish: digestOf(subject) };
  const name = `${subject.kind}/${subject.id}`;
  const found = await database.transaction(async (connection) => {
    const now = await count(connection, access, planned.plan, name);
    if (now === undefined) return undefined;
    // Two of the same at once: the later one tells what changed since the other.
    await lockName(connection, `simulation/${organization}/${key.wish.toString('hex')}`);
    const last = await findLastSimulation(connection, key);
    await keepSimulation(connection, key, name, now);
    return { now, last };
  });
  if (found === undefined) return { kind: 'notAllowed' };
  const today = brusselsDate(clock());
  const { smallestCount } = catalogue.statistics;
  return { kind: 'made', simulation: { madeAt: clock(), ...told(found), smallestCount } };

  function told({ now, last }: { readonly now: PersonCounts; readonly last: LastSimulation | undefined }) {
    const { municipalities } = catalogue;
    const places = dimensionOf('place', { ...catalogue, today });
    const view = { places, municipalities, today, smallestCount };
    return {
      lastAt: last?.madeAt,
      places: weighSimulation({ now, before: last?.persons }, unitInCents, view),
    };
  }
}

type Planned =
  | { readonly kind: 'planned'; readonly plan: RunPlan }
  | Exclude<SimulationOutcome, { kind: 'made' }>;

function planOf(services: SimulateServices, access: SimulationAccess, subject: SimulationSubject): Planned {
  const { types, flows, municipalities } = services.catalogue;
  if (subject.kind === 'type') {
    const type = types.get(subject.id);
    if (type === undefined) return { kind: 'notFound' };
    const { rules } = type;
    if (subject.rule !== undefined && !rules.some(({ id }) => id === subject.rule))
      return { kind: 'unknownRule' };
    const view = { municipalities, today: brusselsDate(services.clock()) };
    return { kind: 'planned', plan: planType(subject, rules, view) };
  }
  const flow =
    access.kind === 'operator'
      ? flows.get(subject.id)
      : findFlow(services, subject.id, access.deliberated.organization);
  if (flow === undefined) return { kind: 'notFound' };
  const issues = faultsOfChoices(flow, subject.choices);
  if (issues.length > 0) return { kind: 'faulty', issues };
  return { kind: 'planned', plan: planRun(flow, subject.choices, 'whole', viewOf(services, flow)) };
}

/** Counts within the caller's transaction, with the entry of it; undefined where no deliberation allows it. */
async function count(
  connection: Connection,
  access: SimulationAccess,
  plan: RunPlan,
  object: string,
): Promise<PersonCounts | undefined> {
  const action = 'register.simulate' as const;
  if (access.kind === 'operator') {
    await insertAuditEntry(connection, { actor: access.actor, action, ground: 'duty', object });
    return countAllMeant(connection, plan);
  }
  const { deliberated } = access;
  const isFlow = object.startsWith('flow/');
  const ground = await (isFlow ? findGroundOfFlow : findGroundOfType)(connection, deliberated, plan);
  if (ground === undefined) return undefined;
  const { actor, legalContext: purpose, traceId } = deliberated;
  const entry = {
    actor,
    action,
    ground: ground.kind,
    groundId: groundIdOf(ground),
    purpose,
    object,
    traceId,
  };
  await insertAuditEntry(connection, entry);
  return countMeant(connection, ground, plan, isFlow);
}

/** The purpose is that of the flow, whatever else the deliberation is for. */
async function findGroundOfFlow(connection: Connection, deliberated: DeliberatedAccess, plan: RunPlan) {
  return deliberated.legalContext === plan.legalContext
    ? findFlowGround(connection, deliberated, plan)
    : undefined;
}

async function findGroundOfType(connection: Connection, deliberated: DeliberatedAccess, { type }: RunPlan) {
  const found = await findGround(connection, deliberated);
  const isAllowed = type !== undefined && found?.allowed.attestationTypes.includes(type.id) === true;
  return isAllowed ? found.ground : undefined;
}

function digestOf(subject: SimulationSubject): Buffer {
  return createHash('sha256').update(JSON.stringify(subject)).digest();
}
