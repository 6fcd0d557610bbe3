/** The front page: one door for each kind of user. */
import type { PageRoute } from '../route.ts';

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
        Promise.resolve({ kind: 'page', view: 'home', title: t('home.title'), data: {} }),
    },
  ];
}
