/** Asks every cell of the matrix of one running service, and keeps what was answered. */
import type { Route } from '../../../src/http/route.ts';
import { allRoutes } from '../../../src/http/routes.ts';
import type { PageRoute } from '../../../src/web/route.ts';
import { pageRoutes } from '../../../src/web/routes.ts';
import { startTestService, type TestService } from '../../support/service.ts';
import { apiCells, type Cell, keyOf } from './api-cells.ts';
import { API_RULES } from './api-rules.ts';
import { makeCallers } from './callers.ts';
import { NOWHERE } from './event-rules.ts';
import { callbackCells, type PageCell, pageCells } from './page-cells.ts';
import { PAGE_RULES } from './page-rules.ts';
import { comeBack, enterActing, makeVisitors } from './visitors.ts';
import { type Answered, atOnce, openWire, type Wire } from './wire.ts';
import { keepReports, makeWorld, type World } from './world.ts';

/** A cell with what came of it. */
export interface Done {
  readonly cell: Cell;
  readonly answer: Answered;
  /** What stands at the address that a success led to, where the rule wants to know. */
  readonly objection?: string;
}

export interface Matrix {
  readonly service: TestService;
  readonly wire: Wire;
  readonly routes: readonly Route[];
  readonly pages: readonly PageRoute[];
  readonly world: World;
  readonly done: readonly Done[];
  stop(): Promise<void>;
}

const CONNECTIONS = 6;

/** Starts the service, fills it, and asks. */
export async function runMatrix(): Promise<Matrix> {
  const service = await startTestService({
    EVIDENCE_HEAD_SECONDS: '0',
    WEBHOOK_ORIGINS: NOWHERE,
    WEBHOOK_ADDRESSES: 'any',
  });
  const wire = openWire(service.url, CONNECTIONS);
  const { services } = service.service.composition;
  const routes = allRoutes(services, 'http://localhost/token');
  // Nobody is served by these: only what they say of themselves is read.
  const pages = pageRoutes(services, {} as never);
  const callers = await makeCallers(service);
  const visitors = await makeVisitors(service);
  const empty = await makeWorld(service, wire, callers);
  const world = await keepReports(empty, wire, visitors, service.url);
  const done: Done[] = [];
  const ask = async (cell: Cell) => {
    const answer = await wire.ask(cell.asked);
    done.push({ cell, answer, ...(await followUp(wire, cell, answer)) });
  };
  const calls = routes.flatMap((route, turn) => {
    const rule = API_RULES[keyOf(route)];
    return rule === undefined ? [] : apiCells(route, rule, callers, world, turn);
  });
  await atOnce(calls, CONNECTIONS, ask);
  const ofPages = (isLast: boolean, who: typeof visitors) =>
    pages.flatMap((page) => {
      const rule = PAGE_RULES[page.name];
      if (rule === undefined || (rule.endsSession ?? false) !== isLast) return [];
      const some = rule.isOwnAlone === true ? who.filter(({ isActing }) => isActing !== true) : who;
      return pageCells(page, rule, some, world, service.url);
    });
  const acting = await actors(service, world);
  await oneByOne(
    [...ofPages(false, [...visitors, ...acting]), ...callbackCells(await comeBack(service))],
    ask,
  );
  await oneByOne(ofPages(true, await makeVisitors(service)), ask);
  const stop = async () => {
    wire.close();
    await service.stop();
  };
  return { service, wire, routes, pages, world, done, stop };
}

/** Who acts for another person at the pages, by the mandates of the API. */
function actors(service: TestService, { acting }: World) {
  return Promise.all(
    acting.flatMap(({ party, acting: by }) =>
      party === 'serban' && by?.for !== undefined
        ? [enterActing(service, { agent: party, mandateId: by.mandateId, person: by.for })]
        : [],
    ),
  );
}

/** One at a time for each browser, as its session has only one state. */
async function oneByOne(cells: readonly PageCell[], ask: (cell: Cell) => Promise<void>): Promise<void> {
  const visits = new Map<string | undefined, PageCell[]>();
  for (const cell of cells) {
    const { cookie } = cell.visitor;
    visits.set(cookie, [...(visits.get(cookie) ?? []), cell]);
  }
  await atOnce([...visits.values()], CONNECTIONS, async (visit) => {
    for (const cell of visit) await ask(cell);
  });
}

async function followUp(wire: Wire, cell: Cell, answer: Answered): Promise<{ readonly objection?: string }> {
  const { location } = answer.headers;
  if (cell.objectsTo === undefined || answer.status >= 300 || location === undefined) return {};
  const { Authorization = '' } = cell.asked.headers ?? {};
  const found = await wire.ask({
    method: 'GET',
    path: new URL(location).pathname,
    headers: { Authorization },
  });
  const objection = cell.objectsTo({ status: found.status, body: JSON.parse(found.text) });
  return objection === undefined ? {} : { objection };
}
