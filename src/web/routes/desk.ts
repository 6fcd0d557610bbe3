/** The home of the desk: what waits for an official, and where they can go. */
import { formatEnterpriseNumber } from '../../domain/enterprise-number.ts';
import type { Services } from '../../workflows/services.ts';
import { type Waiting, whatWaits } from '../../workflows/what-waits.ts';
import { deskAccessOf } from '../agency-access.ts';
import { deskPage, organizationName, placesOf } from '../desk.ts';
import type { OfficialVisit, PageReply, PageRoute } from '../route.ts';

type HomeServices = Pick<Services, 'database' | 'catalogue' | 'vault'>;

/** Gives the route of `/desk`. */
export function deskRoutes(services: HomeServices): PageRoute[] {
  return [
    {
      name: 'desk',
      method: 'get',
      path: '/desk',
      access: 'official',
      handle: (visit: OfficialVisit) => showHome(services, visit),
    },
  ];
}

/** Where each thing that waits is seen to. */
const WAITS: readonly { readonly kind: keyof Waiting; readonly href: string; readonly text: string }[] = [
  { kind: 'batches', href: '/agency', text: 'desk.waitingBatches' },
  { kind: 'held', href: '/desk/held', text: 'desk.waitingHeld' },
  { kind: 'requests', href: '/desk/access', text: 'desk.waitingRequests' },
  { kind: 'endingDeliberations', href: '/desk/access', text: 'desk.waitingDeliberations' },
  { kind: 'failingWebhooks', href: '/desk/webhooks', text: 'desk.waitingWebhooks' },
  { kind: 'deadJobs', href: '/desk/operations', text: 'desk.waitingJobs' },
];

async function showHome(services: HomeServices, visit: OfficialVisit): Promise<PageReply> {
  const { texts, login } = visit;
  const places = placesOf(services, visit);
  const waiting = await whatWaits(services, deskAccessOf(visit));
  return deskPage(services, visit, {
    view: 'desk',
    title: texts.t('desk.title'),
    data: {
      organization: {
        enterpriseNumber: formatEnterpriseNumber(login.organization),
        name: await organizationName(services, login.organization, texts),
      },
      waits: WAITS.filter(
        ({ kind, href }) => waiting[kind] > 0 && places.some((one) => one.href === href),
      ).map(({ kind, href, text }) => ({ href, text: texts.t(text, { count: waiting[kind] }) })),
      places: places.map(({ href, text, about }) => ({ href, text: texts.t(text), about: texts.t(about) })),
    },
  });
}
