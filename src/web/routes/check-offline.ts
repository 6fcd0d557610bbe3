/** The page on which a browser checks a code by itself, also without internet. */
import type { Catalogue } from '../../catalogue/catalogue.ts';
import { CHECK_PAGE } from '../check-worker.ts';
import { offlineVerdicts } from '../offline-verdict.ts';
import type { PageReply, PageRoute, Visit } from '../route.ts';

/** Gives the route of the page. */
export function checkOfflineRoutes({ catalogue }: { readonly catalogue: Catalogue }): PageRoute[] {
  return [
    {
      name: 'verifyOffline',
      method: 'get',
      path: CHECK_PAGE,
      isListed: true,
      access: 'public',
      handle: (visit) => Promise.resolve(showPage(visit, catalogue)),
    },
  ];
}

function showPage({ texts }: Visit, { types }: Pick<Catalogue, 'types'>): PageReply {
  const { language, t } = texts;
  // Documents are not written in English, and the code does not say in which language its own is.
  const shown = language === 'en' ? 'fr' : language;
  return {
    kind: 'page',
    view: 'check',
    title: t('scan.title'),
    usesCamera: true,
    data: {
      verdicts: Object.entries(offlineVerdicts(texts)).map(([kind, verdict]) => ({ kind, verdict })),
      types: [...types.values()].map(({ id, texts: own }) => ({ id, title: own[shown].title })),
      typeLanguage: shown === language ? undefined : shown,
      facts: [
        { name: 'type', label: t('facts.type') },
        { name: 'number', label: t('facts.number') },
        { name: 'initials', label: t('offline.initials') },
        { name: 'birthYear', label: t('offline.birthYear') },
        { name: 'period', label: t('offline.period') },
        { name: 'issuedAt', label: t('facts.issuedAt') },
        { name: 'issuer', label: t('offline.issuer') },
        { name: 'expiresAt', label: t('offline.expiresAt') },
      ],
    },
  };
}
