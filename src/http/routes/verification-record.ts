/** The sealed record of a check, for whoever has to file it. */
import { z } from 'zod';
import { isOfflineCode } from '../../code/offline-code.ts';
import { checkedFileOf } from '../../domain/check-record.ts';
import { DOCUMENT_LANGUAGES } from '../../domain/language.ts';
import { type Checked, type RecordServices, recordCheck } from '../../workflows/check-record.ts';
import { LARGEST_PDF_BYTES, receivePdf } from '../../workflows/receive-pdf.ts';
import type { SealedPaper } from '../../workflows/seal-paper.ts';
import type { Services } from '../../workflows/services.ts';
import { examinePdf } from '../../workflows/verify.ts';
import { holderOf } from '../callers.ts';
import { badRequest, inputIssue, Refusal, resourceNotFound } from '../problems.ts';
import type { Reply, Request, Route } from '../route.ts';
import { type CodeServices, codeSchema, tokenOf } from './verification-code.ts';
import { dayAsked, dayQuery } from './verification-schema.ts';

const recordQuery = dayQuery.extend({
  language: z.enum(DOCUMENT_LANGUAGES).meta({
    description: 'Of the record: one of those in which documents are sealed',
    example: 'nl',
  }),
});

const ANSWERS = { 200: { description: 'The record', mediaTypes: ['application/pdf'] } };
const WHAT =
  'Like the operation without `record`, at whose moment the register is asked again; the answer is the record of that check as a sealed PDF, with the same as JSON attached. It says what was checked, when, what was found, and what the document shows. The record is no attestation, and is told from one by its `conclusion.verdict` when it is verified itself.';

export type RecordRouteServices = RecordServices &
  CodeServices &
  Pick<Services, 'sealTrust' | 'verifiers' | 'sealKeys'>;

/** The routes for a file and for a code. */
export function verificationRecordRoutes(services: RecordRouteServices): Route[] {
  const common = {
    method: 'post',
    tag: 'Verification',
    access: { kind: 'public' },
    errors: 'belgif',
    query: recordQuery,
    answers: ANSWERS,
  } as const;
  return [
    {
      ...common,
      path: '/verifications/v1/verifications/record',
      operationId: 'recordVerification',
      summary: 'Verify a PDF and get a sealed record of the check',
      description: `${WHAT} The file is not kept.`,
      body: { kind: 'stream', mediaTypes: ['application/pdf'], limit: LARGEST_PDF_BYTES },
      handle: async (request) => {
        const examined = await examinePdf(services, await receivePdf(request.stream));
        return record(services, request, { by: 'file', file: checkedFileOf(examined) });
      },
    },
    {
      ...common,
      path: '/verifications/v1/verifications/code/record',
      operationId: 'recordCodeVerification',
      summary: 'Ask what the register says of a code and get a sealed record of that',
      description: `${WHAT} A code that was not issued here is not found: nothing is known of what was checked. An offline code is not taken: it can be checked by its number and the code beside it.`,
      body: { kind: 'json', schema: codeSchema, limit: 2048 },
      handle: async (request) => {
        // The schema has read it.
        const { code, number } = request.body as z.output<typeof codeSchema>;
        if (number === undefined && isOfflineCode(code))
          throw new Refusal(
            badRequest([
              inputIssue('invalidInput', 'body', 'code', 'is an offline code: give number and code'),
            ]),
          );
        const token = await tokenOf(services, request, { code, number });
        if (token === undefined) throw new Refusal(resourceNotFound('code'));
        return record(services, request, { by: 'code', code: token });
      },
    },
  ];
}

async function record(services: RecordServices, request: Request, checked: Checked): Promise<Reply> {
  const { language } = request.query as z.output<typeof recordQuery>;
  const holder = { ...holderOf(request), traceId: request.traceId };
  const make = (one: Checked) => recordCheck(services, one, language, holder, dayAsked(request.query));
  // The code of a document or of a share: neither tells by its form which it is.
  const sealed =
    (await make(checked)) ?? (checked.by === 'code' ? await make({ ...checked, by: 'share' }) : undefined);
  if (sealed === undefined) throw new Refusal(resourceNotFound('code'));
  return answerWith(sealed);
}

function answerWith({ pdf, fileName }: SealedPaper): Reply {
  const headers = {
    'Content-Type': 'application/pdf',
    'Content-Disposition': `attachment; filename="${fileName}"`,
  };
  return { status: 200, headers, bytes: pdf };
}
