/** Verification of a ZIP of documents, for employers that the register knows. */
import { z } from 'zod';
import { VERDICTS } from '../../domain/verdict.ts';
import { ALTERATIONS } from '../../domain/verification.ts';
import type { Services } from '../../workflows/services.ts';
import { type ArchivedReport, type ArchiveOutcome, verifyArchive } from '../../workflows/verify-archive.ts';
import { knownHolderOf } from '../callers.ts';
import { badRequest, inputIssue, missingPermission, Refusal } from '../problems.ts';
import type { Route } from '../route.ts';
import {
  attestationSchema,
  dateTime,
  dayAsked,
  dayQuery,
  onDaySchema,
  statusSchema,
  text,
  toStanding,
} from './verification-schema.ts';

const LARGEST_ZIP_BYTES = 20 * 2 ** 20;

const answerSchema = z
  .object({
    items: z.array(
      z.object({
        name: text('As the archive says; what looks like the number of a person is hidden', 'an-peeters.pdf'),
        sha256: text('SHA-256 of the file, hexadecimal', 'ab'.repeat(32)),
        checkedAt: dateTime('When this was found'),
        verdict: z.enum(VERDICTS),
        status: statusSchema,
        onDay: onDaySchema.optional(),
        attestation: attestationSchema.optional(),
        signature: z
          .object({
            indication: z.enum(['TOTAL_PASSED', 'TOTAL_FAILED', 'INDETERMINATE']),
            subIndication: z.string().optional(),
            explanation: z.string(),
          })
          .optional()
          .meta({ description: 'The seal of bytes that were not issued here' }),
        alteration: z.enum(ALTERATIONS).optional(),
      }),
    ),
  })
  .meta({ id: 'ArchiveReports', description: 'In the order of the archive' });

const FAULTS: Readonly<Record<Exclude<ArchiveOutcome['kind'], 'reports' | 'unknownEmployer'>, string>> = {
  tooMany: 'holds more than 100 files',
  tooLarge: 'holds more than 20 MB in one file, or more than 64 MB in all',
  broken: 'is no ZIP that can be read',
};

type ArchiveServices = Pick<
  Services,
  'database' | 'vault' | 'clock' | 'catalogue' | 'sealTrust' | 'sealKeys' | 'verifiers'
>;

/** The route that takes an archive. */
export function verifyArchiveRoute(services: ArchiveServices): Route {
  return {
    method: 'post',
    path: '/verifications/v1/verifications/archive',
    operationId: 'verifyArchive',
    summary: 'Verify the files of a ZIP',
    description:
      'For employers that the register knows: up to 100 files, 20 MB each and 64 MB in all once unpacked. No file is kept. For each document of ours it is kept that the organisation verified it.',
    tag: 'Verification',
    access: { kind: 'scope', scope: 'verifications:bulk', caller: 'client' },
    errors: 'belgif',
    query: dayQuery,
    body: { kind: 'bytes', mediaTypes: ['application/zip'], limit: LARGEST_ZIP_BYTES },
    answers: { 200: { description: 'What was found of each', schema: answerSchema } },
    handle: async (request) => {
      const day = dayAsked(request.query);
      const outcome = await verifyArchive(services, request.bytes, knownHolderOf(request), day);
      if (outcome.kind === 'unknownEmployer')
        throw new Refusal(missingPermission('This operation is for employers that the register knows'));
      if (outcome.kind !== 'reports')
        throw new Refusal(badRequest([inputIssue('invalidInput', 'body', undefined, FAULTS[outcome.kind])]));
      return { status: 200, body: { items: outcome.reports.map(toItem) } };
    },
  };
}

function toItem(report: ArchivedReport): z.input<typeof answerSchema>['items'][number] {
  const { name, sha256, verdict, examined } = report;
  const { indication, subIndication, explanation } = examined?.signature ?? {};
  return {
    name,
    sha256,
    verdict,
    ...toStanding(report),
    ...(indication !== undefined &&
      explanation !== undefined && {
        signature: { indication, ...(subIndication !== undefined && { subIndication }), explanation },
      }),
    ...(examined?.alteration !== undefined && { alteration: examined.alteration }),
  };
}
