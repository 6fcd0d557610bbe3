/** What became of declarations, for the organisation that sent them: a list, and of one the answer and in words why it was refused. */
import { isUuid } from '../../domain/identifier.ts';
import {
  type ConsultedDeclaration,
  consultDeclaration,
  type DeclarantAccess,
  listDeclarations,
} from '../../workflows/consult.ts';
import { representEmployer } from '../../workflows/represent.ts';
import type { Services } from '../../workflows/services.ts';
import { explainAnomaly } from '../anomaly-text.ts';
import { deskMenu } from '../desk.ts';
import { PageRefusal } from '../refusal.ts';
import type { OfficialVisit, PageRoute, Reply } from '../route.ts';

type DeclarationServices = Pick<Services, 'database' | 'vault' | 'catalogue'>;

const PATH = '/agency/declaration';

/** Answers of the NSSO's glossary: accepted, with a warning, refused, not judged yet. */
const TONES = { A: 'good', W: 'good', B: 'bad', S: 'warn' } as const;

/** Gives the route of `/agency/declaration`. */
export function declarationRoutes(services: DeclarationServices): PageRoute[] {
  return [
    {
      name: 'declaration',
      method: 'get',
      path: PATH,
      access: 'official',
      handle: (visit) => showDeclaration(services, visit),
    },
  ];
}

async function showDeclaration(services: DeclarationServices, visit: OfficialVisit): Promise<Reply> {
  const { texts, request } = visit;
  const asked = typeof request.query.id === 'string' ? request.query.id.trim() : '';
  const access = await accessOf(services, visit);
  const found = isUuid(asked) ? await consultDeclaration(services, access, asked) : undefined;
  return {
    kind: 'page',
    view: 'declaration',
    title: texts.t('declaration.title'),
    status: asked === '' || found !== undefined ? 200 : 404,
    data: {
      asked,
      found: found && shownOf(found, visit),
      sent: asked === '' ? await listOf(services, visit, access) : undefined,
      desk: deskMenu(services, visit),
    },
  };
}

const SHOWN = 25;

/** What was sent, some at a time. */
async function listOf(services: DeclarationServices, visit: OfficialVisit, access: DeclarantAccess) {
  const { request, login } = visit;
  const { before, only } = request.query;
  const isRefusedOnly = only === 'refused';
  const rows = await listDeclarations(services, access, login.organization, {
    result: isRefusedOnly ? 'B' : undefined,
    before: typeof before === 'string' && isUuid(before) ? before : undefined,
    limit: SHOWN + 1,
  });
  const shown = rows.slice(0, SHOWN);
  const last = shown.at(-1)?.declarationId;
  return {
    isRefusedOnly,
    isFirst: before === undefined,
    rows: shown.map((row) => ({ ...row, tone: TONES[row.result], href: `${PATH}?id=${row.declarationId}` })),
    older:
      rows.length > SHOWN && last !== undefined
        ? `${PATH}?${isRefusedOnly ? 'only=refused&' : ''}before=${last}`
        : undefined,
  };
}

/** For themselves, or by the mandate that they act by for an employer. */
async function accessOf(
  services: DeclarationServices,
  { login, traceId }: OfficialVisit,
): Promise<DeclarantAccess> {
  const { actorId, organization, tokenHash, acting } = login;
  const actor = { kind: 'official', id: actorId, organization, tokenHash } as const;
  if (acting?.employer === undefined) return { actor, ground: { kind: 'declarant', organization }, traceId };
  const agent = { kind: 'organization', organization } as const;
  const ground = { kind: 'mandate', mandateId: acting.mandateId, agent, right: 'consult' } as const;
  const represented = await representEmployer(services, ground);
  if (represented === undefined) throw new PageRefusal('notMandated');
  return { actor, ground, represented, traceId };
}

function shownOf({ row }: ConsultedDeclaration, { texts: { language } }: OfficialVisit) {
  const { declarationId, receivedAt, result, anomalies } = row;
  return {
    declarationId,
    receivedAt,
    result,
    tone: TONES[result],
    reasons: anomalies.map((code) => explainAnomaly(code, 'dimonaXml', language)),
  };
}
