/** What operators watch and do: the queue by lane, what was set aside, the seal, and the parts that we depend on. */
import { isUuid } from '../../domain/identifier.ts';
import { retryDeadJobs, showDeadJobs } from '../../workflows/dead-jobs.ts';
import { groupBy } from '../../workflows/group.ts';
import { oversee, type SealProbe } from '../../workflows/oversee.ts';
import type { Services } from '../../workflows/services.ts';
import { deskAccessOf } from '../agency-access.ts';
import { deskPage } from '../desk.ts';
import { fieldOf } from '../field.ts';
import { PageRefusal } from '../refusal.ts';
import type { OfficialVisit, PageReply, PageRoute, Reply } from '../route.ts';
import type { Texts } from '../texts.ts';

type OperationServices = Pick<
  Services,
  'database' | 'catalogue' | 'archive' | 'sealKeys' | 'sealing' | 'verifiers' | 'registry' | 'clock'
>;

const PATH = '/desk/operations';
const SHOWN_JOBS = 50;
/** From here on a number asks to be looked at. */
const LATE = { waitingSeconds: 600, lagSeconds: 300, certificateDays: 30 } as const;

/** Gives the routes of `/desk/operations`. */
export function operationRoutes(services: OperationServices): PageRoute[] {
  const common = { access: 'official', right: 'operations:manage', isForInstitution: true } as const;
  const form = { ...common, method: 'post', form: 'fields', page: PATH } as const;
  return [
    {
      ...common,
      name: 'operations',
      method: 'get',
      path: PATH,
      handle: (visit: OfficialVisit) => showOperations(services, visit),
    },
    {
      ...form,
      name: 'operationsRetry',
      path: `${PATH}/retry`,
      handle: (visit: OfficialVisit) => retry(services, visit),
    },
    {
      ...form,
      name: 'operationsProbe',
      path: `${PATH}/probe`,
      handle: async (visit: OfficialVisit): Promise<Reply> =>
        showOperations(services, visit, await services.sealing.probe()),
    },
  ];
}

async function showOperations(
  services: OperationServices,
  visit: OfficialVisit,
  probes?: readonly SealProbe[],
): Promise<PageReply> {
  const { texts, request } = visit;
  const overview = await oversee(services);
  const dead = await showDeadJobs(services);
  const { jobs, evidence, untold } = overview.gauges;
  const { done } = request.query;
  return deskPage(services, visit, {
    view: 'operations',
    title: texts.t('operations.title'),
    data: {
      retried: typeof done === 'string' && /^\d{1,6}$/.test(done) ? Number(done) : undefined,
      lanes: jobs.map((one) => ({
        ...one,
        waiting: durationText(one.waitingSeconds, texts),
        isLate: one.waitingSeconds > LATE.waitingSeconds,
      })),
      evidence: {
        ...evidence,
        lag: durationText(evidence.lagSeconds, texts),
        isLate: evidence.lagSeconds > LATE.lagSeconds,
      },
      untold,
      keys: overview.keys.map((key) => ({
        ...key,
        isLate: key.standing === 'current' && key.daysLeft < LATE.certificateDays,
      })),
      levels: overview.levels,
      probes,
      parts: partsOf(overview, texts),
      deadCount: dead.length,
      deadKinds: [...groupBy(dead, ({ kind }) => kind)].map(([kind, rows]) => ({
        kind,
        count: rows.length,
      })),
      dead: dead.slice(0, SHOWN_JOBS).map(({ payload, ...job }) => ({
        ...job,
        about: Object.values(payload)
          .filter((value) => typeof value === 'string')
          .join(' '),
      })),
    },
  });
}

/** The parts by name, and how each does. That this page is there says that the database is. */
function partsOf(
  { isArchiveUp, awaySince, verifiers, usesRegistry }: Awaited<ReturnType<typeof oversee>>,
  { t, dateTime }: Texts,
) {
  return [
    { name: t('operations.database'), isUp: true, text: t('operations.up') },
    {
      name: t('operations.archive'),
      isUp: isArchiveUp,
      text: t(isArchiveUp ? 'operations.up' : 'operations.down'),
    },
    {
      name: t('operations.sealLevel'),
      isUp: awaySince === undefined,
      text: awaySince ? t('operations.awaySince', { when: dateTime(awaySince) }) : t('operations.up'),
    },
    {
      name: t('operations.verifiers'),
      isUp: verifiers.network === 'none' || verifiers.processes === 0,
      text:
        verifiers.processes === 0
          ? t('operations.verifiersHere')
          : t('operations.verifierCount', { count: verifiers.processes }),
    },
    {
      name: t('operations.registry'),
      isUp: true,
      text: t(usesRegistry ? 'operations.otherRegistry' : 'operations.ownRegistry'),
    },
  ];
}

/** Whole minutes, or seconds below one. */
function durationText(seconds: number, { t }: Pick<Texts, 't'>): string {
  if (seconds < 60) return t('operations.seconds', { count: Math.round(seconds) });
  if (seconds < 7200) return t('operations.minutes', { count: Math.round(seconds / 60) });
  return t('operations.hours', { count: Math.round(seconds / 3600) });
}

/** `which` is `all`, `kind/<kind>` or `job/<id>`. Retried by somebody else meanwhile, nothing is left to do. */
async function retry(services: OperationServices, visit: OfficialVisit): Promise<Reply> {
  const [scope, name = ''] = fieldOf(visit, 'which').split('/');
  const { actor } = deskAccessOf(visit);
  const which = {
    jobId: scope === 'job' && isUuid(name) ? name : undefined,
    kind: scope === 'kind' && /^\w{1,40}$/.test(name) ? name : undefined,
  };
  if (scope !== 'all' && which.jobId === undefined && which.kind === undefined)
    throw new PageRefusal('wrongForm');
  const count = await retryDeadJobs(services, actor, which);
  return { kind: 'redirect', to: `${PATH}?done=${count}` };
}
