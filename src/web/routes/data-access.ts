/** What an organisation asked for, what the Information Security Committee allows it, and what ends soon. */
import type { RequestState } from '../../domain/access-request.ts';
import { ANNOUNCED_DAYS, type DataUse, daysBetween, stateOf } from '../../domain/deliberation.ts';
import { formatEnterpriseNumber, parseEnterpriseNumber } from '../../domain/enterprise-number.ts';
import { isUuid } from '../../domain/identifier.ts';
import { consultDeliberations, type DeliberationRow } from '../../workflows/deliberate.ts';
import { asInstitution } from '../../workflows/institution.ts';
import { nameOrganization } from '../../workflows/name-organization.ts';
import {
  analyseRequest,
  consultRequest,
  consultRequests,
  decideRequest,
  type RequestRow,
  type StepOutcome,
  stateOfRequest,
} from '../../workflows/request-access.ts';
import type { Services } from '../../workflows/services.ts';
import { deskAccessOf } from '../agency-access.ts';
import { deskPage, type FieldFault } from '../desk.ts';
import { fieldOf } from '../field.ts';
import { readFreeText } from '../free-text.ts';
import { PageRefusal } from '../refusal.ts';
import type { OfficialVisit, PageReply, PageRoute, Reply } from '../route.ts';
import type { Texts } from '../texts.ts';
import { describeUse } from '../use-text.ts';

type AccessServices = Pick<Services, 'database' | 'catalogue'>;

const PATH = '/desk/access';
/** Where a request is made. */
const ASK_PATH = `${PATH}/ask`;
const REQUEST = `${PATH}/requests/:requestId`;
const SHOWN = 50;
const LONGEST_REASON = 500;

/** Gives the routes of `/desk/access`. */
export function dataAccessRoutes(services: AccessServices): PageRoute[] {
  const common = { access: 'official', right: 'access:manage' } as const;
  return [
    {
      ...common,
      name: 'dataAccess',
      method: 'get',
      path: PATH,
      handle: (visit: OfficialVisit) => showAccess(services, visit),
    },
    {
      ...common,
      name: 'dataRequest',
      method: 'get',
      path: REQUEST,
      handle: async (visit: OfficialVisit): Promise<Reply> =>
        showRequest(services, visit, await findOwn(services, visit)),
    },
    {
      ...common,
      name: 'dataRequestStep',
      method: 'post',
      form: 'fields',
      page: REQUEST,
      path: `${REQUEST}/step`,
      isForInstitution: true,
      handle: (visit: OfficialVisit) => takeStep(services, visit),
    },
  ];
}

async function showAccess(services: AccessServices, visit: OfficialVisit): Promise<PageReply> {
  const { t } = visit.texts;
  const access = deskAccessOf(visit);
  const page = { size: SHOWN, before: undefined };
  const requests = await consultRequests(services, access, page);
  const deliberations = await consultDeliberations(services, access, page);
  const names = await namesOf(services, [...requests, ...deliberations]);
  return deskPage(services, visit, {
    view: 'data-access',
    title: t('access.title'),
    data: {
      askHref: ASK_PATH,
      requests: requests.map((row) => requestItem(row, names, visit.texts)),
      deliberations: deliberations.map((row) => ({
        ...deliberationItem(row, names, visit.texts),
        use: describeUse(services, row, visit.texts),
      })),
    },
  });
}

/** What organisations are called, each asked once. */
async function namesOf(
  services: AccessServices,
  rows: readonly { readonly organization: string }[],
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const number of new Set(rows.map(({ organization }) => organization))) {
    const parsed = parseEnterpriseNumber(number);
    if (parsed === undefined) continue;
    const shown = formatEnterpriseNumber(parsed);
    const name = await nameOrganization(services, parsed);
    names.set(number, name === undefined ? shown : `${name} (${shown})`);
  }
  return names;
}

const TONES: Readonly<Record<RequestState, string>> = {
  asked: 'plain',
  inAnalysis: 'warn',
  granted: 'good',
  refused: 'bad',
};

function purposeIn({ purpose }: Pick<DataUse, 'purpose'>, { language }: Pick<Texts, 'language'>): string {
  return purpose[language] ?? purpose.nl;
}

function requestItem(row: RequestRow, names: ReadonlyMap<string, string>, texts: Texts) {
  const state = stateOfRequest(row);
  return {
    href: `${PATH}/requests/${row.requestId}`,
    title: purposeIn(row, texts),
    organization: names.get(row.organization),
    askedAt: row.askedAt,
    state: texts.t(`access.${state}`),
    tone: TONES[state],
  };
}

function deliberationItem(row: DeliberationRow, names: ReadonlyMap<string, string>, texts: Texts) {
  const { number, validFrom, validUntil, today, endedAt, isReplaced } = row;
  const state = stateOf(row, { isEnded: endedAt !== null, isReplaced }, today);
  const days = daysBetween(today, validUntil);
  const endsSoon = state === 'inForce' && days <= ANNOUNCED_DAYS;
  const tones = { future: 'plain', inForce: 'good', replaced: 'quiet', expired: 'bad', ended: 'bad' };
  return {
    title: texts.t('access.deliberation', { number }),
    purpose: purposeIn(row, texts),
    legalContext: row.legalContext,
    organization: names.get(row.organization),
    validFrom,
    validUntil,
    state: endsSoon ? texts.t('access.endsSoon', { days }) : texts.t(`access.${state}`),
    tone: endsSoon ? 'warn' : tones[state],
  };
}

async function findOwn(services: AccessServices, visit: OfficialVisit): Promise<RequestRow> {
  const id = visit.param('requestId');
  const found = isUuid(id) ? await consultRequest(services, deskAccessOf(visit), id) : undefined;
  if (found === undefined) throw new PageRefusal('notFound');
  return found;
}

async function showRequest(
  services: AccessServices,
  visit: OfficialVisit,
  row: RequestRow,
  { faults = [], typed = '' }: { readonly faults?: readonly FieldFault[]; readonly typed?: string } = {},
): Promise<PageReply> {
  const { texts } = visit;
  const names = await namesOf(services, [row]);
  const access = deskAccessOf(visit);
  const state = stateOfRequest(row);
  const isDecided = state === 'granted' || state === 'refused';
  const mayDecide = !isDecided && asInstitution(services, access) !== undefined;
  const item = requestItem(row, names, texts);
  return deskPage(services, visit, {
    view: 'data-request',
    title: item.title,
    ...(faults.length > 0 && { status: 400 }),
    data: {
      faults,
      typed,
      item,
      isAsked: state === 'asked',
      validFrom: row.validFrom,
      validUntil: row.validUntil,
      use: describeUse(services, row, texts),
      steps: row.steps.map((step) => ({
        state: texts.t(`access.${step.state}`),
        reasons: step.reasons,
        takenAt: new Date(step.takenAt),
      })),
      longestReason: LONGEST_REASON,
      mayDecide,
      grounds: mayDecide ? await groundsFor(services, visit, row) : [],
    },
  });
}

/** The deliberations of the organisation that asked, and which of them still hold. */
async function groundsFor(services: AccessServices, visit: OfficialVisit, { organization }: RequestRow) {
  const page = { size: 200, before: undefined };
  const found = await consultDeliberations(services, deskAccessOf(visit), page);
  const names = new Map<string, string>();
  return found
    .filter((one) => one.organization === organization && one.endedAt === null && one.today <= one.validUntil)
    .map((one) => {
      const { title, purpose } = deliberationItem(one, names, visit.texts);
      return { value: one.deliberationId, text: `${title}: ${purpose}` };
    });
}

async function takeStep(services: AccessServices, visit: OfficialVisit): Promise<Reply> {
  const { t } = visit.texts;
  const row = await findOwn(services, visit);
  const institution = asInstitution(services, deskAccessOf(visit));
  if (institution === undefined) throw new PageRefusal('noRight');
  const step = fieldOf(visit, 'step');
  const { requestId } = row;
  const back: Reply = { kind: 'redirect', to: `${PATH}/requests/${requestId}` };
  if (step === 'analyse') {
    await analyseRequest(services, institution, requestId);
    return back;
  }
  if (step === 'grant') {
    const deliberationId = fieldOf(visit, 'deliberation');
    const outcome: StepOutcome = isUuid(deliberationId)
      ? await decideRequest(services, institution, requestId, { outcome: 'granted', deliberationId })
      : { kind: 'notCovered', faults: ['deliberationId'] };
    if (outcome.kind !== 'notCovered') return back;
    const parts = outcome.faults.map((fault) => t(`access.${fault}Fault`)).join(', ');
    return showRequest(services, visit, row, {
      faults: [{ field: 'deliberation', text: t('access.notCovered', { parts }) }],
    });
  }
  if (step !== 'refuse') throw new PageRefusal('wrongForm');
  const typed = fieldOf(visit, 'reason').slice(0, 2 * LONGEST_REASON);
  const reason = readFreeText(typed, LONGEST_REASON);
  if ('fault' in reason)
    return showRequest(services, visit, row, { faults: [{ field: 'reason', text: t(reason.fault) }], typed });
  await decideRequest(services, institution, requestId, { outcome: 'refused', reasons: reason.text });
  return back;
}
