/** The desk of officials: the batches of their organisation, and a form to send one. */
import { formatEnterpriseNumber } from '../../domain/enterprise-number.ts';
import { CSV_COLUMNS, csvTemplate } from '../../flow/quarantine-csv.ts';
import { type BatchRow, listBatches } from '../../workflows/batch-consult.ts';
import { submitBatch } from '../../workflows/batch-submit.ts';
import type { Services } from '../../workflows/services.ts';
import { agencyAccessOf } from '../agency-access.ts';
import { describeFileFault, readFileName, recogniseFile } from '../batch-file.ts';
import { shownState } from '../batch-page.ts';
import { deskMenu, organizationName } from '../desk.ts';
import type { OfficialVisit, PageReply, PageRoute, Reply } from '../route.ts';
import { discardRest } from '../upload.ts';

export type AgencyServices = Pick<
  Services,
  'database' | 'vault' | 'newId' | 'clock' | 'catalogue' | 'settings'
>;

const LISTED_BATCHES = 20;
/** As much as the API takes. */
const LARGEST_FILE_BYTES = 1024 * 1024 * 1024;

/** Gives the routes of `/agency`, its template, and the form that sends a batch. */
export function agencyRoutes(services: AgencyServices): PageRoute[] {
  return [
    {
      name: 'agency',
      method: 'get',
      path: '/agency',
      access: 'official',
      handle: (visit) => showDesk(services, visit),
    },
    {
      name: 'agencyTemplate',
      method: 'get',
      path: '/agency/template.csv',
      access: 'official',
      handle: () =>
        Promise.resolve({
          kind: 'file',
          mediaType: 'text/csv; charset=utf-8',
          fileName: 'quarantine.csv',
          isInline: false,
          content: Buffer.from(csvTemplate()),
        }),
    },
    {
      name: 'agencyBatches',
      method: 'post',
      form: 'file',
      page: '/agency',
      path: '/agency/batches',
      access: 'official',
      handle: (visit) => takeBatch(services, visit),
    },
  ];
}

async function showDesk(services: AgencyServices, visit: OfficialVisit, fault?: string): Promise<PageReply> {
  const { texts, login } = visit;
  const batches = await listBatches(services, agencyAccessOf(visit), LISTED_BATCHES);
  const title = texts.t('agency.title');
  return {
    kind: 'page',
    view: 'agency',
    title: fault === undefined ? title : texts.t('agency.faultTitle', { title }),
    ...(fault !== undefined && { status: 400 }),
    data: {
      organization: {
        enterpriseNumber: formatEnterpriseNumber(login.organization),
        name: await organizationName(services, login.organization, texts),
      },
      fault,
      columns: Object.entries(CSV_COLUMNS).map(([name, isNeeded]) => ({ name, isNeeded })),
      batches: batches.map(itemOf),
      desk: deskMenu(services, visit),
    },
  };
}

function itemOf({ batchId, fileName, state, progress, createdAt }: BatchRow) {
  return {
    href: `/agency/batches/${batchId}`,
    fileName,
    state: shownState(state),
    rows: progress.rows,
    faulty: progress.faulty,
    createdAt,
  };
}

async function takeBatch(services: AgencyServices, visit: OfficialVisit): Promise<Reply> {
  const { texts, request } = visit;
  try {
    const upload = await visit.receive(LARGEST_FILE_BYTES, async (file) => {
      const fileName = readFileName(file.name);
      const { form, chunks } = await recogniseFile(file);
      const options = { form, fileName, runsAtOnce: false };
      return submitBatch(services, agencyAccessOf(visit), options, chunks);
    });
    if (upload.kind === 'nothing') return await showDesk(services, visit, texts.t('fileFault.nothing'));
    return { kind: 'redirect', to: `/agency/batches/${upload.value}` };
  } catch (error) {
    const fault = describeFileFault(error, texts);
    if (fault === undefined) throw error;
    discardRest(request);
    return showDesk(services, visit, fault);
  }
}
