/** A message in the eBox: what it means, what became of it, and its document. */
import { isUuid } from '../../domain/identifier.ts';
import type { PageLanguage } from '../../domain/language.ts';
import { askForPaper } from '../../workflows/ask-paper.ts';
import { consultMessage, type OpenedMessage } from '../../workflows/inbox.ts';
import { readBody, readContent } from '../../workflows/read.ts';
import type { Services } from '../../workflows/services.ts';
import { listShares, SHARE_DAYS } from '../../workflows/share.ts';
import { courtesyOf } from '../courtesy.ts';
import { itemOf } from '../message-item.ts';
import { readerOf } from '../reader.ts';
import { PageRefusal } from '../refusal.ts';
import type { PageRoute, PersonVisit, Reply } from '../route.ts';
import { type EvidencePageServices, evidencePath, inboxEvidenceRoutes } from './inbox-evidence.ts';

type InboxServices = EvidencePageServices &
  Pick<Services, 'vault' | 'archive' | 'documents' | 'newId' | 'settings'>;

/** Gives the routes of `/inbox/{messageId}`, the document in a message and a picture of it. */
export function inboxRoutes(services: InboxServices): PageRoute[] {
  return [
    {
      name: 'inboxMessage',
      method: 'get',
      path: '/inbox/:messageId',
      access: 'person',
      handle: (visit) => showMessage(services, visit),
    },
    ...inboxEvidenceRoutes(services),
    {
      name: 'askForPaper',
      method: 'post',
      form: 'fields',
      page: '/inbox/:messageId',
      path: '/inbox/:messageId/paper',
      access: 'person',
      handle: (visit) => askPaper(services, visit),
    },
    {
      name: 'inboxPicture',
      method: 'get',
      path: '/inbox/:messageId/:attachmentId/picture',
      access: 'person',
      handle: (visit) => sendPicture(services, visit),
    },
    {
      name: 'inboxDocument',
      method: 'get',
      path: '/inbox/:messageId/:attachmentId/:fileName',
      access: 'person',
      handle: (visit) => sendDocument(services, visit),
    },
  ];
}

async function showMessage(services: InboxServices, visit: PersonVisit): Promise<Reply> {
  const { texts } = visit;
  const message = await findMessage(services, visit);
  const files = message.attachments.map((one) => fileOf(message, one));
  const main = files.find(({ isMain }) => isMain);
  const shares = await sharesOf(services, visit);
  const { newestMessageId = null, endedAt = null, state, type } = message.standing ?? {};
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
      meaning: type === undefined ? undefined : meaningOf(services.catalogue, type, texts.language),
      correction: correctionOf(services.catalogue, type ?? '', texts.language),
      history: historyOf(message),
      copy: message.copy,
      mayAskPaper: state === 'issued' && message.copy === undefined,
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

/** The text that says in plain words what an attestation of a type is good for. */
function meaningOf({ pageTexts }: InboxServices['catalogue'], type: string, language: PageLanguage): string {
  const key = `meaning.${type.replace(/-(\w)/g, (_match, letter: string) => letter.toUpperCase())}`;
  return pageTexts[language].has(key) ? key : 'meaning.other';
}

/** What the document itself says about whom to ask when it is wrong; nothing in English, which no document is written in. */
function correctionOf(
  { types, issuer }: InboxServices['catalogue'],
  type: string,
  language: PageLanguage,
): string | undefined {
  const words = language === 'en' ? undefined : types.get(type)?.texts[language].words;
  const { telephone, email } = issuer.contact;
  return words?.correction
    ?.replaceAll('{telephone}', telephone.replaceAll(' ', '\u00a0'))
    .replaceAll('{email}', email);
}

/** What a reader is told of; the same thing twice, such as two mails that came back, is told twice. */
function historyOf({ history }: OpenedMessage) {
  return history.map(({ kind, eventTime }) => ({ at: eventTime, what: `history.${kind}` }));
}

/** A sender may name a file after a person, and an address names nobody. */
function fileOf({ messageId, attestationId }: OpenedMessage, file: OpenedMessage['attachments'][number]) {
  const name = attestationId === null ? 'document' : encodeURIComponent(file.fileName);
  const place = `/inbox/${messageId}/${file.attachmentId}`;
  return {
    href: `${place}/${name}`,
    // Only what we made is drawn here.
    picture: file.objectKey === null ? `${place}/picture` : undefined,
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
  return shares.map(({ code, ...share }) => ({ ...share, href: `${publicUrl}/s/${code}` }));
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

async function sendPicture(services: InboxServices, visit: PersonVisit): Promise<Reply> {
  const reader = await readerOf(services, visit, 'inbox');
  const [messageId, attachmentId] = [visit.param('messageId'), visit.param('attachmentId')];
  const isPlace = isUuid(messageId) && isUuid(attachmentId);
  const png = { kind: 'file', mediaType: 'image/png', fileName: 'page.png', isInline: true } as const;
  if (visit.request.method === 'HEAD') {
    const { attachments } = await findMessage(services, visit);
    if (!attachments.some((one) => one.attachmentId === attachmentId && one.objectKey === null))
      throw new PageRefusal('notFound');
    return { ...png, content: Buffer.alloc(0) };
  }
  const asked = { messageId, attachmentId, firstByte: 0, isOurs: true } as const;
  const content = reader && isPlace ? await readContent(services, reader, asked) : undefined;
  if (content?.kind !== 'content') throw new PageRefusal('notFound');
  return { ...png, content: await services.documents.draw(content.bytes) };
}

async function askPaper(services: InboxServices, visit: PersonVisit): Promise<Reply> {
  const messageId = visit.param('messageId');
  const reader = await readerOf(services, visit, 'inbox');
  const isAsked = reader && isUuid(messageId) && (await askForPaper(services, reader, messageId));
  if (isAsked !== true) throw new PageRefusal('notFound');
  return { kind: 'redirect', to: `/inbox/${messageId}#paper` };
}
