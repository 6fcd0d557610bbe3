/** How every page is answered: language, login, form, work, and a page again when something is in the way. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { type Request, type Response } from 'express';
import { addressOf } from '../access/address.ts';
import { piecesOf } from '../access/answer-pieces.ts';
import type { Csrf } from '../access/csrf.ts';
import type { LoginProvider } from '../access/login.ts';
import type { RequestLimits } from '../access/request-limits.ts';
import { logRefusal } from '../access/security-log.ts';
import type { Login, Sessions } from '../access/session.ts';
import type { PageLanguage } from '../domain/language.ts';
import { describeError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Services } from '../workflows/services.ts';
import { asSelf, endActing, hasMandateEnded, refuseOthers } from './acting.ts';
import { setFileHeaders, setPageHeaders } from './headers.ts';
import { languageLinks, languageOf } from './language.ts';
import { menuOf } from './menu.ts';
import { PageRefusal, reasonOf, statusOf } from './refusal.ts';
import { loginAddress, refusalPage } from './refusal-page.ts';
import { mayDo } from './rights.ts';
import type { FileReply, OfficialVisit, PageReply, PageRoute, Reply, Visit } from './route.ts';
import type { Texts } from './texts.ts';
import { discardRest, takeUpload } from './upload.ts';
import type { Views } from './views.ts';

/** What every step works with. */
export interface Web {
  readonly texts: Readonly<Record<PageLanguage, Texts>>;
  readonly views: Views;
  readonly csrf: Csrf;
  readonly sessions: Sessions;
  readonly services: Pick<Services, 'database' | 'catalogue'>;
  readonly login: LoginProvider | undefined;
  /** How many requests are taken from one caller. */
  readonly limits: RequestLimits;
  /** The organisations whose people may send batches. */
  readonly agencies: ReadonlySet<string>;
  readonly log: Log;
}

/** The part of a route that matters when there is none. */
export type Place = Pick<PageRoute, 'name' | 'isSecretAddress' | 'isListed'>;

/** Answers a request for a page; its session was loaded before. */
export async function answer(
  web: Web,
  route: PageRoute,
  request: Request,
  response: Response,
): Promise<void> {
  const started = performance.now();
  response.locals.operation = `page ${route.name}`;
  let visit = visitOf(web, request, response);
  try {
    await countVisit(web, visit);
    if (await hasMandateEnded(web.services, visit)) {
      visit = asSelf(visit);
      await endActing(web.sessions, route, visit);
    }
    refuseOthers(route, visit);
    await checkForm(web, route, visit);
    await send(web, route, visit, await admit(web, route, visit));
  } catch (error) {
    refuse(web, route, visit, error);
  } finally {
    const { traceId } = visit;
    const ms = Math.round(performance.now() - started);
    web.log.info({ traceId, page: route.name, status: response.statusCode, ms }, 'page answered');
  }
}

/** Makes what is known of somebody looking at a page; also where no session could be loaded. */
export function visitOf(web: Web, request: Request, response: Response): Visit {
  const texts = web.texts[languageOf(request, response)];
  return {
    request,
    response,
    traceId: String(response.locals.traceId),
    texts,
    login: withinRights(web, web.sessions.loginOf(request)),
    param: (name) => {
      const value = request.params[name];
      return typeof value === 'string' ? value : '';
    },
    receive: (limitBytes, take, mostFiles = 1) => {
      const checkFields = () => checkToken(web, request);
      return takeUpload(request, response, { limitBytes, mostFiles, checkFields }, take);
    },
  };
}

/** Who logs in for an organisation that is no agency is here for themselves. */
function withinRights({ agencies }: Web, login: Login | undefined): Login | undefined {
  if (login?.organization === undefined || agencies.has(login.organization)) return login;
  const { organization: _organization, ...person } = login;
  return person;
}

const readFields = express.urlencoded({ extended: false, limit: '16kb', parameterLimit: 200 });

/** Counts the request for who is logged in, else for the address it comes from. */
async function countVisit({ limits }: Web, { request, response, login }: Visit): Promise<void> {
  const excess = await limits.take(
    login === undefined
      ? { kind: 'address', address: addressOf(request.ip) }
      : { kind: 'person', ssinHmac: login.ssinHmac },
  );
  if (excess === undefined) return;
  discardRest(request);
  response.set('Retry-After', String(excess.retryAfterSeconds));
  throw new PageRefusal('tooMany');
}

/** What changes something must come from a page of ours, and carry the token of its session. */
async function checkForm(web: Web, route: PageRoute, visit: Visit): Promise<void> {
  const { request, response, login } = visit;
  if (route.method === 'get') return;
  if (web.csrf.checkOrigin(request) !== undefined) {
    discardRest(request);
    throw new PageRefusal('foreignOrigin');
  }
  // Looked at before the token, which a session that was ended took with it.
  if (route.access !== 'public' && login === undefined) {
    discardRest(request);
    throw new PageRefusal('sessionEnded');
  }
  // The fields of a form with a file are read while the file is taken, and its token is looked at then.
  if (route.form === 'file') return;
  await new Promise<void>((resolve, reject) => {
    readFields(request, response, (error: unknown) =>
      error === undefined ? resolve() : reject(new PageRefusal('wrongForm', { cause: error })),
    );
  });
  checkToken(web, request);
}

function checkToken({ csrf, sessions }: Web, request: Request): void {
  if (csrf.checkToken(request) === undefined) return;
  throw new PageRefusal(sessions.hasEnded(request) ? 'sessionEnded' : 'wrongForm');
}

/** Lets in who may see the page; who is not logged in is led to the login, and back again. */
async function admit({ services }: Web, route: PageRoute, visit: Visit): Promise<Reply> {
  if (route.access === 'public') return route.handle(visit);
  const { login, request } = visit;
  if (login === undefined) return { kind: 'redirect', to: loginAddress(request.originalUrl) };
  if (route.access === 'person') return route.handle({ ...visit, login });
  if (!isOfficial(login)) throw new PageRefusal('notOfficial');
  if (!mayDo(services, login, route)) throw new PageRefusal('noRight');
  return route.handle({ ...visit, login });
}

function isOfficial(login: Login): login is OfficialVisit['login'] {
  return login.organization !== undefined;
}

async function send(web: Web, place: Place, visit: Visit, reply: Reply): Promise<void> {
  switch (reply.kind) {
    case 'page':
      return sendPage(web, place, visit, reply);
    case 'file':
      return sendFile(visit.response, reply);
    case 'redirect':
      setPageHeaders(visit.response, { formTargets: [] });
      return visit.response.redirect(303, reply.to);
  }
}

function sendPage(web: Web, place: Place, visit: Visit, reply: PageReply): void {
  const { request, response, texts, login } = visit;
  const html = web.views.write(reply, {
    texts,
    login,
    languages: languageLinks(readablePath(request), request.query, texts),
    menu: menuOf(visit),
    csrfToken: () => web.csrf.tokenFor(request),
  });
  setPageHeaders(response, {
    ...reply,
    ...place,
    formTargets: login === undefined || web.login === undefined ? [] : [web.login.origin],
  });
  response
    .status(reply.status ?? 200)
    .set('Content-Language', texts.language)
    .type('html')
    .send(html);
}

/** The page that a form stands on can be opened in another language; the address the form is sent to cannot. */
function readablePath(request: Request): string {
  return request.method === 'POST' ? String(request.res?.locals.page ?? '/') : request.path;
}

async function sendFile(
  response: Response,
  { mediaType, fileName, isInline, content }: FileReply,
): Promise<void> {
  // A picture stands in a page by itself; only a document is framed.
  setFileHeaders(response, isInline && mediaType === 'application/pdf');
  response.set({
    'Content-Type': mediaType,
    'Content-Disposition': `${isInline ? 'inline' : 'attachment'}; filename="${fileName.replace(/[^\w.-]/g, '_')}"`,
  });
  await pipeline(Readable.from(Buffer.isBuffer(content) ? piecesOf(content) : content), response);
}

/** `pipeline` says by this code that the reader went away during a file; what is streamed here never fails with it. */
function hasLeft(response: Response, error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return response.destroyed && code === 'ERR_STREAM_PREMATURE_CLOSE';
}

/** Shows why there is no page, and logs what failed in here. */
export function refuse(web: Web, place: Place, visit: Visit, error: unknown): void {
  const { response, request } = visit;
  const reason = reasonOf(error);
  if ((request.destroyed && !request.complete) || hasLeft(response, error)) {
    // Nobody is there to be answered, and nothing of ours failed.
    web.log.warn({ traceId: visit.traceId, page: place.name }, 'the reader broke off');
    return;
  }
  if (statusOf(reason) >= 500) {
    const stack = error instanceof Error ? error.stack : undefined;
    web.log.error(
      { traceId: visit.traceId, page: place.name, reason: describeError(error), stack },
      'page failed',
    );
  }
  const status = statusOf(reason);
  // A page that nobody has is looked for every day; by somebody who is logged in it may be another's.
  if ([401, 403, 429].includes(status) || (status === 404 && visit.login !== undefined))
    logRefusal(web.log, { traceId: visit.traceId, operation: place.name, status, problem: reason });
  if (response.headersSent) {
    response.destroy();
    return;
  }
  try {
    sendPage(web, place, visit, refusalPage(reason, visit));
  } catch (cause) {
    web.log.error({ traceId: visit.traceId, reason: describeError(cause) }, 'the page of an error failed');
    response.status(500).type('text').send('500');
  }
}
