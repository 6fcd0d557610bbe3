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

/** Gives every cell of a route. `turn` says which ways of being nobody are tried at this one. */
export function apiCells(
  route: Route,
  rule: ApiRule,
  callers: readonly Caller[],
  world: World,
  turn = 0,
): readonly Cell[] {
  const things = rule.about === undefined ? [NOTHING] : world.things[rule.about];
  const acting = world.acting.filter(({ party }) => party !== undefined && kindOf(party) === rule.may);
  const own = rule.isCostly === true ? two(callers) : inTurn(callers, turn);
  const all = rule.byMandate === true ? [...own, ...acting] : own;
  return all.flatMap((caller) =>
    thingsFor(caller, things).flatMap((thing, at) =>
      methodsOf(route, caller, at).map((method) => cellOf(route, rule, { caller, thing, method })),
    ),
  );
}

/** One whose token is right, and one who has none. */
function two(callers: readonly Caller[]): readonly Caller[] {
  return (['right', 'none'] as const).flatMap((one) => callers.find(({ state }) => state === one) ?? []);
}

/** Wrong tokens that are tried at one route. */
const WRONG_AT_ONCE = 3;

/**
 * Everybody whose token is right or missing, and in turn some of those whose token is wrong: no route judges tokens itself,
 * so that each is to show that it has them judged, and each way to be wrong has its turn at many routes.
 */
function inTurn(callers: readonly Caller[], turn: number): readonly Caller[] {
  const isWrong = ({ state }: Caller) => state === 'refused' || state === 'expired';
  const wrong = callers.filter(isWrong);
  const chosen = Array.from(
    { length: WRONG_AT_ONCE },
    (_, at) => wrong[(turn * WRONG_AT_ONCE + at) % wrong.length],
  );
  return callers.filter((caller) => !isWrong(caller) || chosen.includes(caller));
}

/** Whoever gets no further whatever they ask about shows that with one thing that there is, and one that there is not. */
function thingsFor({ state }: Caller, things: readonly Thing[]): readonly Thing[] {
  if (state === 'right') return things;
  return state === 'refused' || state === 'expired'
    ? things.slice(0, 1)
    : [...things.slice(0, 1), ...things.slice(-1)];
}

/** HEAD is GET without the body; that it is shows with the first two things, each somebody's. */
function methodsOf({ method }: Route, { state }: Caller, at: number): readonly string[] {
  if (method !== 'get') return [method.toUpperCase()];
  return (state === 'right' || state === 'none') && at < 2 ? ['GET', 'HEAD'] : ['GET'];
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
