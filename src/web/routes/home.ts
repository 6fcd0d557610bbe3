/** The front page: one door for each kind of user. */
import type { PageRoute } from '../route.ts';
import type { Texts } from '../texts.ts';

/** Gives the route of `/`. */
export function homeRoutes(): PageRoute[] {
  return [
    {
      name: 'home',
      method: 'get',
      path: '/',
      isListed: true,
      access: 'public',
      handle: ({ texts: { t } }) =>
        Promise.resolve({ kind: 'page', view: 'home', title: t('home.title'), data: { doors: doors(t) } }),
    },
  ];
}

function doors(t: Texts['t']) {
  return [
    {
      href: '/inbox',
      title: t('home.inboxTitle'),
      text: t('home.inboxText'),
      forWhom: t('home.inboxFor'),
    },
    {
      href: '/verify',
      title: t('home.verifyTitle'),
      text: t('home.verifyText'),
      forWhom: t('home.verifyFor'),
    },
    {
      href: '/desk',
      title: t('home.agencyTitle'),
      text: t('home.agencyText'),
      forWhom: t('home.agencyFor'),
    },
  ];
}
