/** Logging in and out: led to the login and back to the page that was asked for, under a new session. */
import type { LoggedIn, LoginProvider, PendingLogin } from '../../access/login.ts';
import type { Person, Sessions } from '../../access/session.ts';
import { AFTER_LOGOUT_PATH, LOGIN_CALLBACK_PATH } from '../../domain/login-path.ts';
import { describeError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { identifyActor } from '../../workflows/identify.ts';
import type { Services } from '../../workflows/services.ts';
import { PageRefusal } from '../refusal.ts';
import type { PageRoute, Reply, Visit } from '../route.ts';

/** More than these in one browser were given up. */
const MOST_PENDING = 5;

/** Gives the routes of `/login`, `/login/callback`, `/logout` and `/goodbye`. */
export function loginRoutes(
  services: Pick<Services, 'database' | 'vault'>,
  sessions: Sessions,
  login: LoginProvider | undefined,
  log: Log,
): PageRoute[] {
  return [
    {
      name: 'login',
      method: 'get',
      path: '/login',
      access: 'public',
      handle: (visit) => begin(sessions, login, visit),
    },
    {
      name: 'loginCallback',
      method: 'get',
      path: LOGIN_CALLBACK_PATH,
      isSecretAddress: true,
      access: 'public',
      handle: async (visit) => {
        const { person, returnTo } = await complete(login, visit, log);
        if (person !== undefined) await sessions.logIn(visit.request, await loginOf(services, person));
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
      handle: async (visit) => {
        await sessions.logOut(visit.request, visit.response);
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
  sessions: Sessions,
  login: LoginProvider | undefined,
  { request, texts }: Visit,
): Promise<Reply> {
  if (login === undefined) throw new PageRefusal('loginMissing');
  const { url, pending } = await login.begin(ownPath(request.query.to), texts.language);
  request.session.pending = [...(request.session.pending ?? []), pending].slice(-MOST_PENDING);
  // A login whose answer we shall not know again is not begun.
  await sessions.store(request);
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

/** Only paths of ours: two slashes, or a backslash that browsers take for one, would name another host. */
function ownPath(to: unknown): string {
  const isOwn = typeof to === 'string' && /^\/(?![/\\])[\x21-\x7e]*$/.test(to) && !/[\\\s]/.test(to);
  return isOwn ? to : '/inbox';
}

interface Completed {
  /** Missing when nobody wanted to log in. */
  readonly person?: LoggedIn;
  readonly returnTo: string;
}

async function complete(
  login: LoginProvider | undefined,
  { request, traceId }: Visit,
  log: Log,
): Promise<Completed> {
  if (login === undefined) throw new PageRefusal('loginMissing');
  const query = new URLSearchParams(request.originalUrl.split('?')[1] ?? '');
  const pending = takePending(request.session, query.get('state'));
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

/** Each login is completed once, whatever comes of it. */
function takePending(session: Visit['request']['session'], state: string | null): PendingLogin | undefined {
  const found = session.pending?.find((one) => one.state === state);
  session.pending = (session.pending ?? []).filter((one) => one !== found);
  return found;
}

async function loginOf(
  services: Pick<Services, 'database' | 'vault'>,
  { ssin, name, organization }: LoggedIn,
): Promise<Person> {
  const actor = await identifyActor(services, ssin);
  return { ...actor, name, ...(organization !== undefined && { organization }) };
}
