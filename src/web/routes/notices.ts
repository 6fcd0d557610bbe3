/** The page where people choose whether and in which language they are mailed that something lies in their eBox. */

import { PAGE_LANGUAGES } from '../../domain/language.ts';
import { NOTICES_PATH } from '../../domain/notices-path.ts';
import { changeNotices, readNotices } from '../../workflows/notices.ts';
import type { Services } from '../../workflows/services.ts';
import { fieldOf } from '../field.ts';
import { languageNames } from '../language.ts';
import { selfOf } from '../reader.ts';
import { PageRefusal } from '../refusal.ts';
import type { PageReply, PageRoute, PersonVisit, Reply } from '../route.ts';

type NoticesServices = Pick<Services, 'database'>;

/** Gives the page and its form. */
export function noticesRoutes(services: NoticesServices): PageRoute[] {
  return [
    {
      name: 'notices',
      method: 'get',
      path: NOTICES_PATH,
      access: 'person',
      handle: (visit) => showNotices(services, visit),
    },
    {
      name: 'changeNotices',
      method: 'post',
      form: 'fields',
      page: NOTICES_PATH,
      path: NOTICES_PATH,
      access: 'person',
      handle: (visit) => change(services, visit),
    },
  ];
}

/** Nobody chooses for another; nor do they see their own choice while they act for one. */
function ownReader(services: NoticesServices, visit: PersonVisit) {
  if (visit.login.acting !== undefined) throw new PageRefusal('notMandated');
  return selfOf(services, visit);
}

async function showNotices(services: NoticesServices, visit: PersonVisit): Promise<PageReply> {
  const { texts, request } = visit;
  const reader = await ownReader(services, visit);
  const notices = reader && (await readNotices(services, reader));
  const chosen = notices?.language ?? texts.language;
  const names = languageNames(texts);
  return {
    kind: 'page',
    view: 'notices',
    title: texts.t('notices.title'),
    data: {
      notices,
      isSaved: request.query.saved !== undefined,
      choices: PAGE_LANGUAGES.map((language) => ({
        language,
        name: names[language],
        isChosen: language === chosen,
      })),
    },
  };
}

async function change(services: NoticesServices, visit: PersonVisit): Promise<Reply> {
  const [wish, asked] = [fieldOf(visit, 'wish'), fieldOf(visit, 'language')];
  const language = PAGE_LANGUAGES.find((one) => one === asked);
  if ((wish !== 'yes' && wish !== 'no') || language === undefined) throw new PageRefusal('notFound');
  const reader = await ownReader(services, visit);
  const choice = { wantsNotices: wish === 'yes', language };
  const isKept = reader !== undefined && (await changeNotices(services, reader, choice));
  // The page says why nothing was kept: nobody is told who is not in the register.
  return { kind: 'redirect', to: isKept ? `${NOTICES_PATH}?saved` : NOTICES_PATH };
}
