/** What is held of the sources' reports: an official of the institution releases it or refuses it, and says why. */

import { isUuid } from '../../domain/identifier.ts';
import type { DecisionOutcome, HeldDecision } from '../../workflows/decide-held.ts';
import { consultHeld, decideHeldDelivery, decideHeldReport } from '../../workflows/decide-held.ts';
import { asInstitution, type InstitutionAccess } from '../../workflows/institution.ts';
import type { Services } from '../../workflows/services.ts';
import { deskAccessOf } from '../agency-access.ts';
import { deskPage, type FieldFault } from '../desk.ts';
import { fieldOf } from '../field.ts';
import { readFreeText } from '../free-text.ts';
import { PageRefusal } from '../refusal.ts';
import type { OfficialVisit, PageReply, PageRoute, Reply } from '../route.ts';

type HeldServices = Pick<
  Services,
  'database' | 'catalogue' | 'vault' | 'clock' | 'newId' | 'settings' | 'renderer'
>;

const PATH = '/desk/held';
const LONGEST_REASON = 500;

/** Gives the routes of `/desk/held`. */
export function heldRoutes(services: HeldServices): PageRoute[] {
  const common = { access: 'official', right: 'access:manage', isForInstitution: true } as const;
  return [
    {
      ...common,
      name: 'held',
      method: 'get',
      path: PATH,
      handle: (visit: OfficialVisit) => showHeld(services, visit),
    },
    {
      ...common,
      name: 'heldDecide',
      method: 'post',
      form: 'fields',
      page: PATH,
      path: `${PATH}/decide`,
      handle: (visit: OfficialVisit) => decide(services, visit),
    },
  ];
}

function institutionOf(services: HeldServices, visit: OfficialVisit): InstitutionAccess {
  const institution = asInstitution(services, deskAccessOf(visit));
  if (institution === undefined) throw new PageRefusal('noRight');
  return institution;
}

/** What was wrong with a decision, and on what it was. */
interface Faulty {
  readonly item: string;
  readonly text: string;
  readonly reason: string;
}

async function showHeld(services: HeldServices, visit: OfficialVisit, faulty?: Faulty): Promise<PageReply> {
  const { t, language } = visit.texts;
  const { statusList } = services.catalogue;
  const { deliveries, reports } = await consultHeld(services, institutionOf(services, visit));
  const sourceName = (source: string) => statusList.sources.get(source)?.name[language] ?? source;
  const statusName = (code: string) => statusList.statuses.get(code)?.name[language] ?? code;
  const doubtsOf = (doubts: readonly string[]) => doubts.map((doubt) => t(`held.${doubt}`));
  const faults: FieldFault[] = faulty ? [{ field: `reason-${faulty.item}`, text: faulty.text }] : [];
  const { done } = visit.request.query;
  return deskPage(services, visit, {
    view: 'held',
    title: t('held.title'),
    ...(faulty && { status: 400 }),
    data: {
      faults,
      done: done === 'released' || done === 'dropped' ? t(`held.${done}`) : undefined,
      typed: faulty,
      longestReason: LONGEST_REASON,
      deliveries: deliveries.map(({ fileId, source, wholeOf, changedAt, doubts }) => ({
        item: fileId,
        title: t('held.delivery', { status: statusName(wholeOf) }),
        source: sourceName(source),
        changedAt,
        doubts: doubtsOf(doubts),
      })),
      reports: reports.map(({ fileId, rowNumber, source, code, validUntil, doubts, ...report }) => ({
        ...report,
        item: `${fileId}-${rowNumber}`,
        title: statusName(code),
        source: sourceName(source),
        validUntil: validUntil ?? undefined,
        doubts: doubtsOf(doubts),
      })),
    },
  });
}

async function decide(services: HeldServices, visit: OfficialVisit): Promise<Reply> {
  const { t } = visit.texts;
  const item = fieldOf(visit, 'item');
  const decision = fieldOf(visit, 'decision');
  const typed = fieldOf(visit, 'reason').slice(0, 2 * LONGEST_REASON);
  const place = readItem(item);
  if (place === undefined || (decision !== 'release' && decision !== 'drop'))
    throw new PageRefusal('wrongForm');
  const refuse = (text: string) => showHeld(services, visit, { item, text, reason: typed });
  const reason = readFreeText(typed, LONGEST_REASON);
  if ('fault' in reason) return refuse(t(reason.fault));
  const { actorId } = visit.login;
  const made = { isReleased: decision === 'release', decidedBy: actorId, reason: reason.text };
  const outcome = await decideOn(services, institutionOf(services, visit), place, made);
  if (outcome === 'unknownPerson') return refuse(t('held.stillUnknown'));
  // Decided meanwhile, by a second click or a colleague: what the page shows is what was wanted.
  const done = outcome === 'decided' ? (made.isReleased ? '?done=released' : '?done=dropped') : '';
  return { kind: 'redirect', to: `${PATH}${done}` };
}

interface HeldPlace {
  readonly fileId: string;
  /** Of a report; missing: the whole delivery. */
  readonly rowNumber?: number;
}

function readItem(item: string): HeldPlace | undefined {
  const [, fileId = '', row] = /^([0-9a-f-]{36})(?:-([1-9]\d{0,8}))?$/.exec(item) ?? [];
  if (!isUuid(fileId)) return undefined;
  return row === undefined ? { fileId } : { fileId, rowNumber: Number(row) };
}

function decideOn(
  services: HeldServices,
  institution: InstitutionAccess,
  { fileId, rowNumber }: HeldPlace,
  decision: HeldDecision,
): Promise<DecisionOutcome> {
  return rowNumber === undefined
    ? decideHeldDelivery(services, institution, fileId, decision)
    : decideHeldReport(services, institution, { fileId, rowNumber }, decision);
}
