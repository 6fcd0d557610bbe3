/** The content of an attachment: handing over the main content is what makes a message read. */
import { MEDIA_TYPES } from '../../ebox/publication-files.ts';
import type { RegistryAttachment } from '../../ebox/registry.ts';
import { readContent } from '../../workflows/read.ts';
import { contentHeaders, contentReply, rangeOf } from '../content.ts';
import { MANDATE_HEADER, readerOf } from '../mandate-header.ts';
import { Refusal, rangeNotSatisfiable, resourceNotFound } from '../problems.ts';
import type { Reply, Request, Route } from '../route.ts';
import { BASE, consultation, type EboxServices, findAttachment, ofAttachment } from './ebox-message.ts';

const CONTENT_TYPES = [...MEDIA_TYPES, 'application/octet-stream'];

const contentHeadersMeaning = {
  'Content-Disposition': 'The file name',
  'Accept-Ranges': 'Always `bytes`',
};

/** The route of an attachment's content. */
export function contentRoute(services: EboxServices): Route {
  return {
    ...consultation,
    method: 'get',
    path: `${BASE}/ebox/messages/{messageId}/attachments/{attachmentId}/content`,
    operationId: 'getAttachmentContentById',
    summary: 'The content of an attachment; opening the main content makes the message read',
    description:
      'The message becomes read with the first GET of its main content that asks for the first byte. HEAD, and ranges that begin later, leave it unread. The media type is that of the attachment, or `application/octet-stream`, which the contract names, where `Accept` asks for that one.',
    params: ofAttachment,
    requestHeaders: {
      ...MANDATE_HEADER,
      Range: 'One range of bytes, such as `bytes=0-1023` (RFC 9110 §14.2)',
    },
    answers: {
      200: {
        description: 'The content',
        mediaTypes: CONTENT_TYPES,
        headers: contentHeadersMeaning,
      },
      206: {
        description: 'The part asked for',
        mediaTypes: CONTENT_TYPES,
        headers: { ...contentHeadersMeaning, 'Content-Range': 'Which part, and the length of the whole' },
      },
    },
    handle: (request) => (request.method === 'head' ? describe(services, request) : open(services, request)),
  };
}

/** Looking whether a document is there is not reading it: the archive is left alone. */
async function describe(services: EboxServices, request: Request): Promise<Reply> {
  const { attachment } = await findAttachment(services, request);
  const headers = { ...contentHeaders(kindOf(attachment, request)), 'Content-Length': `${attachment.bytes}` };
  return { status: 200, headers };
}

async function open(services: EboxServices, request: Request): Promise<Reply> {
  const reader = await readerOf(services, request, 'inbox');
  const { messageId = '', attachmentId = '' } = request.params;
  const range = rangeOf(request);
  const asked = { messageId, attachmentId, firstByte: range?.first ?? 0 };
  const content = reader && (await readContent(services, reader, asked));
  if (content === undefined) throw new Refusal(resourceNotFound('attachmentId'));
  if (content.kind === 'beyondEnd') throw new Refusal(rangeNotSatisfiable(content.length));
  return contentReply(kindOf(content, request), content.bytes, range);
}

/** Clients made from the contract ask for `application/octet-stream`; all others get what the file is. */
function kindOf(file: Pick<RegistryAttachment, 'fileName' | 'mediaType'>, { headers }: Request) {
  const accepted = (headers.accept ?? '').split(',').map((one) => one.split(';')[0]?.trim().toLowerCase());
  const isPlain = accepted.includes('application/octet-stream') && !accepted.includes(file.mediaType);
  return { fileName: file.fileName, mediaType: isPlain ? 'application/octet-stream' : file.mediaType };
}
