/** The citizen's eBox: the list with what is unread first, a message, and its document. */
import type { Catalogue } from '../../catalogue/catalogue.ts';
import { isUuid } from '../../domain/identifier.ts';
import type { PageLanguage } from '../../domain/language.ts';
import {
  consultMessage,
  type InboxMessage,
  listUnreadFirst,
  type OpenedMessage,
} from '../../workflows/inbox.ts';
import { readBody, readContent } from '../../workflows/read.ts';
import type { Services } from '../../workflows/services.ts';
import { listShares, SHARE_DAYS } from '../../workflows/share.ts';
import { courtesyOf } from '../courtesy.ts';
import { pageNumber, pagination } from '../paging.ts';
import { readerOf } from '../reader.ts';
import { PageRefusal } from '../refusal.ts';
import type { PageRoute, PersonVisit, Reply } from '../route.ts';
import { type EvidencePageServices, evidencePath, inboxEvidenceRoutes } from './inbox-evidence.ts';

type InboxServices = EvidencePageServices & Pick<Services, 'vault' | 'archive' | 'newId' | 'settings'>;

const PAGE_SIZE = 20;

/** Gives the routes of `/inbox`, `/inbox/{messageId}` and the document in a message. */
export function inboxRoutes(services: InboxServices): PageRoute[] {
  return [
    {
      name: 'inbox',
      method: 'get',
      path: '/inbox',
      access: 'person',
      handle: (visit) => showList(services, visit),
    },
    {
      name: 'inboxMessage',
      method: 'get',
      path: '/inbox/:messageId',
      access: 'person',
      handle: (visit) => showMessage(services, visit),
    },
    ...inboxEvidenceRoutes(services),
    {
      name: 'inboxDocument',
      method: 'get',
      path: '/inbox/:messageId/:attachmentId/:fileName',
      access: 'person',
      handle: (visit) => sendDocument(services, visit),
    },
  ];
}

async function showList(services: InboxServices, visit: PersonVisit): Promise<Reply> {
  const { texts, request } = visit;
  const { acting } = visit.login;
  const reader = await readerOf(services, visit, 'inbox');
  const list = (page: number) =>
    reader === undefined
      ? { messages: [], total: 0, unread: 0 }
      : listUnreadFirst(services, reader, { size: PAGE_SIZE, offset: (page - 1) * PAGE_SIZE });
  const asked = pageNumber(request.query.page);
  const found = await list(asked);
  const pages = Math.ceil(found.total / PAGE_SIZE);
  // Beyond the last page is the last: that there is no message would not be true.
  const page = Math.min(asked, Math.max(1, pages));
  const { messages, total, unread } = page === asked ? found : await list(page);
  const now = services.clock();
  return {
    kind: 'page',
    view: 'inbox',
    title: texts.t('inbox.title'),
    data: {
      heading: acting ? texts.t('inbox.titleOf', { name: acting.name }) : texts.t('inbox.title'),
      messages: messages.map((message) => itemOf(services.catalogue, message, texts.language, now)),
      total,
      unread,
      pages: pagination('/inbox', page, pages),
    },
  };
}

/** Senders have names in the official languages; in English they are called as in the message. */
function senderName({ issuer, senders }: Catalogue, message: InboxMessage, language: PageLanguage): string {
  const { senderOrganizationId: id } = message;
  if (id === issuer.enterpriseNumber) return issuer.name[language];
  const official = language === 'en' ? message.language : language;
  return senders.organizations.get(id)?.longName[official] ?? id;
}

function itemOf(catalogue: Catalogue, message: InboxMessage, language: PageLanguage, now: Date) {
  const { messageId, subject, receivedAt, expiresAt, readAt, standing } = message;
  return {
    href: `/inbox/${messageId}`,
    subject,
    // The message was written in the language of the person, whatever the page is read in.
    lang: message.language === language ? undefined : message.language,
    sender: senderName(catalogue, message, language),
    receivedAt,
    expiresAt,
    isExpired: expiresAt <= now,
    isUnread: readAt === null,
    state: standing?.state ?? 'issued',
    attestationNumber: standing?.number,
    concernedMonth: standing?.subject?.month,
    employer: standing?.subject?.employer?.name,
  };
}

async function showMessage(services: InboxServices, visit: PersonVisit): Promise<Reply> {
  const { texts } = visit;
  const message = await findMessage(services, visit);
  const files = message.attachments.map((one) => fileOf(message, one));
  const main = files.find(({ isMain }) => isMain);
  const shares = await sharesOf(services, visit);
  const { newestMessageId = null, endedAt = null } = message.standing ?? {};
  return {
    kind: 'page',
    view: 'message',
    title: message.subject,
    showsDocument: true,
    data: {
      ...itemOf(services.catalogue, message, texts.language, services.clock()),
      endedAt,
      mailFailedAt: message.mailFailedAt,
      newest: newestMessageId === null ? undefined : `/inbox/${newestMessageId}`,
      document: main,
      others: files.filter((one) => one !== main),
      courtesy: courtesyOf(
        services.catalogue,
        texts,
        message.standing && { ...message.standing, facts: message.standing.subject ?? {} },
      ),
      paragraphs: await paragraphsOf(services, visit, message),
      // Of an attestation the employer knows, of anything else its sender.
      isOfSender: message.attestationId === null,
      senderContact: services.catalogue.senders.organizations.get(message.senderOrganizationId)
        ?.contactBusiness,
      evidence: evidencePath(message.messageId),
      shareDays: SHARE_DAYS,
      shares,
    },
  };
}

/** A sender may name a file after a person, and an address names nobody. */
function fileOf({ messageId, attestationId }: OpenedMessage, file: OpenedMessage['attachments'][number]) {
  const name = attestationId === null ? 'document' : encodeURIComponent(file.fileName);
  return {
    href: `/inbox/${messageId}/${file.attachmentId}/${name}`,
    fileName: file.fileName,
    size: Math.ceil(file.bytes / 1024),
    isMain: file.isMainContent,
    isPdf: file.mediaType === 'application/pdf',
  };
}

/** Showing the text is handing it over; whoever asks only whether the page is there does not read it. */
async function paragraphsOf(
  services: InboxServices,
  visit: PersonVisit,
  { messageId, hasBody }: OpenedMessage,
): Promise<readonly string[]> {
  const reader =
    hasBody && visit.request.method !== 'HEAD' ? await readerOf(services, visit, 'inbox') : undefined;
  const body = reader && (await readBody(services, reader, messageId));
  return body === undefined ? [] : body.text.split(/[\r\n]+/).filter((text) => text.trim() !== '');
}

async function sharesOf(services: InboxServices, visit: PersonVisit) {
  const reader = await readerOf(services, visit, 'inbox');
  const shares = reader ? await listShares(services, reader, visit.param('messageId')) : [];
  const { publicUrl } = services.settings;
  return shares.map(({ shareId, code, expiresAt }) => ({
    shareId,
    expiresAt,
    href: `${publicUrl}/s/${code}`,
  }));
}

async function findMessage(services: InboxServices, visit: PersonVisit): Promise<OpenedMessage> {
  const reader = await readerOf(services, visit, 'inbox');
  const messageId = visit.param('messageId');
  const message = reader && isUuid(messageId) ? await consultMessage(services, reader, messageId) : undefined;
  if (message === undefined) throw new PageRefusal('notFound');
  return message;
}

async function sendDocument(services: InboxServices, visit: PersonVisit): Promise<Reply> {
  const reader = await readerOf(services, visit, 'inbox');
  const [messageId, attachmentId] = [visit.param('messageId'), visit.param('attachmentId')];
  const asked = { messageId, attachmentId, firstByte: 0 };
  const isPlace = isUuid(messageId) && isUuid(attachmentId);
  // Whoever asks only whether it is there does not read it.
  if (visit.request.method === 'HEAD')
    return describeDocument(await findMessage(services, visit), attachmentId);
  const content = reader && isPlace ? await readContent(services, reader, asked) : undefined;
  if (content?.kind !== 'content') throw new PageRefusal('notFound');
  const { mediaType, fileName, bytes } = content;
  // Only what we know a browser shows harmlessly is shown inside a page.
  const isInline = mediaType === 'application/pdf' && visit.request.query.download === undefined;
  return { kind: 'file', mediaType, fileName, isInline, content: bytes };
}

function describeDocument({ attachments }: OpenedMessage, attachmentId: string): Reply {
  const found = attachments.find((attachment) => attachment.attachmentId === attachmentId);
  if (found === undefined) throw new PageRefusal('notFound');
  const { mediaType, fileName } = found;
  return { kind: 'file', mediaType, fileName, isInline: false, content: Buffer.alloc(0) };
}
