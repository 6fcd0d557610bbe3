/** Tables of counts with their plot: what is hidden stays hidden, and the page says why. */

import { MOST_MONTHS, monthsBetween } from '../../domain/month-range.ts';
import { brusselsDate } from '../../domain/period.ts';
import { type Table, takePart } from '../../domain/statistics.ts';
import { writeJsonStat } from '../../flow/json-stat.ts';
import { writeTable } from '../../flow/table-csv.ts';
import { consultInForce, type DeliberationInForce } from '../../workflows/deliberate.ts';
import { makeTable } from '../../workflows/make-table.ts';
import type { Services } from '../../workflows/services.ts';
import { deskAccessOf } from '../agency-access.ts';
import { deskPage, type FieldFault } from '../desk.ts';
import { PageRefusal } from '../refusal.ts';
import type { OfficialVisit, PageReply, PageRoute, Reply } from '../route.ts';
import { shownTable } from '../shown-table.ts';

type StatisticsServices = Pick<Services, 'database' | 'catalogue' | 'clock'>;

const PATH = '/desk/statistics';

/** Gives the routes of `/desk/statistics`. */
export function deskStatisticsRoutes(services: StatisticsServices): PageRoute[] {
  const common = { access: 'official', right: 'statistics:read', method: 'get' } as const;
  return [
    {
      ...common,
      name: 'statistics',
      path: PATH,
      handle: (visit: OfficialVisit) => showStatistics(services, visit),
    },
    {
      ...common,
      name: 'statisticsCsv',
      path: `${PATH}/table.csv`,
      handle: (visit: OfficialVisit) =>
        download(services, visit, (table) => ({
          mediaType: 'text/csv; charset=utf-8',
          fileName: `${table.id}.csv`,
          content: Buffer.from(writeTable(table, visit.texts.language)),
        })),
    },
    {
      ...common,
      name: 'statisticsJson',
      path: `${PATH}/table.json`,
      handle: (visit: OfficialVisit) =>
        download(services, visit, (table) => ({
          mediaType: 'application/json',
          fileName: `${table.id}.json`,
          content: Buffer.from(JSON.stringify(writeJsonStat(table, visit.texts.language, services.clock()))),
        })),
    },
  ];
}

/** What the address asks for. */
interface Asked {
  readonly table: string;
  /** `<deliberation>/<status>`. */
  readonly ground: string;
  readonly from: string;
  readonly until: string;
  readonly part: string;
}

function askedIn({ request }: OfficialVisit): Asked {
  const text = (name: string) => {
    const value = request.query[name];
    return typeof value === 'string' ? value.slice(0, 100) : '';
  };
  return {
    table: text('table'),
    ground: text('ground'),
    from: text('from'),
    until: text('until'),
    part: text('part'),
  };
}

const MONTH = /^(?:19|20)\d{2}-(?:0[1-9]|1[0-2])$/;

/** Makes the table, or says what is in the way. */
async function tableOf(
  services: StatisticsServices,
  visit: OfficialVisit,
  { table, ground, from, until, part }: Asked,
  grounds: readonly DeliberationInForce[],
): Promise<{ readonly table: Table } | { readonly fault: FieldFault }> {
  const { t } = visit.texts;
  const fault = (field: string, key: string) => ({ fault: { field, text: t(key, { most: MOST_MONTHS }) } });
  if (!MONTH.test(from)) return fault('from', 'statistics.fromWrong');
  const months = monthsBetween(from, until === '' ? from : until);
  if (until !== '' && !MONTH.test(until)) return fault('until', 'statistics.fromWrong');
  if (months.length < 1 || months.length > MOST_MONTHS) return fault('until', 'statistics.untilWrong');
  const [deliberationId, status] = ground.split('/');
  const found = grounds.find((one) => one.deliberationId === deliberationId);
  const access = deskAccessOf(visit);
  const deliberated = found && {
    ...access,
    deliberationId: found.deliberationId,
    legalContext: found.legalContext,
  };
  const isOfUses = services.catalogue.statistics.tables.get(table)?.counts === 'uses';
  const wish = { tableId: table, status: isOfUses ? undefined : status || undefined, months };
  const outcome = await makeTable(services, { ...access, deliberated }, wish);
  switch (outcome.kind) {
    case 'unknownTable':
      return fault('table', 'statistics.tableMissing');
    case 'statusWanted':
    case 'notAllowed':
      return fault('ground', 'statistics.groundMissing');
    case 'statusUnfit':
      return fault('ground', 'statistics.statusUnfit');
    case 'made':
      return { table: (part !== '' && takePart(outcome.table, part)) || outcome.table };
  }
}

async function showStatistics(services: StatisticsServices, visit: OfficialVisit): Promise<PageReply> {
  const { texts } = visit;
  const asked = askedIn(visit);
  const grounds = await consultInForce(services, deskAccessOf(visit));
  const made = asked.table === '' ? undefined : await tableOf(services, visit, asked, grounds);
  const { tables } = services.catalogue.statistics;
  const lastMonth = brusselsDate(services.clock()).slice(0, 7);
  const faults = made !== undefined && 'fault' in made ? [made.fault] : [];
  return deskPage(services, visit, {
    view: 'statistics',
    title: texts.t('statistics.title'),
    ...(faults.length > 0 && { status: 400 }),
    data: {
      faults,
      asked: asked.table === '' ? { ...asked, from: lastMonth, until: '' } : asked,
      tables: [...tables].map(([value, { title }]) => ({ value, text: title[texts.language] })),
      grounds: groundChoices(services, visit, grounds),
      shown:
        made !== undefined && 'table' in made
          ? shownTable(made.table, { ...asked, path: PATH }, texts)
          : undefined,
    },
  });
}

function groundChoices(
  { catalogue }: StatisticsServices,
  { texts: { t, language } }: OfficialVisit,
  grounds: readonly DeliberationInForce[],
) {
  return grounds.map(({ deliberationId, number, purpose, statuses }) => ({
    name: t('lookUp.ground', { number, purpose: purpose[language] ?? purpose.nl }),
    questions: statuses.map((code) => ({
      value: `${deliberationId}/${code}`,
      text: catalogue.statusList.statuses.get(code)?.name[language] ?? code,
    })),
  }));
}

async function download(
  services: StatisticsServices,
  visit: OfficialVisit,
  write: (table: Table) => {
    readonly mediaType: string;
    readonly fileName: string;
    readonly content: Buffer;
  },
): Promise<Reply> {
  const grounds = await consultInForce(services, deskAccessOf(visit));
  const made = await tableOf(services, visit, askedIn(visit), grounds);
  if ('fault' in made) throw new PageRefusal('notFound');
  return { kind: 'file', isInline: false, ...write(made.table) };
}
