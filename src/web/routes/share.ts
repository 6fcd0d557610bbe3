/** Sharing an attestation: a person makes and takes back codes on the page of its message; who has one sees it. */
import { isUuid } from '../../domain/identifier.ts';
import type { Services } from '../../workflows/services.ts';
import { endShare, SHARE_DAYS, shareAttestation } from '../../workflows/share.ts';
import { type Holder, verifyShare } from '../../workflows/verify.ts';
import { codePage } from '../code-page.ts';
import { dayOf } from '../day-asked.ts';
import { fieldOf } from '../field.ts';
import { readerOf } from '../reader.ts';
import { PageRefusal } from '../refusal.ts';
import type { PageRoute, PersonVisit, Reply, Visit } from '../route.ts';

type ShareServices = Pick<Services, 'database' | 'vault' | 'clock' | 'newId' | 'catalogue'>;

/** Gives the forms below a message, and the page that a share code opens. */
export function shareRoutes(services: ShareServices): PageRoute[] {
  const onMessage = { method: 'post', form: 'fields', page: '/inbox/:messageId', access: 'person' } as const;
  return [
    {
      ...onMessage,
      name: 'shareAttestation',
      path: '/inbox/:messageId/share',
      handle: (visit: PersonVisit) => share(services, visit),
    },
    {
      ...onMessage,
      name: 'endShare',
      path: '/inbox/:messageId/unshare',
      handle: (visit: PersonVisit) => unshare(services, visit),
    },
    {
      name: 'sharedAttestation',
      method: 'get',
      path: '/s/:token',
      isSecretAddress: true,
      access: 'public',
      handle: (visit) => showShared(services, visit),
    },
  ];
}

async function share(services: ShareServices, visit: PersonVisit): Promise<Reply> {
  const messageId = visit.param('messageId');
  const days = SHARE_DAYS.find((one) => String(one) === fieldOf(visit, 'days'));
  const reader = await readerOf(services, visit, 'inbox');
  const isAsked = reader !== undefined && days !== undefined && isUuid(messageId);
  const shareId = isAsked ? await shareAttestation(services, reader, messageId, days) : undefined;
  if (shareId === undefined) throw new PageRefusal('notFound');
  return { kind: 'redirect', to: `/inbox/${messageId}#share` };
}

async function unshare(services: ShareServices, visit: PersonVisit): Promise<Reply> {
  const [messageId, shareId] = [visit.param('messageId'), fieldOf(visit, 'share')];
  const reader = await readerOf(services, visit, 'inbox');
  const isEnded = reader !== undefined && isUuid(shareId) && (await endShare(services, reader, shareId));
  if (!isEnded || !isUuid(messageId)) throw new PageRefusal('notFound');
  return { kind: 'redirect', to: `/inbox/${messageId}#share` };
}

async function showShared(services: ShareServices, visit: Visit): Promise<Reply> {
  const holder: Holder = { actor: { kind: 'anonymous', id: 'holder' }, traceId: visit.traceId };
  const report = await verifyShare(services, visit.param('token'), holder, dayOf(visit));
  return codePage(visit, services.catalogue, report, 'share');
}
