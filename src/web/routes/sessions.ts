/** Where somebody is logged in: each session of theirs, and a way to end those that are not in front of them. */
import { logAuthentication } from '../../access/security-log.ts';
import type { Log } from '../../log.ts';
import type { Services } from '../../workflows/services.ts';
import { endOwnSessions, ownSessions } from '../../workflows/sessions.ts';
import { fieldOf } from '../field.ts';
import type { PageReply, PageRoute, PersonVisit, Reply } from '../route.ts';

type SessionServices = Pick<Services, 'database' | 'vault'>;

const PATH = '/sessions';

/** Gives the routes of `/sessions`. */
export function sessionRoutes(services: SessionServices, { log }: { readonly log: Log }): PageRoute[] {
  const common = { access: 'person', isAboutLogin: true } as const;
  return [
    {
      ...common,
      name: 'sessions',
      method: 'get',
      path: PATH,
      handle: (visit: PersonVisit) => showSessions(services, visit),
    },
    {
      ...common,
      name: 'endSessions',
      method: 'post',
      form: 'fields',
      page: PATH,
      path: `${PATH}/end`,
      handle: (visit: PersonVisit) => end(services, log, visit),
    },
  ];
}

async function showSessions(services: SessionServices, { texts, login }: PersonVisit): Promise<PageReply> {
  const sessions = await ownSessions(services, login.actorId);
  return {
    kind: 'page',
    view: 'sessions',
    title: texts.t('sessions.title'),
    data: {
      sessions: sessions.map(({ tokenHash, since }) => ({
        tokenHash,
        since,
        isHere: tokenHash === login.tokenHash,
      })),
    },
  };
}

/** `session` names one; without it all others end. */
async function end(services: SessionServices, log: Log, visit: PersonVisit): Promise<Reply> {
  const { login, traceId } = visit;
  const tokenHash = fieldOf(visit, 'session');
  const which = tokenHash === '' ? ({ kind: 'others' } as const) : ({ kind: 'one', tokenHash } as const);
  const ended = await endOwnSessions(services, login, which);
  const { actorId, organization } = login;
  if (ended > 0) logAuthentication(log, { traceId, event: 'loggedOut', actorId, organization });
  return { kind: 'redirect', to: PATH };
}
