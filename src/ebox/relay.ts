/** A publication on the wire, message registry v3: the sender's part of the contract, with the outcome of each answer. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { EnterpriseNumber } from '../domain/enterprise-number.ts';
import type { DocumentLanguage } from '../domain/language.ts';
import type { Ssin } from '../domain/ssin.ts';
import { maskSsins } from '../log.ts';

/** A message with one document, which is its main content. */
export interface Publication {
  /** Names the publication on every try: the registry keeps the first. */
  readonly idempotencyKey: string;
  readonly sender: EnterpriseNumber;
  readonly recipient: Ssin;
  readonly subject: string;
  readonly language: DocumentLanguage;
  readonly messageTypeId: string;
  readonly senderApplicationId: string;
  readonly fileName: string;
  readonly isSigned: boolean;
  readonly pdf: Buffer;
  /** SHA-256 of the document. */
  readonly sha256: Buffer;
}

const PART_NAME = 'upfile1';

/** The JSON part (v3 names); `partition` is the part of the organisation that sends, where it has several. No property is null, which a registry refuses. */
export function toMessageToPublish(publication: Publication, partition: string | undefined) {
  const { sender, recipient, subject, language, messageTypeId, senderApplicationId } = publication;
  return {
    sender: {
      eboxType: 'enterprise',
      enterpriseNumber: sender,
      ...(partition !== undefined && { partition }),
    },
    recipient: { eboxType: 'citizen', ssin: recipient },
    subject: { [language]: subject },
    messageTypeId,
    senderApplicationId,
    isBodyMainContent: false,
    isReplyAuthorized: false,
    attachments: [
      {
        httpPartName: PART_NAME,
        isMainContent: true,
        isAttachmentSigned: publication.isSigned,
        digest: { digestMethod: 'sha_256', digestValue: publication.sha256.toString('base64url') },
      },
    ],
  };
}

export interface MultipartBody {
  readonly contentType: string;
  readonly length: number;
  /** The body in pieces, to be read once. */
  pieces(): AsyncIterable<Uint8Array>;
}

const PIECE_BYTES = 64 * 1024;

/** Writes the body (RFC 7578): the document first, the JSON last, as the registry lets whoever streams. */
export function writePublication(publication: Publication, partition: string | undefined): MultipartBody {
  const boundary = `ebox-${randomBytes(16).toString('hex')}`;
  const head = Buffer.from(
    `--${boundary}\r\nContent-Disposition: form-data; name="${PART_NAME}"; filename="${fileNameOf(publication)}"\r\n` +
      'Content-Type: application/pdf\r\n\r\n',
    'latin1',
  );
  const tail = Buffer.from(
    `\r\n--${boundary}\r\nContent-Disposition: form-data; name="messageToPublish"\r\n` +
      `Content-Type: application/json; charset=utf-8\r\n\r\n${JSON.stringify(toMessageToPublish(publication, partition))}\r\n--${boundary}--\r\n`,
  );
  const { pdf } = publication;
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    length: head.length + pdf.length + tail.length,
    async *pieces() {
      yield head;
      for (let at = 0; at < pdf.length; at += PIECE_BYTES) yield pdf.subarray(at, at + PIECE_BYTES);
      yield tail;
    },
  };
}

/** A name outside ISO-8859-1 is percent-encoded, as the registry wants it; quotes and line ends could leave the header. */
function fileNameOf({ fileName }: Publication): string {
  return /^[\x20-\x7e\xa0-\xff]+$/.test(fileName)
    ? fileName.replace(/["\\]/g, '_')
    : encodeURIComponent(fileName);
}

/** What an answer to a publication means. */
export type PublicationOutcome =
  /** It lies there: by this call, or by an earlier one whose answer was lost. */
  | {
      readonly kind: 'published';
      readonly registryMessageId: string;
      /** False: the recipient never opened the eBox. Undefined: the answer does not tell. */
      readonly isDigitalUser: boolean | undefined;
    }
  /** Nothing is wrong with the message; later it may be taken. */
  | { readonly kind: 'later'; readonly afterSeconds: number | undefined; readonly reason: string }
  /** Who we are was not accepted: nothing is wrong with the message, and an operator has to look at the settings. */
  | { readonly kind: 'unauthorised'; readonly reason: string }
  /** It will be refused again: an operator has to look at it. `refusal` holds status and code, never a value. */
  | { readonly kind: 'refused'; readonly refusal: string };

export interface RegistryAnswer {
  readonly status: number;
  readonly location: string | undefined;
  readonly retryAfter: string | undefined;
  readonly body: string;
}

const createdSchema = z.object({ messageId: z.string().min(1).max(200), code: z.string().optional() });
const codeSchema = z.object({ code: z.string() });

/** Reads an answer (domain rules of the registry §1.4 and v3 `Idempotency-Key`). `now` is for a `Retry-After` that is a date. */
export function readPublicationAnswer(answer: RegistryAnswer, now: Date): PublicationOutcome {
  const { status } = answer;
  const body = jsonOf(answer.body);
  if (status === 201 || status === 200) return readCreated(answer, body);
  // The first message of this key; whether its answer spoke of a digital user is only known where it is said again.
  if (status === 409) return readCreated(answer, body, 409);
  const reason = refusalOf(status, body);
  if (status === 401 || status === 403) return { kind: 'unauthorised', reason };
  if (status === 408 || status === 425 || status === 429 || status >= 500)
    return { kind: 'later', afterSeconds: secondsOf(answer.retryAfter, now), reason };
  return { kind: 'refused', refusal: reason };
}

function readCreated(answer: RegistryAnswer, body: unknown, status = 201): PublicationOutcome {
  const created = createdSchema.safeParse(body);
  const registryMessageId = created.success ? created.data.messageId : lastPartOf(answer.location);
  // A success or conflict that names no message is no answer of a registry: a proxy may have given it.
  if (registryMessageId === undefined)
    return { kind: 'refused', refusal: `${refusalOf(status, body)}: names no message` };
  const code = codeSchema.safeParse(body).data?.code;
  const isFirst = status === 201;
  return {
    kind: 'published',
    registryMessageId,
    isDigitalUser: code === 'NO_DIGITAL_USER' ? false : isFirst ? true : undefined,
  };
}

function lastPartOf(location: string | undefined): string | undefined {
  const last = (location ?? '').split(/[?#]/)[0]?.replace(/\/+$/, '').split('/').at(-1) ?? '';
  return /^[\w.~-]{1,200}$/.test(last) ? last : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Status and code; the message beside the code may repeat what was sent. */
function refusalOf(status: number, body: unknown): string {
  const code = codeSchema.safeParse(body).data?.code ?? '';
  const shown = /^[\w.:-]{1,100}$/.test(code) ? ` ${maskSsins(code)}` : '';
  return `${status}${shown}`;
}

/** RFC 9110 §10.2.3: seconds, or a date. */
function secondsOf(text: string | undefined, now: Date): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  // Other texts that look like years would be taken for dates.
  const date = /^[A-Z][a-z]{2}, \d/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now.getTime()) / 1000));
}

const statusesSchema = z.array(z.object({ messageId: z.string(), readStatus: z.boolean() }));

/** Writes the question what became of messages (`searchMessageStatus`). */
export function writeStatusQuestion(
  messages: readonly { readonly registryMessageId: string; readonly recipient: Ssin }[],
): string {
  return JSON.stringify(
    messages.map(({ registryMessageId, recipient }) => ({
      messageId: registryMessageId,
      eboxId: { eboxType: 'citizen', eboxIdValue: recipient },
    })),
  );
}

/** Reads the answer: the messages that were read; undefined for any other text. */
export function readStatusAnswer(text: string): readonly string[] | undefined {
  const found = statusesSchema.safeParse(jsonOf(text));
  if (!found.success) return undefined;
  return found.data.flatMap(({ messageId, readStatus }) => (readStatus ? [messageId] : []));
}
