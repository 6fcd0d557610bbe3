/** One batch of an organisation: checked with every error of every row, started, followed, and its files taken back. */
import { ordersIn } from '../../domain/batch.ts';
import { isUuid } from '../../domain/identifier.ts';
import {
  approveBatch,
  type BatchRow,
  consultBatch,
  writeRejects,
  writeReport,
} from '../../workflows/batch-consult.ts';
import { controlBatch } from '../../workflows/batch-control.ts';
import { agencyAccessOf } from '../agency-access.ts';
import { batchPage } from '../batch-page.ts';
import { fieldOf } from '../field.ts';
import { PageRefusal } from '../refusal.ts';
import type { OfficialVisit, PageRoute, Reply } from '../route.ts';
import type { AgencyServices } from './agency.ts';

const PATH = '/agency/batches/:batchId';

/** Gives the routes of `/agency/batches/{batchId}` and what stands below it. */
export function batchRoutes(services: AgencyServices): PageRoute[] {
  return [
    {
      name: 'batch',
      method: 'get',
      path: PATH,
      access: 'official',
      handle: async (visit) => batchPage(services, visit, await findBatch(services, visit)),
    },
    {
      name: 'batchStart',
      method: 'post',
      form: 'fields',
      page: PATH,
      path: `${PATH}/start`,
      access: 'official',
      handle: (visit) => start(services, visit),
    },
    {
      name: 'batchOrder',
      method: 'post',
      form: 'fields',
      page: PATH,
      path: `${PATH}/order`,
      access: 'official',
      handle: (visit) => order(services, visit),
    },
    {
      name: 'batchReport',
      method: 'get',
      path: `${PATH}/report.csv`,
      access: 'official',
      handle: async (visit) => {
        const batch = await findBatch(services, visit);
        return download('report.csv', writeReport(services, agencyAccessOf(visit), batch));
      },
    },
    {
      name: 'batchRejects',
      method: 'get',
      path: `${PATH}/rejects`,
      access: 'official',
      handle: async (visit) => {
        const batch = await findBatch(services, visit);
        const fileName = batch.form === 'csv' ? 'rejects.csv' : 'rejects.xml';
        return download(fileName, writeRejects(services, agencyAccessOf(visit), batch));
      },
    },
  ];
}

/** Another organisation's batch is as good as not there. */
async function findBatch(services: AgencyServices, visit: OfficialVisit): Promise<BatchRow> {
  const batchId = visit.param('batchId');
  const batch = isUuid(batchId) ? await consultBatch(services, agencyAccessOf(visit), batchId) : undefined;
  if (batch === undefined) throw new PageRefusal('notFound');
  return batch;
}

/** Started before, by a second click or a colleague, it runs already: what the page shows is what was wanted. */
async function start(services: AgencyServices, visit: OfficialVisit): Promise<Reply> {
  const { batchId } = await findBatch(services, visit);
  await approveBatch(services, agencyAccessOf(visit), batchId);
  return { kind: 'redirect', to: `/agency/batches/${batchId}` };
}

/** What cannot be followed any more, because the batch is elsewhere by now, changes nothing: the page shows what is. */
async function order(services: AgencyServices, visit: OfficialVisit): Promise<Reply> {
  const { batchId, state } = await findBatch(services, visit);
  const asked = fieldOf(visit, 'order');
  const found = ordersIn(state).find((one) => one === asked);
  if (found !== undefined) await controlBatch(services, agencyAccessOf(visit), batchId, found);
  return { kind: 'redirect', to: `/agency/batches/${batchId}` };
}

function download(fileName: string, content: AsyncIterable<string>): Reply {
  const mediaType = fileName.endsWith('.csv') ? 'text/csv; charset=utf-8' : 'application/xml; charset=utf-8';
  return { kind: 'file', mediaType, fileName, isInline: false, content };
}
