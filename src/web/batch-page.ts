/** The page of a batch: what it shows depends on how far the batch is. */
import {
  type BatchState,
  canaryState,
  fileFormOf,
  isAtRest,
  ordersIn,
  ROW_OUTCOMES,
} from '../domain/batch.ts';
import { formatEnterpriseNumber } from '../domain/enterprise-number.ts';
import { employerOfMandate } from '../workflows/act.ts';
import { type BatchRow, countDeclared, listRows } from '../workflows/batch-consult.ts';
import { consultFaults, type FaultKind, type Faults } from '../workflows/batch-faults.ts';
import { consultForecast } from '../workflows/batch-forecast.ts';
import { awaitsSecond, isOwnSubmission } from '../workflows/batch-guard.ts';
import { nameOrganization } from '../workflows/name-organization.ts';
import type { Services } from '../workflows/services.ts';
import { agencyAccessOf } from './agency-access.ts';
import { type AnomalyText, explainAnomaly } from './anomaly-text.ts';
import { deskMenu } from './desk.ts';
import { pageNumber, pagination } from './paging.ts';
import type { OfficialVisit, PageReply } from './route.ts';
import { shownForecast } from './shown-forecast.ts';

const ROWS_A_PAGE = 50;
/** Read again so often while something is going on; without script a page is read whole, which is more to look through. */
const LIVE_SECONDS = 2;
const REFRESH_SECONDS = 5;

type PageServices = Pick<Services, 'database' | 'settings' | 'catalogue' | 'clock'>;

/** Makes the page of a batch as it stands now. */
export async function batchPage(
  services: PageServices,
  visit: OfficialVisit,
  batch: BatchRow,
): Promise<PageReply> {
  const { t, dateTime } = visit.texts;
  const isOpen = !isAtRest(batch.state);
  const isWaiting = canaryState(batch) === 'waiting';
  const title = t('batch.title', { when: dateTime(batch.createdAt) });
  return {
    kind: 'page',
    view: 'batch',
    title: `${t(`batch.${shownState(batch.state)}State`)} – ${title}`,
    ...(isOpen && !isWaiting && { refreshSeconds: REFRESH_SECONDS }),
    data: {
      // A day and its month stay together.
      heading: title.replace(/(\d) (?=\p{L}+ \d{4})/u, '$1\u00a0'),
      batch,
      state: shownState(batch.state),
      isForAnother: awaitsSecond(services, batch) && isOwnSubmission(agencyAccessOf(visit), batch),
      href: hrefOf(batch),
      desk: deskMenu(services, visit),
      ...(isWaiting && { canary: await canaryOf(services, visit, batch) }),
      canaryRows: canaryState(batch) && batch.canaryRows,
      employer: await employerOf(services, visit, batch),
      forecast: batch.state === 'checked' ? await forecastOf(services, visit, batch) : undefined,
      ...(isOpen ? { progress: await progressOf(services, batch) } : await resultOf(services, visit, batch)),
    },
  };
}

const SHOWN_ROWS = 50;

/** The rows that were issued first, for whoever lets the batch go on. */
async function canaryOf(services: Pick<Services, 'database'>, visit: OfficialVisit, batch: BatchRow) {
  const rows = batch.canaryRows ?? 0;
  const page = { after: 0, limit: Math.min(rows, SHOWN_ROWS) };
  return { rows, shown: await listRows(services, agencyAccessOf(visit), batch, page) };
}

async function forecastOf(services: PageServices, visit: OfficialVisit, batch: BatchRow) {
  const forecast = await consultForecast(services, agencyAccessOf(visit), batch);
  return forecast && shownForecast(services, forecast, visit.texts);
}

/** For which employer it was sent, whether or not the mandate is still in force. */
async function employerOf(
  services: Pick<Services, 'database'>,
  { login }: OfficialVisit,
  { mandateId }: BatchRow,
): Promise<string | undefined> {
  const number =
    mandateId === null ? undefined : await employerOfMandate(services, login.organization, mandateId);
  return number && ((await nameOrganization(services, number)) ?? formatEnterpriseNumber(number));
}

/** A batch that is still being received is nobody's yet, so there is no page of it. */
export function shownState(state: BatchState): Exclude<BatchState, 'receiving'> {
  return state === 'receiving' ? 'checking' : state;
}

function hrefOf({ batchId }: BatchRow): string {
  return `/agency/batches/${batchId}`;
}

/** A batch is declared faster than the attestations come that end its rows, so a run has two bars. */
async function progressOf(services: Pick<Services, 'database'>, batch: BatchRow) {
  const { state, checked, progress } = batch;
  // Recalling stands where a batch is looked back upon.
  const orders = ordersIn(state).filter((order) => order !== 'recall');
  const bars =
    state !== 'checking' && state !== 'receiving'
      ? [
          { text: 'declaredProgress', done: await countDeclared(services, batch) },
          { text: 'runningProgress', done: progress.ended },
        ]
      : [{ text: 'checkingProgress', done: checked }];
  return { bars, orders, total: progress.rows, liveSeconds: LIVE_SECONDS };
}

async function resultOf(services: Pick<Services, 'database'>, visit: OfficialVisit, batch: BatchRow) {
  const { request, texts } = visit;
  const kind: FaultKind = request.query.rows === 'warned' ? 'warned' : 'refused';
  const consult = (page: number) => {
    const slice = { kind, size: ROWS_A_PAGE, offset: (page - 1) * ROWS_A_PAGE };
    return consultFaults(services, agencyAccessOf(visit), batch, slice);
  };
  const asked = pageNumber(request.query.page);
  const found = await consult(asked);
  // Beyond the last page is the last: that there is no row would say that no row has an error.
  const page = Math.min(asked, Math.max(1, pageCount(found, kind)));
  const faults = page === asked ? found : await consult(page);
  const explain = (code: string) => explainAnomaly(code, fileFormOf(batch.form), texts.language);
  return {
    outcomes: ROW_OUTCOMES.map((outcome) => ({ outcome, rows: batch.progress.outcomes[outcome] })),
    accepted: batch.progress.rows - faults.counts.refused,
    refused: faults.counts.refused,
    warned: faults.counts.warned,
    kind,
    anomalies: faults.anomalies.map(({ code, rows }) => ({ ...explain(code), rows })),
    faultyRows: faults.rows.map((row) => ({ ...row, anomalies: errorsFirst(row.anomalies.map(explain)) })),
    pages: pagesOf(hrefOf(batch), page, faults, kind),
  };
}

function errorsFirst(anomalies: readonly AnomalyText[]): readonly AnomalyText[] {
  return [...anomalies].sort((one, other) => Number(other.isBlocking) - Number(one.isBlocking));
}

function pagesOf(href: string, page: number, faults: Faults, kind: FaultKind) {
  const path = kind === 'refused' ? href : `${href}?rows=warned`;
  return pagination(path, page, pageCount(faults, kind));
}

function pageCount({ counts }: Faults, kind: FaultKind): number {
  return Math.ceil(counts[kind] / ROWS_A_PAGE);
}
