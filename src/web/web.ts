/** The pages people see: beside the API, on the same port. What is no page is passed on. */
import { randomUUID } from 'node:crypto';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { createCsrf } from '../access/csrf.ts';
import type { LoginProvider } from '../access/login.ts';
import type { PendingLogins } from '../access/pending-login.ts';
import type { RequestLimits } from '../access/request-limits.ts';
import type { Sessions } from '../access/session.ts';
import type { EnterpriseNumber } from '../domain/enterprise-number.ts';
import type { Log } from '../log.ts';
import { answer, type Place, refuse, visitOf, type Web } from './answer.ts';
import { loadAssets } from './assets.ts';
import { PageRefusal } from './refusal.ts';
import type { DeveloperParts } from './routes/developer.ts';
import { type PageServices, pageRoutes } from './routes.ts';
import { createTexts } from './texts.ts';
import { loadViews } from './views.ts';

export interface WebOptions {
  readonly services: PageServices;
  /** Where `web/` lies, with views and assets. */
  readonly templatesDir: string;
  readonly sessions: Sessions;
  readonly pendingLogins: PendingLogins;
  /** Signs the tokens of forms of those who have no session. */
  readonly formSecret: string;
  /** Undefined: nobody can log in, as no client of the issuer is configured. */
  readonly login: LoginProvider | undefined;
  /** How many requests are taken from one caller. */
  readonly limits: RequestLimits;
  /** The organisations whose people may send batches. */
  readonly agencies: readonly EnterpriseNumber[];
  /** The paths of the API: what a browser asks for there is the API's to answer, even where nothing is. */
  readonly apiPaths: readonly string[];
  /** What the pages for developers show. */
  readonly developer: DeveloperParts;
  readonly log: Log;
}

/** Where no page was found. */
const NOWHERE: Place = { name: 'none' };

/** Builds the application of the pages. Throws `templateInvalid` when a view or an asset cannot be used. */
export function createWeb(options: WebOptions): Express {
  const { services, templatesDir, sessions, pendingLogins, login, log } = options;
  const assets = loadAssets(templatesDir, services.catalogue);
  const web: Web = {
    texts: createTexts(services.catalogue),
    views: loadViews(templatesDir, services.catalogue, assets.urlOf),
    csrf: createCsrf(services.settings.publicUrl, options.formSecret),
    sessions,
    services,
    login,
    limits: options.limits,
    agencies: new Set(options.agencies),
    log,
  };
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.enable('case sensitive routing');
  app.use(assets.router);
  for (const route of pageRoutes(services, { sessions, pendingLogins, login, log, ...options.developer })) {
    const page = route.method === 'post' ? route.page : undefined;
    app[route.method](route.path, begin(page), sessions.middleware, (request, response) =>
      answer(web, route, request, response),
    );
  }
  const lastly = (error: unknown, request: Request, response: Response, next: NextFunction) => {
    // A page that was begun is answered with a page; so is a browser that asks for what is nowhere.
    if (response.locals.isPage !== true && !isForPeople(request, options.apiPaths)) return next(error);
    begin(undefined)(request, response, () => refuse(web, NOWHERE, visitOf(web, request, response), error));
  };
  app.use((request: Request, response: Response, next: NextFunction) =>
    lastly(
      isForPeople(request, options.apiPaths) ? new PageRefusal('notFound') : undefined,
      request,
      response,
      next,
    ),
  );
  app.use(lastly);
  return app;
}

/** Gives each page a trace id of its own, and remembers which page a form stands on. */
function begin(page: string | undefined) {
  return ({ params }: Request, response: Response, next: NextFunction): void => {
    response.locals.isPage = true;
    response.locals.traceId ??= randomUUID();
    response.setHeader('BelGov-Trace-Id', String(response.locals.traceId));
    if (page !== undefined) {
      response.locals.page = page.replace(/:(\w+)/g, (_match, name: string) =>
        encodeURIComponent(String(params[name])),
      );
    }
    next();
  };
}

/** Tells whether a browser is asking, for something that is not the API's. */
function isForPeople(request: Request, apiPaths: readonly string[]): boolean {
  const [, root = ''] = request.path.split('/');
  const isApi = apiPaths.some((path) => path.split('/')[1] === root);
  return !isApi && (request.get('accept') ?? '').includes('text/html');
}
