/** The answers of a whole file as NOTIFICATION XML. */
import { z } from 'zod';
import { type HandledForm, writeNotification } from '../../dimona/notification.ts';
import { isAnomalyCode } from '../../domain/anomaly.ts';
import { type DeclarantAccess, type FileRow, listFormAnswers } from '../../workflows/consult.ts';
import { declarantAccessOf } from '../callers.ts';
import { Refusal, resourceNotFound } from '../problems.ts';
import type { Route } from '../route.ts';
import { consulting, type DimonaServices, fileParams, findFile } from './dimona-file.ts';

/** The route of a file's notifications. */
export function notificationRoute(services: DimonaServices): Route {
  return {
    ...consulting,
    method: 'get',
    path: '/dimona/v2/files/{fileId}/notifications',
    operationId: 'getNotifications',
    summary: 'The answers of a file as NOTIFICATION XML (2022/3)',
    description: '404 until every form was judged. A form that waits for its worker has no notification yet.',
    params: fileParams,
    query: z.strictObject({
      lang: z.enum(['nl', 'fr', 'de']).default('nl').meta({ description: 'Of the anomaly texts' }),
    }),
    answers: { 200: { description: 'One form for each form of the file', mediaTypes: ['application/xml'] } },
    handle: async (request) => {
      const file = await findFile(services, request);
      if (file.processedAt === null) throw new Refusal(resourceNotFound('fileId'));
      const { lang } = request.query as { readonly lang: 'nl' | 'fr' | 'de' };
      const stream = await begun(
        writeNotification(handledForms(services, declarantAccessOf(request), file), lang),
      );
      // Every form waits for its person: there is nothing to notify yet.
      if (stream === undefined) throw new Refusal(resourceNotFound('fileId'));
      return { status: 200, headers: { 'Content-Type': 'application/xml; charset=utf-8' }, stream };
    },
  };
}

async function* handledForms(
  services: DimonaServices,
  access: DeclarantAccess,
  file: FileRow,
): AsyncGenerator<HandledForm> {
  for await (const { row, form } of listFormAnswers(services, access, file)) {
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
