/** Logging in and out: led to the login and back to the page that was asked for, under a new session. */
import type { LoggedIn, LoginProvider } from '../../access/login.ts';
import type { PendingLogins } from '../../access/pending-login.ts';
import { logAuthentication } from '../../access/security-log.ts';
import type { Person, Sessions } from '../../access/session.ts';
import { AFTER_LOGOUT_PATH, LOGIN_CALLBACK_PATH } from '../../domain/login-path.ts';
import { describeError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { identifyActor } from '../../workflows/identify.ts';
import type { Services } from '../../workflows/services.ts';
import { PageRefusal } from '../refusal.ts';
import type { PageRoute, Reply, Visit } from '../route.ts';

/** What logging in works with. */
export interface LoginParts {
  readonly sessions: Sessions;
  readonly pendingLogins: PendingLogins;
  readonly login: LoginProvider | undefined;
  readonly log: Log;
}

/** Gives the routes of `/login`, `/login/callback`, `/logout` and `/goodbye`. */
export function loginRoutes(
  services: Pick<Services, 'database' | 'vault'>,
  { sessions, pendingLogins, login, log }: LoginParts,
): PageRoute[] {
  return [
    {
      name: 'login',
      method: 'get',
      path: '/login',
      access: 'public',
      handle: (visit) => begin({ sessions, pendingLogins, login }, visit),
    },
    {
      name: 'loginCallback',
      method: 'get',
      path: LOGIN_CALLBACK_PATH,
      isSecretAddress: true,
      access: 'public',
      handle: async (visit) => {
        const { person, returnTo } = await complete({ pendingLogins, login, log }, visit);
        if (person !== undefined) {
          const loggedIn = await loginOf(services, person);
          await sessions.logIn(visit.request, loggedIn);
          const { actorId, organization } = loggedIn;
          logAuthentication(log, { traceId: visit.traceId, event: 'loggedIn', actorId, organization });
        }
        return { kind: 'redirect', to: returnTo };
      },
    },
    {
      name: 'logout',
      method: 'post',
      form: 'fields',
      page: '/',
      path: '/logout',
      access: 'person',
      isAboutLogin: true,
      handle: async (visit) => {
        await sessions.logOut(visit.request, visit.response);
        const { actorId, organization } = visit.login ?? {};
        if (actorId !== undefined)
          logAuthentication(log, { traceId: visit.traceId, event: 'loggedOut', actorId, organization });
        return { kind: 'redirect', to: (await findEnd(login, visit, log)) ?? AFTER_LOGOUT_PATH };
      },
    },
    {
      name: 'goodbye',
      method: 'get',
      path: AFTER_LOGOUT_PATH,
      access: 'public',
      handle: ({ texts: { t } }) =>
        Promise.resolve({ kind: 'page', view: 'goodbye', title: t('goodbye.title'), data: {} }),
    },
  ];
}

async function begin(
  { sessions, pendingLogins, login }: Omit<LoginParts, 'log'>,
  { request, response, texts }: Visit,
): Promise<Reply> {
  if (login === undefined) throw new PageRefusal('loginMissing');
  await sessions.checkStore();
  const isAnew = sessions.mustLogInAnew(request);
  const { url, pending } = await login.begin(ownPath(request.query.to), texts.language, isAnew);
  pendingLogins.keep(request, response, pending);
  return { kind: 'redirect', to: url };
}

/** Our own session is over whether or not the issuer can be asked about its own. */
async function findEnd(
  login: LoginProvider | undefined,
  { texts, traceId }: Visit,
  log: Log,
): Promise<string | undefined> {
  try {
    return await login?.endUrl(texts.language);
  } catch (error) {
    log.warn({ traceId, reason: describeError(error) }, 'the session at the issuer was not ended');
    return undefined;
  }
}

/**
 * Only paths of ours: two slashes, or a backslash that browsers take for one, would name another host. One that is longer
 * than any page of ours would be too much for a cookie.
 */
function ownPath(to: unknown): string {
  const isOwn = typeof to === 'string' && /^\/(?![/\\])[\x21-\x7e]{0,500}$/.test(to) && !/[\\\s]/.test(to);
  return isOwn ? to : '/inbox';
}

interface Completed {
  /** Missing when nobody wanted to log in. */
  readonly person?: LoggedIn;
  readonly returnTo: string;
}

async function complete(
  { pendingLogins, login, log }: Omit<LoginParts, 'sessions'>,
  { request, response, traceId }: Visit,
): Promise<Completed> {
  if (login === undefined) throw new PageRefusal('loginMissing');
  const query = new URLSearchParams(request.originalUrl.split('?')[1] ?? '');
  const pending = pendingLogins.take(request, response, query.get('state'));
  if (pending === undefined) throw new PageRefusal('loginFailed');
  const outcome = await login.complete(query, pending);
  switch (outcome.kind) {
    case 'loggedIn':
      return { person: outcome.person, returnTo: pending.returnTo };
    case 'cancelled':
      return { returnTo: '/' };
    case 'refused':
      log.warn({ traceId, reason: outcome.reason }, 'login refused');
      throw new PageRefusal('loginFailed');
  }
}

async function loginOf(
  services: Pick<Services, 'database' | 'vault'>,
  { ssin, name, organization, rights }: LoggedIn,
): Promise<Person> {
  const actor = await identifyActor(services, ssin);
  return { ...actor, name, ...(organization !== undefined && { organization, rights: rights ?? [] }) };
}
