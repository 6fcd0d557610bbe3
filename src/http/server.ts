/** The HTTP side: every route goes through the same steps: trace, token, parameters, body, work, answer. */
import { randomUUID } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import express, { type Express, type Request as Incoming, type NextFunction, type Response } from 'express';
import helmet from 'helmet';
import type { Caller } from '../access/caller.ts';
import { hasScope } from '../access/caller.ts';
import type { TokenVerifier } from '../access/token.ts';
import { statusMessageOf } from '../ebox/status-message.ts';
import { describeError } from '../errors.ts';
import type { Log } from '../log.ts';
import { checkMediaType, parseInput, parseJson, readLimited, readWhole } from './input.ts';
import {
  methodNotAllowed,
  missingPermission,
  missingScope,
  type Problem,
  problemOf,
  Refusal,
  resourceNotFound,
  unauthorised,
} from './problems.ts';
import type { Reply, Request, Route } from './route.ts';

export interface ServerOptions {
  readonly routes: readonly Route[];
  readonly tokens: TokenVerifier;
  readonly log: Log;
  /** Named in registry errors (message registry 2.1, `StatusMessage.environment`). */
  readonly environment: 'development' | 'production';
}

/** Builds the Express application of the routes given. */
export function createServer(options: ServerOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.use(
    helmet({ contentSecurityPolicy: { directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } } }),
  );
  app.use(trace);
  for (const route of options.routes) {
    const path = route.path.replace(/\{(\w+)\}/g, ':$1');
    app[route.method](path, (incoming, response) => answer(options, route, incoming, response));
  }
  app.use((incoming: Incoming, response: Response) => {
    const methods = methodsOf(options.routes, incoming.path);
    const problem = methods.length > 0 ? methodNotAllowed(methods) : resourceNotFound();
    const isRegistry = incoming.path.startsWith('/ebox/');
    sendProblem(options, isRegistry ? 'registry' : 'belgif', response, problem);
  });
  app.use((error: unknown, _incoming: Incoming, response: Response, _next: NextFunction) => {
    // Express itself refuses a path that is not percent-encoded right.
    sendProblem(
      options,
      'belgif',
      response,
      error instanceof URIError ? resourceNotFound() : problemOf(error),
    );
  });
  return app;
}

/** Gives each answer a trace id of its own and returns the caller's beside it (rule trc-header). */
function trace(incoming: Incoming, response: Response, next: NextFunction): void {
  const traceId = randomUUID();
  response.locals.traceId = traceId;
  response.setHeader('BelGov-Trace-Id', traceId);
  const related = incoming.get('BelGov-Trace-Id');
  if (related !== undefined && /^[\x21-\x7e]{1,36}$/.test(related))
    response.setHeader('BelGov-Related-Trace-Id', related);
  response.setHeader('Cache-Control', 'no-store');
  next();
}

async function answer(
  options: ServerOptions,
  route: Route,
  incoming: Incoming,
  response: Response,
): Promise<void> {
  const started = performance.now();
  const log = options.log.child({ traceId: response.locals.traceId as string, operation: route.operationId });
  try {
    const caller = await authenticate(options, route, incoming);
    const request = await readRequest(route, incoming, caller, response.locals.traceId as string);
    await sendReply(incoming, response, await route.handle(request));
  } catch (error) {
    const problem = error instanceof Refusal ? error.problem : problemOf(error);
    if (problem.status >= 500)
      log.error({ reason: describeError(error), stack: (error as Error).stack }, 'request failed');
    if (response.headersSent) response.destroy();
    else sendProblem(options, route.errors, response, problem);
    // What is left of a refused body is not read.
    if (!incoming.complete) response.once('finish', () => incoming.destroy());
  } finally {
    log.info({ status: response.statusCode, ms: Math.round(performance.now() - started) }, 'answered');
  }
}

async function authenticate(
  options: ServerOptions,
  route: Route,
  incoming: Incoming,
): Promise<Caller | undefined> {
  if (route.access.kind === 'public') return undefined;
  const outcome = await options.tokens.verify(incoming.get('authorization'));
  if (outcome.kind !== 'accepted') throw new Refusal(unauthorised(outcome.kind));
  const { caller } = outcome;
  if (!hasScope(caller, route.access.scope)) throw new Refusal(missingScope(route.access.scope));
  if (caller.kind !== route.access.caller) {
    const who = route.access.caller === 'client' ? 'organisations' : 'persons';
    throw new Refusal(missingPermission(`This operation is for ${who}`));
  }
  return caller;
}

async function readRequest(
  route: Route,
  incoming: Incoming,
  caller: Caller | undefined,
  traceId: string,
): Promise<Request> {
  const params = route.params === undefined ? {} : parseInput(route.params, incoming.params, 'path');
  const query = route.query === undefined ? {} : parseInput(route.query, incoming.query, 'query');
  checkMediaType(incoming, route.body);
  const isWhole = route.body.kind === 'json' || route.body.kind === 'bytes';
  const bytes = isWhole ? await readWhole(incoming, route.body.limit) : Buffer.alloc(0);
  return {
    caller,
    // Path parameters are texts; the schema checked them.
    params: params as Record<string, string>,
    query,
    headers: incoming.headers as Record<string, string | undefined>,
    body: route.body.kind === 'json' ? parseInput(route.body.schema, parseJson(bytes), 'body') : undefined,
    bytes,
    stream: readLimited(incoming, route.body.kind === 'stream' ? route.body.limit : 0),
    traceId,
    method: incoming.method.toLowerCase() as Request['method'],
  };
}

async function sendReply(incoming: Incoming, response: Response, reply: Reply): Promise<void> {
  response.status(reply.status);
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  if (reply.stream !== undefined) {
    await pipeline(reply.stream, response);
  } else if (reply.bytes !== undefined) {
    response.setHeader('Content-Length', reply.bytes.length);
    response.end(incoming.method === 'HEAD' ? undefined : reply.bytes);
  } else if (reply.body !== undefined) {
    response.json(reply.body);
  } else {
    response.end();
  }
}

function sendProblem(
  options: ServerOptions,
  errors: Route['errors'],
  response: Response,
  { headers, ...problem }: Problem,
): void {
  const instance = response.locals.traceId as string;
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  response.status(problem.status);
  if (errors === 'registry') {
    const details = problem.issues?.map((issue) => `${issue.name ?? issue.in}: ${issue.detail}`) ?? [
      problem.detail,
    ];
    response.json(statusMessageOf(problem.status, details.join('; '), instance, options.environment));
    return;
  }
  response.type('application/problem+json');
  response.send(JSON.stringify({ ...problem, instance: `urn:uuid:${instance}` }));
}

function methodsOf(routes: readonly Route[], path: string): string[] {
  const matches = (route: Route) => new RegExp(`^${route.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(path);
  return [...new Set(routes.filter(matches).map((route) => route.method.toUpperCase()))];
}
