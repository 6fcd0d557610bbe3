/** The desk of an organisation: which pages an official finds there, and the frame they share. */
import type { EnterpriseNumber } from '../domain/enterprise-number.ts';
import { nameOrganization } from '../workflows/name-organization.ts';
import type { Services } from '../workflows/services.ts';
import { mayDo, type Needed } from './rights.ts';
import type { OfficialVisit, PageReply } from './route.ts';
import type { Texts } from './texts.ts';
import type { MenuItem } from './views.ts';

interface Place extends Needed {
  readonly href: string;
  /** Keys of texts: what it is called, and what it is for. */
  readonly text: string;
  readonly about: string;
}

/** In the order in which they are used most. */
const PLACES: readonly Place[] = [
  { href: '/agency', text: 'desk.batches', about: 'desk.batchesAbout' },
  { href: '/desk/look-up', text: 'desk.lookUp', about: 'desk.lookUpAbout', right: 'register:query' },
  { href: '/desk/flows', text: 'desk.flows', about: 'desk.flowsAbout', right: 'flows:run' },
  {
    href: '/desk/statistics',
    text: 'desk.statistics',
    about: 'desk.statisticsAbout',
    right: 'statistics:read',
  },
  { href: '/desk/access', text: 'desk.access', about: 'desk.accessAbout', right: 'access:manage' },
  { href: '/desk/webhooks', text: 'desk.webhooks', about: 'desk.webhooksAbout', right: 'events:subscribe' },
  {
    href: '/desk/held',
    text: 'desk.held',
    about: 'desk.heldAbout',
    right: 'access:manage',
    isForInstitution: true,
  },
  {
    href: '/desk/operations',
    text: 'desk.operations',
    about: 'desk.operationsAbout',
    right: 'operations:manage',
    isForInstitution: true,
  },
];

type DeskServices = Pick<Services, 'catalogue'>;
type DeskVisit = Pick<OfficialVisit, 'login' | 'texts' | 'request'>;

/** The places that an official may go to. By a mandate they send batches and nothing else. */
export function placesOf(services: DeskServices, { login }: DeskVisit): readonly Place[] {
  return PLACES.filter((place) => mayDo(services, login, place));
}

/** The menu beside every page of the desk. */
export function deskMenu(services: DeskServices, visit: DeskVisit): readonly MenuItem[] {
  const { request, texts } = visit;
  const home = { href: '/desk', text: 'desk.home' };
  const at = String(request.res?.locals.page ?? request.path);
  return [home, ...placesOf(services, visit)].map(({ href, text }) => ({
    href,
    text: texts.t(text),
    isCurrent: at === href || (href !== '/desk' && at.startsWith(`${href}/`)),
  }));
}

/** A page of the desk; its heading is its title unless `data` has one. */
export function deskPage(
  services: DeskServices,
  visit: DeskVisit,
  { view, title, data, status, refreshSeconds }: Omit<PageReply, 'kind'>,
): PageReply {
  const isFaulty = status !== undefined && status >= 400;
  return {
    kind: 'page',
    view,
    title: isFaulty ? visit.texts.t('desk.faultTitle', { title }) : title,
    ...(status !== undefined && { status }),
    ...(refreshSeconds !== undefined && { refreshSeconds }),
    data: { heading: title, faults: [], ...data, desk: deskMenu(services, visit) },
  };
}

/** The institution itself is known by its brand, everybody else by the register of employers. */
export async function organizationName(
  services: Pick<Services, 'catalogue' | 'database'>,
  organization: EnterpriseNumber,
  { language }: Pick<Texts, 'language'>,
): Promise<string | undefined> {
  const { issuer } = services.catalogue;
  return issuer.enterpriseNumber === organization
    ? issuer.name[language]
    : nameOrganization(services, organization);
}

/** What is wrong with a field of a form: its id, and what to say. */
export interface FieldFault {
  readonly field: string;
  readonly text: string;
}
