/** The cells of the API: each route, each caller, each thing, each method, with what must come of it. */
import type { Route } from '../../../src/http/route.ts';
import { type ApiRule, FIXED_PARAMS, type Followed, NOTHING } from './api-rules.ts';
import { type Caller, kindOf } from './callers.ts';
import type { Asked } from './wire.ts';
import type { Thing, World } from './world.ts';

export interface Cell {
  readonly name: string;
  readonly operation: string;
  readonly asked: Asked;
  readonly status: number;
  /** The status where somebody came first. */
  readonly elseStatus?: number;
  /** Whether the caller gets what the route is there for. */
  readonly isAllowed: boolean;
  /** Whose marks the answer may bear. */
  readonly knowing: readonly string[];
  /** Whoever asks is who they say. */
  readonly isRight: boolean;
  readonly thing: Thing;
  /** Refused cells of one key must read alike, as nobody may learn from them what there is. */
  readonly alike?: string;
  /** Says what is wrong with what a success led to. */
  readonly objectsTo?: (followed: Followed) => string | undefined;
}

/** Gives the key of a route in the rules. */
export const keyOf = ({ method, path }: Pick<Route, 'method' | 'path'>): string =>
  `${method.toUpperCase()} ${path}`;

/** Gives every cell of a route. */
export function apiCells(
  route: Route,
  rule: ApiRule,
  callers: readonly Caller[],
  world: World,
): readonly Cell[] {
  const things = rule.about === undefined ? [NOTHING] : world.things[rule.about];
  const acting = world.acting.filter(({ party }) => party !== undefined && kindOf(party) === rule.may);
  const all = rule.byMandate === true ? [...callers, ...acting] : callers;
  return all.flatMap((caller) =>
    thingsFor(caller, things).flatMap((thing) =>
      methodsOf(route, caller).map((method) => cellOf(route, rule, { caller, thing, method })),
    ),
  );
}

/** Whoever is nobody by their token gets no further whatever they ask about: two things show that. */
function thingsFor({ state }: Caller, things: readonly Thing[]): readonly Thing[] {
  return state === 'refused' || state === 'expired' ? things.slice(0, 2) : things;
}

/** HEAD is GET without the body; that it is, the callers show who are let in, and the one without a token. */
function methodsOf({ method }: Route, { state }: Caller): readonly string[] {
  if (method !== 'get') return [method.toUpperCase()];
  return state === 'right' || state === 'none' ? ['GET', 'HEAD'] : ['GET'];
}

interface Place {
  readonly caller: Caller;
  readonly thing: Thing;
  readonly method: string;
}

function cellOf(route: Route, rule: ApiRule, { caller, thing, method }: Place): Cell {
  const { query = '', type, body } = rule.ask?.(thing, caller.party) ?? {};
  const scope = route.access.kind === 'public' ? '' : route.access.scope;
  const authorization = caller.authorization(scope);
  const [first = '', second = ''] = [thing.id, thing.second];
  const ids = [first, second];
  const path = route.path.replace(
    /\{(\w+)\}/g,
    (_all, name: string) => FIXED_PARAMS[name] ?? ids.shift() ?? '',
  );
  const party = actingParty(caller);
  const status = statusOf(rule, caller, thing);
  const isAllowed = status === (rule.works ?? 200);
  const holders = [...(rule.isForHolders === true ? [thing.owner] : []), ...(rule.handsOverOf ?? [])];
  return {
    name: `${method} ${route.path}, ${caller.name}, ${describe(thing)}`,
    operation: route.operationId,
    asked: {
      method,
      path: `${path}${query}`,
      headers: {
        ...(authorization !== undefined && { Authorization: authorization }),
        ...(type !== undefined && { 'Content-Type': type }),
        ...(caller.acting && { 'Citizen-Ebox-Mandate-Id': caller.acting.mandateId }),
      },
      ...(body !== undefined && { body }),
    },
    status,
    isAllowed,
    ...(isAllowed && rule.worksOnce !== undefined && { elseStatus: rule.worksOnce }),
    knowing: isAllowed ? [...[party, caller.party].flatMap((who) => who ?? []), ...holders] : [],
    isRight: caller.state === 'right',
    thing,
    ...(rule.leadsTo && party !== undefined && { objectsTo: (found) => rule.leadsTo?.(party, thing, found) }),
    ...(status === 404 && thing.owner !== 'mixed' && { alike: `${method} ${route.path} ${caller.name}` }),
  };
}

function describe({ owner, id }: Thing): string {
  return id === '' ? 'nothing in particular' : `that of ${owner}`;
}

/** Who somebody is taken for: themselves, or whom they act for. */
function actingParty({ party, acting }: Caller): Caller['party'] {
  return acting === undefined ? party : acting.for;
}

/** What the rules come to: who calls is looked at first, then whether they may at all, then what they ask about. */
function statusOf(rule: ApiRule, caller: Caller, thing: Thing): number {
  const { works = 200, otherwise = 404, malformed = 400 } = rule;
  if (rule.may !== 'everybody') {
    if (caller.party === undefined) return 401;
    if (caller.state !== 'right' || kindOf(caller.party) !== rule.may) return 403;
  }
  if (rule.about !== undefined && thing.owner === 'malformed') return malformed;
  const party = actingParty(caller);
  // A mandate that is not theirs is refused whatever is asked about.
  if (caller.acting !== undefined && party === undefined) return 403;
  if (rule.onlyFor?.every((party) => party !== caller.party)) return 403;
  if (rule.about === undefined) return works;
  if (thing.owner === 'nobody' || thing.owner === 'mixed') return otherwise;
  if (rule.may === 'everybody') return works;
  const isAllowed = party !== undefined && (rule.isAllowed?.(party, thing) ?? party === thing.owner);
  return isAllowed ? works : otherwise;
}
