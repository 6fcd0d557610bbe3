/** The list of an eBox: searched and filtered, with an archive for what somebody wants out of sight. */
import { isUuid } from '../../domain/identifier.ts';
import { arrangeMessages } from '../../workflows/arrange.ts';
import { type InboxFilter, listUnreadFirst } from '../../workflows/inbox.ts';
import { searchAnywhere } from '../../workflows/search.ts';
import type { Services } from '../../workflows/services.ts';
import { itemOf } from '../message-item.ts';
import { pageNumber, pagination } from '../paging.ts';
import { readerOf } from '../reader.ts';
import { PageRefusal } from '../refusal.ts';
import type { PageRoute, PersonVisit, Reply } from '../route.ts';
import type { Texts } from '../texts.ts';

type ListServices = Pick<Services, 'database' | 'vault' | 'catalogue' | 'clock'>;

const PAGE_SIZE = 20;
/** Longer than any subject. */
const LONGEST_SEARCH = 100;

/** What somebody can look at, as the address names it. */
const VIEWS = {
  all: { visible: true },
  unread: { visible: true, readStatus: false },
  read: { visible: true, readStatus: true },
  archive: { visible: false },
} as const satisfies Record<string, InboxFilter>;
type View = keyof typeof VIEWS;

/** Gives the routes of `/inbox` and of the two forms by which a message goes into the archive and comes back. */
export function inboxListRoutes(services: ListServices): PageRoute[] {
  const onMessage = { method: 'post', form: 'fields', page: '/inbox/:messageId', access: 'person' } as const;
  return [
    {
      name: 'inbox',
      method: 'get',
      path: '/inbox',
      access: 'person',
      handle: (visit) => showList(services, visit),
    },
    {
      ...onMessage,
      name: 'archiveMessage',
      path: '/inbox/:messageId/archive',
      handle: (visit: PersonVisit) => arrange(services, visit, false),
    },
    {
      ...onMessage,
      name: 'restoreMessage',
      path: '/inbox/:messageId/restore',
      handle: (visit: PersonVisit) => arrange(services, visit, true),
    },
  ];
}

function tabsOf(t: Texts['t']): readonly { readonly name: View; readonly label: string }[] {
  return [
    { name: 'all', label: t('inbox.showAll') },
    { name: 'unread', label: t('inbox.showUnread') },
    { name: 'read', label: t('inbox.showRead') },
    { name: 'archive', label: t('inbox.showArchive') },
  ];
}

/** What the address asks for; anything else is everything. */
function askedIn({ request }: PersonVisit): { readonly view: View; readonly text: string } {
  const { show, q } = request.query;
  const view = Object.keys(VIEWS).find((one): one is View => one === show) ?? 'all';
  return { view, text: typeof q === 'string' ? q.trim().slice(0, LONGEST_SEARCH) : '' };
}

function addressOf(view: View, text: string): string {
  const query = new URLSearchParams({
    ...(view !== 'all' && { show: view }),
    ...(text !== '' && { q: text }),
  });
  return query.size === 0 ? '/inbox' : `/inbox?${query.toString()}`;
}

async function showList(services: ListServices, visit: PersonVisit): Promise<Reply> {
  const { texts, request } = visit;
  const { acting } = visit.login;
  const { view, text } = askedIn(visit);
  const reader = await readerOf(services, visit, 'inbox');
  const filter = { ...VIEWS[view], search: searchAnywhere(services, text) };
  const list = (page: number) =>
    reader === undefined
      ? { messages: [], total: 0, unread: 0 }
      : listUnreadFirst(services, reader, filter, { size: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE });
  const asked = pageNumber(request.query.page);
  const found = await list(asked);
  const pages = Math.ceil(found.total / PAGE_SIZE);
  // Beyond the last page is the last: that there is no message would not be true.
  const page = Math.min(asked, Math.max(1, pages));
  const { messages, total, unread } = page === asked ? found : await list(page);
  const now = services.clock();
  return {
    kind: 'page',
    view: 'inbox',
    title: texts.t('inbox.title'),
    data: {
      heading: acting ? texts.t('inbox.titleOf', { name: acting.name }) : texts.t('inbox.title'),
      messages: messages.map((message) => itemOf(services.catalogue, message, texts.language, now)),
      total,
      unread,
      text,
      shown: view,
      isNarrowed: view !== 'all' || text !== '',
      tabs: tabsOf(texts.t).map(({ name, label }) => ({
        href: addressOf(name, text),
        text: label,
        isCurrent: name === view,
      })),
      pages: pagination(addressOf(view, text), page, pages),
    },
  };
}

async function arrange(services: ListServices, visit: PersonVisit, isVisible: boolean): Promise<Reply> {
  const messageId = visit.param('messageId');
  const reader = await readerOf(services, visit, 'inbox');
  const isDone =
    reader !== undefined &&
    isUuid(messageId) &&
    (await arrangeMessages(services, reader, [{ messageId, isVisible }]));
  if (!isDone) throw new PageRefusal('notFound');
  return { kind: 'redirect', to: `/inbox/${messageId}` };
}
