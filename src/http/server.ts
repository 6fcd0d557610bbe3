/** The HTTP side: every route goes through the same steps: trace, token, parameters, body, work, answer. */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, {
  type Express,
  type Request as Incoming,
  type NextFunction,
  type RequestHandler,
  type Response,
} from 'express';
import helmet from 'helmet';
import { z } from 'zod';
import { addressOf } from '../access/address.ts';
import { piecesOf } from '../access/answer-pieces.ts';
import type { RequestLimits } from '../access/request-limits.ts';
import type { TokenVerifier } from '../access/token.ts';
import { statusMessageOf } from '../ebox/status-message.ts';
import { describeError } from '../errors.ts';
import type { Log } from '../log.ts';
import { admit } from './admit.ts';
import { type Attempt, type Gate, noteRefusal } from './authenticate.ts';
import { createThumbprintReader } from './client-certificate.ts';
import { checkMediaType, parseInput, parseJson, readStream, readWhole } from './input.ts';
import { withAddress } from './problem-address.ts';
import { methodNotAllowed, type Problem, problemOf, Refusal, resourceNotFound } from './problems.ts';
import { methodsOf, type Reply, type Request, type Route } from './route.ts';
import { traceIdOf } from './trace.ts';

export interface ServerOptions {
  /** The address people reach the service at, where problems of its own are explained. */
  readonly publicUrl: string;
  readonly routes: readonly Route[];
  readonly tokens: TokenVerifier;
  readonly log: Log;
  /** Named in registry errors (message registry 2.1, `StatusMessage.environment`). */
  readonly environment: 'development' | 'production';
  /** How many requests are taken from one caller; missing: any number. */
  readonly limits?: RequestLimits;
  /** How many proxies of ours a request comes through; missing: none. */
  readonly proxies?: number;
  /** Addresses and ranges of the proxies whose `Client-Cert` header is believed; missing: none. */
  readonly certificateProxies?: readonly string[];
  /** Answers what is no path of the API; passes on what is no page either. */
  readonly pages?: RequestHandler;
  /** How long a caller who was answered may go on sending, in milliseconds; default 30 s. */
  readonly lingerMs?: number;
}

/** Builds the Express application of the routes given. */
export function createServer(options: ServerOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  // The pages inherit it.
  app.set('trust proxy', options.proxies ?? 0);
  app.set('query parser', 'simple');
  // One spelling for each path, as the document has it.
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.use(helmet({ contentSecurityPolicy: CONTENT_SECURITY_POLICY, xFrameOptions: { action: 'deny' } }));
  app.use(trace);
  const thumbprintOf = createThumbprintReader(options.certificateProxies ?? []);
  const guarded = { ...options, gate: { tokens: options.tokens, thumbprintOf } };
  for (const route of options.routes) {
    const path = route.path.replace(/\{(\w+)\}/g, ':$1');
    app[route.method](path, (incoming, response) => answer(guarded, route, incoming, response));
  }
  if (options.pages !== undefined) app.use(options.pages);
  app.use((incoming: Incoming, response: Response) => {
    const methods = methodsOf(options.routes, incoming.path);
    const problem = methods.length > 0 ? methodNotAllowed(methods) : resourceNotFound();
    sendProblem(options, formOf(incoming), response, problem);
    discardRest(options, incoming);
  });
  app.use((error: unknown, incoming: Incoming, response: Response, _next: NextFunction) => {
    // Express itself refuses a path that is not percent-encoded right: no route has such a path.
    const problem = error instanceof URIError ? resourceNotFound() : problemOf(error);
    sendProblem(options, formOf(incoming), response, problem);
    discardRest(options, incoming);
  });
  return app;
}

/** Answers of an API are no pages: nothing in them may load or run, nobody may frame them. */
const CONTENT_SECURITY_POLICY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'none'"],
    frameAncestors: ["'none'"],
    formAction: ["'none'"],
    baseUri: ["'none'"],
  },
};

/** How errors are written where no route was found. */
function formOf(incoming: Incoming): Route['errors'] {
  return incoming.path.startsWith('/ebox/') ? 'registry' : 'belgif';
}

/** Gives each answer a trace id of its own and returns the caller's beside it (rule trc-header). */
function trace(incoming: Incoming, response: Response, next: NextFunction): void {
  const traceId = randomUUID();
  response.locals.traceId = traceId;
  response.setHeader('BelGov-Trace-Id', traceId);
  const related = incoming.get('BelGov-Trace-Id');
  // What has the form of an SSIN is repeated nowhere, whatever it is sent as.
  const isSsin = /^\d{11}$/.test(related?.replace(/[.-]/g, '') ?? '');
  if (related !== undefined && /^[\x21-\x7e]{1,36}$/.test(related) && !isSsin)
    response.setHeader('BelGov-Related-Trace-Id', related);
  response.setHeader('Cache-Control', 'no-store');
  next();
}

async function answer(
  options: ServerOptions & { readonly gate: Gate },
  route: Route,
  incoming: Incoming,
  response: Response,
): Promise<void> {
  const started = performance.now();
  const traceId = response.locals.traceId as string;
  // For who counts requests without looking at their paths.
  response.locals.operation = route.operationId;
  const parent = traceIdOf(incoming.get('traceparent'));
  const log = options.log.child({ traceId, ...(parent && { parent }), operation: route.operationId });
  const attempt: Attempt = {};
  try {
    await admit(options, route, incoming, attempt);
    const request = await readRequest(route, incoming, attempt, parent ?? traceId);
    await sendReply(incoming, response, await route.handle(request));
  } catch (error) {
    answerFault(options, route, { incoming, response, log }, error);
    if (error instanceof Refusal) noteRefusal(options.log, route, traceId, attempt, error);
  } finally {
    discardRest(options, incoming);
    log.info({ status: response.statusCode, ms: Math.round(performance.now() - started) }, 'answered');
  }
}

function answerFault(
  options: ServerOptions,
  route: Route,
  { incoming, response, log }: { incoming: Incoming; response: Response; log: Log },
  error: unknown,
): void {
  if ((incoming.destroyed && !incoming.complete) || hasLeft(response, error)) {
    // Nobody is there to be answered, and nothing of ours failed.
    log.warn({ reason: describeError(error) }, 'the caller broke off');
    return;
  }
  const problem = error instanceof Refusal ? error.problem : problemOf(error);
  if (problem.status >= 500)
    log.error(
      { reason: describeError(error), stack: error instanceof Error ? error.stack : undefined },
      'request failed',
    );
  if (response.headersSent) response.destroy();
  else sendProblem(options, route.errors, response, problem);
}

/** `pipeline` says by this code that the caller went away during the answer; what is streamed here never fails with it. */
function hasLeft(response: Response, error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return response.destroyed && code === 'ERR_STREAM_PREMATURE_CLOSE';
}

/** Sixty megabytes over a slow line are not sent in a moment, and many programs read the answer only then. */
const LINGER_MS = 30_000;

/**
 * Throws away what is left of a body, for a while: closing the connection with bytes underway takes the answer with it
 * (RFC 9112 §9.6), and its caller is told of a broken connection instead.
 */
function discardRest({ lingerMs = LINGER_MS }: ServerOptions, incoming: Incoming): void {
  if (incoming.complete || incoming.destroyed) return;
  const timer = setTimeout(() => incoming.destroy(), lingerMs);
  incoming.once('close', () => clearTimeout(timer));
  incoming.once('end', () => clearTimeout(timer));
  incoming.resume();
}

const NO_QUERY = z.strictObject({});

async function readRequest(
  route: Route,
  incoming: Incoming,
  { caller, tokenHash }: Attempt,
  traceId: string,
): Promise<Request> {
  const params = route.params === undefined ? {} : parseInput(route.params, incoming.params, 'path');
  const query = parseInput(route.query ?? NO_QUERY, incoming.query, 'query');
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
    stream: readStream(incoming, route.body),
    traceId,
    address: addressOf(incoming.ip),
    tokenHash,
    method: incoming.method.toLowerCase() as Request['method'],
  };
}

async function sendReply(incoming: Incoming, response: Response, reply: Reply): Promise<void> {
  response.status(reply.status);
  for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
  const isHead = incoming.method === 'HEAD';
  if (reply.bytes !== undefined) {
    response.setHeader('Content-Length', reply.bytes.length);
    if (isHead) response.end();
    else await pipeline(Readable.from(piecesOf(reply.bytes)), response);
  } else if (reply.stream !== undefined && !isHead) {
    await pipeline(reply.stream, response);
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
  found: Problem,
): void {
  const { headers, registryCode, ...problem } = withAddress(found, options.publicUrl);
  const instance = response.locals.traceId as string;
  for (const [name, value] of Object.entries(headers ?? {})) response.setHeader(name, value);
  response.status(problem.status);
  if (errors === 'registry') {
    const details = problem.issues?.map((issue) => `${issue.name ?? issue.in}: ${issue.detail}`) ?? [
      problem.detail,
    ];
    const coded = { status: problem.status, ...(registryCode !== undefined && { code: registryCode }) };
    response.json(statusMessageOf(coded, details.join('; '), instance, options.environment));
    return;
  }
  response.type('application/problem+json');
  response.send(JSON.stringify({ ...problem, instance: `urn:uuid:${instance}` }));
}
