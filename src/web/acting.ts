/** For whom somebody acts at the pages: chosen once, seen on every page, and looked at again with every page. */
import type { Acting, Sessions } from '../access/session.ts';
import { formatEnterpriseNumber } from '../domain/enterprise-number.ts';
import { type ActedForRow, type Agent, isActing } from '../workflows/act.ts';
import { identifyAgain } from '../workflows/identify.ts';
import type { Services } from '../workflows/services.ts';
import { agencyAccessOf } from './agency-access.ts';
import { PageRefusal } from './refusal.ts';
import type { PageRoute, PersonVisit, Visit } from './route.ts';
import { discardRest } from './upload.ts';

type ActingServices = Pick<Services, 'database'>;

/** What a session remembers of a mandate that was chosen. */
export function actingOf({ mandateId, kind, name, rights, validUntil, employer }: ActedForRow): Acting {
  const shown = name ?? (employer === null ? '' : formatEnterpriseNumber(employer));
  return {
    mandateId,
    kind,
    name: shown,
    rights,
    ...(validUntil !== null && { validUntil }),
    ...(employer !== null && { employer }),
  };
}

/** Who acts by a mandate of this kind: the organisation for employers, else the person; undefined for none. */
export async function agentOf(
  services: ActingServices,
  { login, traceId }: Pick<PersonVisit, 'login' | 'traceId'>,
  kind: 'employer' | 'person',
): Promise<Agent | undefined> {
  const { organization, tokenHash } = login;
  if (kind === 'employer') {
    if (organization === undefined) return undefined;
    const { actor } = agencyAccessOf({ login: { ...login, organization }, traceId });
    return { actor, agent: { kind: 'organization', organization }, traceId };
  }
  const personId = await identifyAgain(services, login);
  if (personId === undefined) return undefined;
  return { actor: { kind: 'person', id: personId, tokenHash }, agent: { kind: 'person', personId }, traceId };
}

/** The agent of the mandate that somebody acts by. */
export function agentKindOf({ kind }: Pick<Acting, 'kind'>): 'employer' | 'person' {
  return kind === 'employer' ? 'employer' : 'person';
}

/** Tells whether the mandate by which somebody acts at the pages is over. */
export async function hasMandateEnded(
  services: ActingServices,
  { login, traceId }: Pick<Visit, 'login' | 'traceId'>,
): Promise<boolean> {
  if (login?.acting === undefined) return false;
  const { mandateId } = login.acting;
  const found = await agentOf(services, { login, traceId }, agentKindOf(login.acting));
  return found === undefined || !(await isActing(services, found.agent, mandateId));
}

/** The same visit of somebody who acts for themselves. */
export function asSelf(visit: Visit): Visit {
  if (visit.login === undefined) return visit;
  const { acting: _acting, ...login } = visit.login;
  return { ...visit, login };
}

/**
 * Ends acting by a mandate that is over. What was asked for was not the agent's own, so it is refused rather than shown
 * as theirs: a `PageRefusal`. On pages for everybody nothing is another's, and the next page that is says so.
 */
export async function endActing(sessions: Sessions, route: PageRoute, { request }: Visit): Promise<void> {
  if (route.access === 'public') return;
  await sessions.actFor(request, undefined);
  if (route.isAboutLogin) return;
  discardRest(request);
  throw new PageRefusal('mandateEnded');
}

/** Refuses pages that are of somebody else than whom the visitor acts for. */
export function refuseOthers(route: PageRoute, { login, request }: Visit): void {
  if (route.access === 'public' || route.isAboutLogin || login?.acting === undefined) return;
  if ((route.access === 'official') === (login.acting.kind === 'employer')) return;
  discardRest(request);
  throw new PageRefusal('notMandated');
}
