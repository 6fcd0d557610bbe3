/** What people see of their own data: who consulted or verified what, when and why, with files to take away. */
import { whoOf, whyOf } from '../../domain/access-words.ts';
import { whatOf } from '../../domain/action-words.ts';
import { formatEnterpriseNumber, parseEnterpriseNumber } from '../../domain/enterprise-number.ts';
import type { PageLanguage } from '../../domain/language.ts';
import { writeAccessJson, writeAccessTable } from '../../workflows/access-file.ts';
import { type Access, allAccesses, listAccesses } from '../../workflows/accesses.ts';
import type { Services } from '../../workflows/services.ts';
import { readerOf } from '../reader.ts';
import type { PageReply, PageRoute, PersonVisit, Reply } from '../route.ts';
import type { Texts } from '../texts.ts';

type MyDataServices = Pick<Services, 'database' | 'catalogue'>;

const PATH = '/my-data';
const PAGE_SIZE = 25;

/** Gives the routes of `/my-data` and its files. */
export function myDataRoutes(services: MyDataServices): PageRoute[] {
  return [
    {
      name: 'myData',
      method: 'get',
      path: PATH,
      access: 'person',
      handle: (visit) => showAccesses(services, visit),
    },
    {
      name: 'myDataTable',
      method: 'get',
      path: `${PATH}/accesses.csv`,
      access: 'person',
      handle: (visit) => sendFile(services, visit, 'csv'),
    },
    {
      name: 'myDataRecord',
      method: 'get',
      path: `${PATH}/accesses.json`,
      access: 'person',
      handle: (visit) => sendFile(services, visit, 'json'),
    },
  ];
}

/** `?own` also shows what people did themselves; `?before=` goes on after the last access of a page. */
async function showAccesses(services: MyDataServices, visit: PersonVisit): Promise<PageReply> {
  const { texts, request } = visit;
  const { acting } = visit.login;
  const reader = await readerOf(services, visit, 'accesses');
  const withoutOwn = request.query.own === undefined;
  const before = cursorOf(request.query.before);
  const page = { size: PAGE_SIZE + 1, before, withoutOwn };
  const found = reader === undefined ? [] : await listAccesses(services, reader, page);
  const shown = found.slice(0, PAGE_SIZE);
  const last = shown.at(-1)?.accessId;
  return {
    kind: 'page',
    view: 'my-data',
    title: texts.t('myData.title'),
    data: {
      heading: acting ? texts.t('myData.titleOf', { name: acting.name }) : texts.t('myData.title'),
      days: byDay(shown, texts),
      own: withoutOwn ? '' : '?own',
      earlier: found.length > PAGE_SIZE ? `${PATH}?${withoutOwn ? '' : 'own&'}before=${last}` : undefined,
      isFirst: before === undefined,
    },
  };
}

function cursorOf(asked: unknown): string | undefined {
  return typeof asked === 'string' && /^\d{1,18}$/.test(asked) ? asked : undefined;
}

/** One heading for each day, as the clocks of Brussels have it; in the order of the list. */
function byDay(accesses: readonly Access[], texts: Texts) {
  const days: { readonly day: string; readonly accesses: object[] }[] = [];
  for (const access of accesses) {
    const day = texts.date(new Date(access.at));
    if (days.at(-1)?.day !== day) days.push({ day, accesses: [] });
    days.at(-1)?.accesses.push(itemOf(access, texts.language));
  }
  return days;
}

function itemOf(access: Access, language: PageLanguage) {
  const { accessId, at, action, ground, by, organizationName, organization, deliberation } = access;
  const number = organization === undefined ? undefined : parseEnterpriseNumber(organization);
  return {
    reference: accessId,
    at: new Date(at),
    what: whatOf(action)[language],
    who: (organizationName ?? whoOf(by))[language],
    enterpriseNumber: number && formatEnterpriseNumber(number),
    why: whyOf(action, ground, deliberation)[language],
    isSealed: access.leafIndex !== undefined,
  };
}

async function sendFile(
  services: MyDataServices,
  visit: PersonVisit,
  format: 'csv' | 'json',
): Promise<Reply> {
  const { request, texts } = visit;
  const fileName = `accesses.${format}`;
  const mediaType = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json';
  const file = { kind: 'file', mediaType, fileName, isInline: false } as const;
  // Whoever asks only whether it is there takes nothing away.
  if (request.method === 'HEAD') return { ...file, content: Buffer.alloc(0) };
  const reader = await readerOf(services, visit, 'accesses');
  const accesses =
    reader === undefined ? none() : allAccesses(services, reader, request.query.own === undefined);
  const content = format === 'csv' ? writeAccessTable(accesses, texts.language) : writeAccessJson(accesses);
  return { ...file, content };
}

async function* none(): AsyncGenerator<Access> {}
