/** Dimona files: taken in form by form, judged afterwards, answered with a NOTIFICATION. */
import { z } from 'zod';
import { type HandledForm, writeNotification } from '../../dimona/notification.ts';
import { FormFileRefusal } from '../../dimona/refusal.ts';
import { isAnomalyCode } from '../../domain/anomaly.ts';
import { brusselsDateTime } from '../../domain/period.ts';
import { consultFile, type FileRow, type FormAnswer, listAnswersAfter, listFormAnswers } from '../../workflows/consult.ts';
import { receiveFile } from '../../workflows/receive-file.ts';
import { declarantAccessOf, senderOf } from '../callers.ts';
import { badRequest, inputIssue, Refusal, resourceNotFound } from '../problems.ts';
import type { Request, Route } from '../route.ts';
import { type DimonaServices, hrefOf } from './dimona.ts';

const LARGEST_FILE_BYTES = 256 * 1024 * 1024;
const PAGE = 500;

const fileSchema = z
  .object({
    self: z.string(),
    status: z.object({
      state: z.enum(['processing', 'done']),
      pollAfter: z.string().optional(),
      completed: z.string().optional(),
    }),
    forms: z.int(),
    answered: z.int(),
    notifications: z.string().meta({ description: 'The answers as NOTIFICATION XML' }),
    items: z.array(
      z.object({ form: z.int(), declarationId: z.string(), result: z.string(), href: z.string() }),
    ),
    next: z.string().optional(),
  })
  .meta({ id: 'DimonaFile' });

const fileParams = z.strictObject({ fileId: z.uuid() });

/** The routes of Dimona files. */
export function dimonaFileRoutes(services: DimonaServices): Route[] {
  return [receiveRoute(services), fileRoute(services), notificationRoute(services)];
}

const common = { tag: 'Dimona', errors: 'belgif' } as const;
const consulting = {
  ...common,
  access: { kind: 'scope', scope: 'dimona:consult', caller: 'client' },
  body: { kind: 'none' },
  params: fileParams,
} as const;

function receiveRoute(services: DimonaServices): Route {
  return {
    ...common,
    method: 'post',
    path: '/dimona/v2/files',
    operationId: 'reportFile',
    summary: 'Declare with a file of one or more forms (Dimona XML 2022/3)',
    access: { kind: 'scope', scope: 'dimona:declare', caller: 'client' },
    body: { kind: 'stream', mediaTypes: ['application/xml', 'text/xml'], limit: LARGEST_FILE_BYTES },
    answers: { 202: { description: 'The whole file was taken in', headers: { Location: 'How far it is' } } },
    handle: async (request) => {
      const fileId = await receiveFile(services, senderOf(request), request.stream).catch(
        (error: unknown) => {
          if (!(error instanceof FormFileRefusal)) throw error;
          const place = `line ${error.line}, column ${error.column}`;
          const detail = `${error.reason} at ${place}: ${error.message}`;
          throw new Refusal(badRequest([inputIssue('schemaViolation', 'body', place, detail)]));
        },
      );
      return { status: 202, headers: { Location: addressOf(services, fileId) } };
    },
  };
}

function fileRoute(services: DimonaServices): Route {
  return {
    ...consulting,
    method: 'get',
    path: '/dimona/v2/files/{fileId}',
    operationId: 'getFile',
    summary: 'How far a file is, and the answers there are',
    query: z.strictObject({
      afterForm: z
        .string()
        .regex(/^\d{1,9}$/, 'expected a form number')
        .default('0'),
    }),
    answers: { 200: { description: 'The file', schema: fileSchema } },
    handle: async (request) => {
      const file = await find(services, request);
      const { afterForm } = request.query as { readonly afterForm: string };
      const answers = await listAnswersAfter(services, file, Number(afterForm), PAGE);
      return { status: 200, body: toFile(services, file, answers) };
    },
  };
}

async function find(services: DimonaServices, request: Request): Promise<FileRow> {
  const file = await consultFile(services, declarantAccessOf(request), request.params.fileId ?? '');
  if (file === undefined) throw new Refusal(resourceNotFound('fileId'));
  return file;
}

function toFile(
  services: DimonaServices,
  file: FileRow,
  answers: readonly FormAnswer[],
): z.input<typeof fileSchema> {
  const self = addressOf(services, file.fileId);
  const last = answers.at(-1);
  const status = file.processedAt
    ? { state: 'done' as const, completed: brusselsDateTime(file.processedAt) }
    : {
        state: 'processing' as const,
        pollAfter: brusselsDateTime(new Date(services.clock().getTime() + 2000)),
      };
  return {
    self,
    status,
    forms: file.formCount,
    answered: file.answeredCount,
    notifications: `${self}/notifications`,
    items: answers.map(({ formNumber: form, row: { declarationId, result } }) => ({
      form,
      declarationId,
      result,
      href: hrefOf(services, declarationId),
    })),
    ...(last && answers.length === PAGE && { next: `${self}?afterForm=${last.formNumber}` }),
  };
}

function notificationRoute(services: DimonaServices): Route {
  return {
    ...consulting,
    method: 'get',
    path: '/dimona/v2/files/{fileId}/notifications',
    operationId: 'getNotifications',
    summary: 'The answers of a file as NOTIFICATION XML (2022/3); 404 until every form was judged',
    query: z.strictObject({ lang: z.enum(['nl', 'fr', 'de']).default('nl') }),
    answers: { 200: { description: 'One form for each form of the file', mediaType: 'application/xml' } },
    handle: async (request) => {
      const file = await find(services, request);
      if (file.processedAt === null) throw new Refusal(resourceNotFound('fileId'));
      const { lang } = request.query as { readonly lang: 'nl' | 'fr' | 'de' };
      const stream = await begun(writeNotification(handledForms(services, file), lang));
      // Every form waits for its person: there is nothing to notify yet.
      if (stream === undefined) throw new Refusal(resourceNotFound('fileId'));
      return { status: 200, headers: { 'Content-Type': 'application/xml; charset=utf-8' }, stream };
    },
  };
}

async function* handledForms(services: DimonaServices, file: FileRow): AsyncGenerator<HandledForm> {
  for await (const { row, form } of listFormAnswers(services, file)) {
    yield {
      declarationId: row.declarationId,
      answeredAt: row.answeredAt,
      head: form.head,
      references: form.references,
      declaration: form.declaration,
      result: row.result,
      anomalies: row.anomalies.filter(isAnomalyCode).map((code) => ({ code })),
      ...(row.periodId !== null &&
        row.impact !== null && { impact: { periodId: row.periodId, ...row.impact } }),
    };
  }
}

/** Reads the first piece, so that an empty stream is known before the answer begins; undefined when it is empty. */
async function begun(stream: AsyncGenerator<string>): Promise<AsyncIterable<string> | undefined> {
  const first = await stream.next();
  if (first.done === true) return undefined;
  return (async function* () {
    yield first.value;
    yield* stream;
  })();
}

function addressOf({ settings }: DimonaServices, fileId: string): string {
  return `${settings.publicUrl}/dimona/v2/files/${fileId}`;
}
