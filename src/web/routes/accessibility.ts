/** The accessibility statement, by the Belgian template (act of 19 July 2018; Implementing Decision (EU) 2018/1523). */
import type { PageRoute } from '../route.ts';

/** When what the statement says was looked at last; it is to be looked at each year. */
const MADE_ON = new Date('2026-11-22T12:00:00Z');

/** Gives the route of `/accessibility`. */
export function accessibilityRoutes(): PageRoute[] {
  return [
    {
      name: 'accessibility',
      method: 'get',
      path: '/accessibility',
      isListed: true,
      access: 'public',
      handle: ({ texts: { t, date } }) => {
        const gaps = [
          t('accessibility.gapPeople'),
          t('accessibility.gapPdf'),
          t('accessibility.gapPicture'),
          t('accessibility.gapSenders'),
          t('accessibility.gapDeveloper'),
        ];
        const data = { gaps, madeOn: date(MADE_ON) };
        return Promise.resolve({
          kind: 'page',
          view: 'accessibility',
          title: t('accessibility.title'),
          data,
        });
      },
    },
  ];
}
