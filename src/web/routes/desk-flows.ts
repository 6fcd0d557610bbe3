/** Flows at the desk: which there are, the runs of one with their totals, and the files of a run. */
import { isUuid } from '../../domain/identifier.ts';
import { askForRun, consultRun, type FlowRun, fetchFile, listFlows } from '../../workflows/flow-consult.ts';
import { cancelOrder, consultOrder } from '../../workflows/flow-order.ts';
import { tellAgain } from '../../workflows/flow-tell.ts';
import type { Services } from '../../workflows/services.ts';
import { deskAccessOf } from '../agency-access.ts';
import { deskPage } from '../desk.ts';
import { fieldOf } from '../field.ts';
import { findOwnFlow, order, showFlow } from '../flow-page.ts';
import { PageRefusal } from '../refusal.ts';
import type { OfficialVisit, PageReply, PageRoute, Reply } from '../route.ts';

type FlowServices = Pick<
  Services,
  'database' | 'catalogue' | 'archive' | 'vault' | 'newId' | 'clock' | 'settings'
>;

const PATH = '/desk/flows';
const FLOW = `${PATH}/:flowId`;
const RUN = `${FLOW}/runs/:runId`;
/** Read again so often while a run is going on. */
const REFRESH_SECONDS = 5;

/** Gives the routes of `/desk/flows`. */
export function deskFlowRoutes(services: FlowServices): PageRoute[] {
  const read = { access: 'official', right: 'flows:run', method: 'get' } as const;
  const form = { access: 'official', right: 'flows:run', method: 'post', form: 'fields' } as const;
  return [
    { ...read, name: 'flows', path: PATH, handle: (visit: OfficialVisit) => showFlows(services, visit) },
    { ...read, name: 'flow', path: FLOW, handle: (visit: OfficialVisit) => showFlow(services, visit) },
    {
      ...form,
      name: 'flowOrder',
      path: `${FLOW}/order`,
      page: FLOW,
      handle: (visit: OfficialVisit) => order(services, visit),
    },
    {
      ...form,
      name: 'flowCancel',
      path: `${FLOW}/cancel`,
      page: FLOW,
      handle: async (visit: OfficialVisit): Promise<Reply> => {
        const { id } = findOwnFlow(services, visit);
        await cancelOrder(services, deskAccessOf(visit), id);
        return { kind: 'redirect', to: `${PATH}/${id}` };
      },
    },
    {
      ...form,
      name: 'flowRun',
      path: `${FLOW}/run`,
      page: FLOW,
      handle: (visit: OfficialVisit) => run(services, visit),
    },
    { ...read, name: 'run', path: RUN, handle: (visit: OfficialVisit) => showRun(services, visit) },
    {
      ...read,
      name: 'runFile',
      path: `${RUN}/files/:fileId`,
      handle: (visit: OfficialVisit) => download(services, visit),
    },
    {
      ...form,
      name: 'runTell',
      path: `${RUN}/tell`,
      page: RUN,
      handle: async (visit: OfficialVisit): Promise<Reply> => {
        const { runId, flow } = (await findRun(services, visit)).run;
        const isTold = await tellAgain(services, deskAccessOf(visit), runId);
        return { kind: 'redirect', to: `${PATH}/${flow}/runs/${runId}${isTold ? '?done=told' : ''}` };
      },
    },
  ];
}

async function showFlows(services: FlowServices, visit: OfficialVisit): Promise<PageReply> {
  const { t, language } = visit.texts;
  const found = await listFlows(services, deskAccessOf(visit));
  const flows = found.map(({ flow, isOrdered, lastRun }) => ({
    href: `${PATH}/${flow.id}`,
    title: flow.name[language],
    isOrdered,
    lastRun,
  }));
  return deskPage(services, visit, { view: 'flows', title: t('flows.title'), data: { flows } });
}

/** A second click finds that a run is under way, which is what was wanted. */
async function run(services: FlowServices, visit: OfficialVisit): Promise<Reply> {
  const { id } = findOwnFlow(services, visit);
  const wish = { choices: {}, isWhole: fieldOf(visit, 'whole') === 'yes' };
  const outcome = await askForRun(services, deskAccessOf(visit), id, wish);
  switch (outcome.kind) {
    case 'begun':
      return { kind: 'redirect', to: `${PATH}/${id}/runs/${outcome.runId}` };
    case 'open':
    case 'due':
      return { kind: 'redirect', to: `${PATH}/${id}` };
    case 'notFound':
      throw new PageRefusal('notFound');
    case 'notOrdered':
      return showFlow(services, visit, { field: 'run', text: visit.texts.t('flows.notOrdered') });
    case 'keyExpired':
      return showFlow(services, visit, { field: 'certificate', text: visit.texts.t('flows.keyExpired') });
    case 'notAllowed':
    case 'faulty':
      return showFlow(services, visit, { field: 'run', text: visit.texts.t('flows.notAllowed') });
  }
}

async function findRun(services: FlowServices, visit: OfficialVisit) {
  const runId = visit.param('runId');
  const found = isUuid(runId) ? await consultRun(services, deskAccessOf(visit), runId) : undefined;
  if (found === undefined || found.run.flow !== visit.param('flowId')) throw new PageRefusal('notFound');
  return found;
}

async function showRun(services: FlowServices, visit: OfficialVisit): Promise<PageReply> {
  const { texts, request } = visit;
  const { run: row, files } = await findRun(services, visit);
  const flow = findOwnFlow(services, visit);
  const href = `${PATH}/${flow.id}/runs/${row.runId}`;
  const isOpen = isUnderWay(row);
  const ordered = await consultOrder(services, deskAccessOf(visit), flow.id);
  return deskPage(services, visit, {
    view: 'flow-run',
    title: texts.t('flows.runTitle', { number: row.runNumber, flow: flow.name[texts.language] }),
    ...(isOpen && { refreshSeconds: REFRESH_SECONDS }),
    data: {
      href,
      flowHref: `${PATH}/${flow.id}`,
      run: row,
      isOpen,
      mayTell: (ordered?.mail ?? null) !== null,
      isTold: request.query.done === 'told',
      files: files.map(({ fileId, name, rowCount, personCount, bytes, handedBytes, ...file }) => ({
        href: `${href}/files/${fileId}`,
        name,
        rowCount,
        personCount,
        kilobytes: Math.ceil((handedBytes ?? bytes ?? 0) / 1024),
        sha256: (file.handedSha256 ?? file.sha256)?.toString('hex'),
      })),
    },
  });
}

function isUnderWay({ state }: FlowRun): boolean {
  return state === 'running' || state === 'closing';
}

async function download(services: FlowServices, visit: OfficialVisit): Promise<Reply> {
  const { run: row } = await findRun(services, visit);
  const fileId = visit.param('fileId');
  if (!isUuid(fileId)) throw new PageRefusal('notFound');
  const fetched = await fetchFile(services, deskAccessOf(visit), row.runId, fileId);
  if (fetched.kind === 'notAllowed') throw new PageRefusal('noRight');
  if (fetched.kind !== 'file') throw new PageRefusal('notFound');
  const { mediaType, name: fileName, content } = fetched;
  return { kind: 'file', isInline: false, mediaType, fileName, content };
}
