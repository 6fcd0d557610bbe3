/** For whom somebody acts: chosen here and given up here; and who may act for them. */
import type { Sessions } from '../../access/session.ts';
import { formatEnterpriseNumber, parseEnterpriseNumber } from '../../domain/enterprise-number.ts';
import { isUuid } from '../../domain/identifier.ts';
import { stateOf } from '../../domain/mandate.ts';
import { type ActedForRow, beginActing, listEmployers } from '../../workflows/act.ts';
import { consultOwnMandates, type PersonalMandateRow } from '../../workflows/mandate.ts';
import type { Services } from '../../workflows/services.ts';
import { actingOf, agentOf } from '../acting.ts';
import { fieldOf } from '../field.ts';
import { selfOf } from '../reader.ts';
import type { PageReply, PageRoute, PersonVisit, Reply } from '../route.ts';

type MandateServices = Pick<Services, 'database'>;

const PATH = '/mandates';
/** A payroll provider acts for thousands: the others are found by their number. */
const LISTED_EMPLOYERS = 20;

/** Gives the routes of `/mandates` and the forms on it. */
export function mandateRoutes(services: MandateServices, { sessions }: { sessions: Sessions }): PageRoute[] {
  const common = { access: 'person', isAboutLogin: true } as const;
  const form = { ...common, method: 'post', form: 'fields', page: PATH } as const;
  return [
    {
      ...common,
      name: 'mandates',
      method: 'get',
      path: PATH,
      handle: (visit: PersonVisit) => showMandates(services, visit),
    },
    {
      ...form,
      name: 'chooseMandate',
      path: `${PATH}/choose`,
      handle: (visit: PersonVisit) => choose(services, sessions, visit),
    },
    {
      ...form,
      name: 'endMandate',
      path: `${PATH}/end`,
      handle: async (visit: PersonVisit): Promise<Reply> => {
        await sessions.actFor(visit.request, undefined);
        return { kind: 'redirect', to: PATH };
      },
    },
  ];
}

/** What was wrong with what was chosen. */
type Fault = 'mandates.notInForce' | 'mandates.noEmployer' | 'mandates.wrongNumber';

async function showMandates(
  services: MandateServices,
  visit: PersonVisit,
  fault?: Fault,
  number = '',
): Promise<PageReply> {
  const { texts, login } = visit;
  const reader = await selfOf(services, visit);
  const rows = reader === undefined ? [] : await consultOwnMandates(services, reader);
  const shown = rows.map(itemOf).filter(({ state }) => state === 'inForce' || state === 'future');
  const { organization } = login;
  const employers =
    organization === undefined
      ? undefined
      : await listEmployers(services, organization, { limit: LISTED_EMPLOYERS });
  const title = texts.t('mandates.title');
  return {
    kind: 'page',
    view: 'mandates',
    title: fault === undefined ? title : texts.t('mandates.faultTitle', { title }),
    ...(fault !== undefined && { status: fault === 'mandates.wrongNumber' ? 400 : 404 }),
    data: {
      fault: fault && texts.t(fault),
      isNumberWrong: fault === 'mandates.noEmployer' || fault === 'mandates.wrongNumber',
      typed: number,
      current: login.acting?.mandateId,
      held: shown.filter(({ isAgent, state }) => isAgent && state === 'inForce'),
      given: shown.filter(({ isAgent }) => !isAgent),
      employers: employers?.map(employerOf),
    },
  };
}

function itemOf({
  mandateId,
  kind,
  isAgent,
  validFrom,
  validUntil,
  revokedAt,
  today,
  ...row
}: PersonalMandateRow) {
  const term = { validFrom, ...(validUntil !== null && { validUntil }) };
  const name = `${row.otherGivenName} ${row.otherFamilyName}`;
  return { mandateId, kind, isAgent, name, ...term, state: stateOf(term, revokedAt !== null, today) };
}

function employerOf(row: ActedForRow) {
  const { mandateId, name, employer, validUntil } = actingOf(row);
  return { mandateId, name, validUntil, number: employer && formatEnterpriseNumber(employer) };
}

/** `mandate` names one of those on the page; `employer` an employer by its number. */
async function choose(services: MandateServices, sessions: Sessions, visit: PersonVisit): Promise<Reply> {
  const number = fieldOf(visit, 'employer');
  const mandateId = fieldOf(visit, 'mandate');
  if (number === '' && mandateId !== '') return act(services, sessions, visit, mandateId);
  const employer = parseEnterpriseNumber(number.replace(/[\s.]/g, '').replace(/^BE/i, ''));
  if (employer === undefined) return showMandates(services, visit, 'mandates.wrongNumber', number);
  const { organization } = visit.login;
  const [found] = organization ? await listEmployers(services, organization, { employer, limit: 1 }) : [];
  if (found === undefined) return showMandates(services, visit, 'mandates.noEmployer', number);
  return act(services, sessions, visit, found.mandateId);
}

/** Somebody who is logged in for an organisation may hold mandates as a person as well. */
async function act(
  services: MandateServices,
  sessions: Sessions,
  visit: PersonVisit,
  mandateId: string,
): Promise<Reply> {
  for (const kind of ['person', 'employer'] as const) {
    const agent = await agentOf(services, visit, kind);
    const found = agent && isUuid(mandateId) && (await beginActing(services, agent, mandateId));
    if (!found) continue;
    await sessions.actFor(visit.request, actingOf(found));
    return { kind: 'redirect', to: placeOf(found) };
  }
  return showMandates(services, visit, 'mandates.notInForce');
}

function placeOf({ kind, rights }: ActedForRow): string {
  if (kind === 'employer') return '/agency';
  return rights.includes('inbox') ? '/inbox' : '/my-data';
}
