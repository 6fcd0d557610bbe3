/** The page of one flow: what an organisation ordered of it, in which form, to which key, and its runs. */
import { X509Certificate } from 'node:crypto';
import { type Flow, FORMAT_KINDS } from '../domain/flow.ts';
import { isUuid } from '../domain/identifier.ts';
import { consultInForce } from '../workflows/deliberate.ts';
import { consultRuns } from '../workflows/flow-consult.ts';
import { consultOrder, type FlowOrder, findFlow, orderFlow } from '../workflows/flow-order.ts';
import type { Services } from '../workflows/services.ts';
import { deskAccessOf } from './agency-access.ts';
import { deskPage, type FieldFault } from './desk.ts';
import { fieldOf } from './field.ts';
import { PageRefusal } from './refusal.ts';
import type { OfficialVisit, PageReply, Reply } from './route.ts';

type FlowServices = Pick<Services, 'database' | 'catalogue' | 'newId' | 'clock'>;

const PATH = '/desk/flows';
const RUNS = 50;
const LONGEST_CERTIFICATE = 12_000;

/** A flow that the organisation may receive; any other is as good as not there. */
export function findOwnFlow(services: Pick<Services, 'catalogue'>, visit: OfficialVisit): Flow {
  const flow = findFlow(services, visit.param('flowId'), visit.login.organization);
  if (flow === undefined) throw new PageRefusal('notFound');
  return flow;
}

interface Typed {
  readonly deliberation: string;
  readonly format: string;
  readonly certificate: string;
  readonly mail: string;
  readonly putsDown: boolean;
}

/** Shows the flow; `fault` is what was wrong with what was asked. */
export async function showFlow(
  services: FlowServices,
  visit: OfficialVisit,
  fault?: FieldFault,
  typed?: Typed,
): Promise<PageReply> {
  const { texts } = visit;
  const flow = findOwnFlow(services, visit);
  const access = deskAccessOf(visit);
  const ordered = await consultOrder(services, access, flow.id);
  const runs = await consultRuns(services, access, flow.id, { size: RUNS, before: undefined });
  const grounds = (await consultInForce(services, access)).filter(
    ({ flows, legalContext }) => flows.includes(flow.id) && legalContext === flow.legalContext,
  );
  const href = `${PATH}/${flow.id}`;
  return deskPage(services, visit, {
    view: 'flow',
    title: flow.name[texts.language],
    ...(fault && { status: 400 }),
    data: {
      faults: fault ? [fault] : [],
      href,
      flow,
      order: ordered && { ...ordered, certificateUntil: expiryOf(ordered) },
      typed: typed ?? typedFrom(ordered),
      formats: FORMAT_KINDS.filter((kind) => kind !== 'fixed' || hasWidths(flow)),
      grounds: grounds.map(({ deliberationId, number, purpose }) => ({
        value: deliberationId,
        text: texts.t('lookUp.ground', { number, purpose: purpose[texts.language] ?? purpose.nl }),
      })),
      runs: runs.map((run) => ({ ...run, href: `${href}/runs/${run.runId}` })),
      isUnderWay: runs.some(({ state }) => state === 'running' || state === 'closing'),
      needsCertificate: flow.row !== 'count',
      longestCertificate: LONGEST_CERTIFICATE,
    },
  });
}

function hasWidths({ columns }: Flow): boolean {
  return columns.every(({ width }) => width !== undefined);
}

function typedFrom(order: FlowOrder | undefined): Typed {
  return {
    deliberation: order?.deliberationId ?? '',
    format: order?.choices.format ?? '',
    certificate: order?.certificate ? new X509Certificate(order.certificate).toString() : '',
    mail: order?.mail ?? '',
    putsDown: order?.putsDown ?? false,
  };
}

function expiryOf({ certificate }: FlowOrder): Date | undefined {
  return certificate === null ? undefined : new Date(new X509Certificate(certificate).validTo);
}

/** What cannot be said on this page, such as the municipalities that were chosen, stays as it was ordered before. */
export async function order(services: FlowServices, visit: OfficialVisit): Promise<Reply> {
  const { texts } = visit;
  const flow = findOwnFlow(services, visit);
  const access = deskAccessOf(visit);
  const typed: Typed = {
    deliberation: fieldOf(visit, 'deliberation'),
    format: fieldOf(visit, 'format'),
    certificate: fieldOf(visit, 'certificate').slice(0, LONGEST_CERTIFICATE),
    mail: fieldOf(visit, 'mail').trim().slice(0, 254),
    putsDown: fieldOf(visit, 'putsDown') === 'yes',
  };
  const refuse = (field: string, key: string) =>
    showFlow(services, visit, { field, text: texts.t(key) }, typed);
  if (!isUuid(typed.deliberation)) return refuse('deliberation', 'flows.deliberationMissing');
  const certificate = readPem(typed.certificate);
  if (certificate === 'unreadable') return refuse('certificate', 'flows.certificateFault');
  const { format: _format, ...kept } = (await consultOrder(services, access, flow.id))?.choices ?? {};
  const format = FORMAT_KINDS.find((kind) => kind === typed.format);
  const outcome = await orderFlow(services, access, flow.id, {
    deliberationId: typed.deliberation,
    choices: { ...kept, ...(format && { format }) },
    certificate,
    mail: typed.mail === '' ? undefined : { address: typed.mail, language: texts.language },
    putsDown: typed.putsDown,
  });
  switch (outcome.kind) {
    case 'ordered':
      return { kind: 'redirect', to: `${PATH}/${flow.id}` };
    case 'notFound':
      throw new PageRefusal('notFound');
    case 'notAllowed':
      return refuse('deliberation', 'flows.notAllowed');
    case 'faulty': {
      const name = outcome.issues[0]?.name;
      if (name === 'certificate') return refuse('certificate', 'flows.certificateFault');
      return name === 'mail.address'
        ? refuse('mail', 'flows.mailFault')
        : refuse('format', 'flows.formatFault');
    }
  }
}

/** The first certificate of a PEM text, as DER; undefined for an empty text. */
function readPem(pem: string): Buffer | 'unreadable' | undefined {
  if (pem.trim() === '') return undefined;
  try {
    return new X509Certificate(pem).raw;
  } catch {
    return 'unreadable';
  }
}
