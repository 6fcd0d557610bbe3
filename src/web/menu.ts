/** The menu above every page. */
import { agentKindOf } from './acting.ts';
import type { Visit } from './route.ts';
import type { MenuItem } from './views.ts';

/** The pages that lead to the others; those of agencies are shown to who may act for one. */
export function menuOf({ request, login, texts: { t } }: Visit): readonly MenuItem[] {
  const kind = login?.acting && agentKindOf(login.acting);
  const isForPerson = kind !== 'employer';
  const places = [
    ...(isForPerson ? [{ href: '/inbox', text: t(kind ? 'page.inboxOfOther' : 'page.inbox') }] : []),
    ...(login !== undefined && isForPerson
      ? [{ href: '/my-data', text: t(kind ? 'page.dataOfOther' : 'page.myData') }]
      : []),
    { href: '/verify', text: t('page.verify') },
    ...(login?.organization === undefined || kind === 'person'
      ? []
      : [
          kind === 'employer'
            ? { href: '/agency', text: t('page.agency') }
            : { href: '/desk', text: t('page.desk') },
        ]),
    ...(login === undefined ? [] : [{ href: '/mandates', text: t('page.mandates') }]),
  ];
  return places.map((place) => ({
    ...place,
    isCurrent: isWithin(request.path, place.href),
  }));
}

/** Batches are part of the desk. */
function isWithin(path: string, href: string): boolean {
  const under = (place: string) => path === place || path.startsWith(`${place}/`);
  return under(href) || (href === '/desk' && under('/agency'));
}
