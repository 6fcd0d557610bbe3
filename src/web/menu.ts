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
      : [{ href: '/agency', text: t('page.agency') }]),
    ...(login === undefined ? [] : [{ href: '/mandates', text: t('page.mandates') }]),
  ];
  return places.map((place) => ({
    ...place,
    isCurrent: request.path === place.href || request.path.startsWith(`${place.href}/`),
  }));
}
