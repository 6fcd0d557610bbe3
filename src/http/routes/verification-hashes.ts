/** Verification of many documents at once, for employers that the register knows. */
import { z } from 'zod';
import { judgeCode, VERDICTS } from '../../domain/verdict.ts';
import type { Services } from '../../workflows/services.ts';
import { MOST_HASHES, verifyHashes } from '../../workflows/verify-many.ts';
import { knownHolderOf } from '../callers.ts';
import { localDate } from '../fields.ts';
import { missingPermission, Refusal } from '../problems.ts';
import type { Route } from '../route.ts';
import { attestationSchema, dateTime, onDaySchema, statusSchema, toStanding } from './verification-schema.ts';

const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in lower-case hexadecimal')
  .meta({ example: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' });

const questionSchema = z
  .strictObject({
    hashes: z.array(sha256).min(1).max(MOST_HASHES).meta({ description: 'SHA-256 of each file' }),
    date: localDate('Also tell the status on this day', '2026-11-02').optional(),
  })
  .meta({ id: 'VerificationHashes' });

const answerSchema = z
  .object({
    items: z.array(
      z.object({
        sha256,
        checkedAt: dateTime('When this was found'),
        verdict: z.enum(VERDICTS).meta({ description: '`undecided` for bytes that were not issued here' }),
        status: statusSchema,
        onDay: onDaySchema.optional(),
        attestation: attestationSchema.optional(),
      }),
    ),
  })
  .meta({ id: 'HashReports', description: 'In the order in which they were given' });

type HashServices = Pick<Services, 'database' | 'vault' | 'catalogue' | 'clock'>;

/** The route that asks of many files by their hashes. */
export function verifyHashesRoute(services: HashServices): Route {
  return {
    method: 'post',
    path: '/verifications/v1/verifications/hashes',
    operationId: 'verifyHashes',
    summary: 'Verify many files by their hashes',
    description:
      'For employers that the register knows; the files stay where they are. Bytes that were issued here are genuine and unchanged by their hash alone; of others send the file itself. For each document of ours it is kept that the organisation verified it.',
    tag: 'Verification',
    access: { kind: 'scope', scope: 'verifications:bulk', caller: 'client' },
    errors: 'belgif',
    body: { kind: 'json', schema: questionSchema, limit: 128 * 1024 },
    answers: { 200: { description: 'What the register says of each', schema: answerSchema } },
    handle: async (request) => {
      // The schema has read it.
      const { hashes, date } = request.body as z.output<typeof questionSchema>;
      const reports = await verifyHashes(services, hashes, knownHolderOf(request), date);
      if (reports === undefined)
        throw new Refusal(missingPermission('This operation is for employers that the register knows'));
      const items = reports.map((report) => ({
        sha256: report.sha256,
        verdict: judgeCode(report),
        ...toStanding(report),
      }));
      return { status: 200, body: { items } };
    },
  };
}
