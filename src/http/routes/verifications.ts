/** Verification of a document, for whoever holds it. */
import { z } from 'zod';
import { brusselsDateTime } from '../../domain/period.ts';
import { ALTERATIONS, type VerificationReport } from '../../domain/verification.ts';
import { concludeOnFile } from '../../workflows/conclude.ts';
import { LARGEST_PDF_BYTES, receivePdf } from '../../workflows/receive-pdf.ts';
import type { Services } from '../../workflows/services.ts';
import { verifyPdf } from '../../workflows/verify.ts';
import { holderOf } from '../callers.ts';
import type { Route } from '../route.ts';
import { codeKeyRoutes } from './code-keys.ts';
import { trustRoute } from './trust.ts';
import { verifyArchiveRoute } from './verification-archive.ts';
import { verifyCodeRoute } from './verification-code.ts';
import { verifyHashesRoute } from './verification-hashes.ts';
import { type RecordRouteServices, verificationRecordRoutes } from './verification-record.ts';
import {
  attestationSchema,
  conclusionSchema,
  dateTime,
  dayAsked,
  dayQuery,
  onDaySchema,
  statusSchema,
  text,
  toStanding,
} from './verification-schema.ts';

const sealSchema = z
  .object({
    indication: z.enum(['TOTAL_PASSED', 'TOTAL_FAILED', 'INDETERMINATE']).meta({
      description: 'The seal alone, in the words of ETSI EN 319 102-1',
    }),
    subIndication: text('Why it is not TOTAL_PASSED, in the same words', 'HASH_FAILURE').optional(),
    explanation: text(
      'The same as a sentence',
      'the file is unchanged since it was sealed, and the seal is valid',
    ),
    signer: z
      .object({
        subject: text('Whom the certificate names', 'CN=Seal, O=Institution, C=BE'),
        issuer: text('Who vouches for it', 'CN=Issuing CA, O=Institution, C=BE'),
        serialNumber: text('Hexadecimal', '4f2a'),
      })
      .optional()
      .meta({ description: 'The certificate of the seal, where one was found' }),
    level: z
      .enum(['B-B', 'B-T', 'B-LT'])
      .optional()
      .meta({ description: 'The PAdES baseline level of a seal that is TOTAL_PASSED' }),
    timeStamp: z
      .object({
        time: dateTime('When the seal existed at the latest'),
        authority: text('Who says so', 'CN=Time-stamping authority, O=Institution, C=BE'),
        serialNumber: text('Of the time-stamp, hexadecimal', '4F2A'),
        policy: text('Object identifier of the policy of the authority', '0.4.0.2023.1.1'),
      })
      .optional()
      .meta({ description: 'The time-stamp of the seal, where it has one that holds' }),
  })
  .meta({ id: 'SealVerdict' });

const reportSchema = z
  .object({
    sha256: text(
      'SHA-256 of the file, hexadecimal',
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    ),
    checkedAt: dateTime('When this was found'),
    signature: sealSchema,
    status: statusSchema.meta({
      description: 'What the register says; `unknown` when these bytes were not issued here',
    }),
    onDay: onDaySchema.optional(),
    attestation: attestationSchema.optional(),
    alteration: z.enum(ALTERATIONS).optional().meta({
      description:
        'What was done to a document of ours after it was sealed, where that can be told; `contentChanged` may also be a seal taken from another document',
    }),
    isNumberKnown: z.boolean().optional().meta({
      description:
        'Of a file whose seal is ours and whose bytes the register does not know: whether it knows the number on it, of another file',
    }),
    conclusion: conclusionSchema,
  })
  .meta({ id: 'VerificationReport' });

type VerificationServices = Pick<Services, 'codeSigner'> & RecordRouteServices;

/** The routes of verification. */
export function verificationRoutes(services: VerificationServices): Route[] {
  return [
    {
      method: 'post',
      path: '/verifications/v1/verifications',
      operationId: 'verifyPdf',
      summary: 'Verify a PDF: its seal, and what the register says of it',
      description:
        'A document counts when `signature.indication` is `TOTAL_PASSED` and `status` is `valid`; `conclusion.verdict` is then `valid`. Any other file gets a report too. Bytes that were issued here are known by their hash; all others are examined apart from the service, with limits of time and memory. The file is not kept. For a document of ours it is kept that it was verified.',
      tag: 'Verification',
      access: { kind: 'public' },
      errors: 'belgif',
      query: dayQuery,
      body: { kind: 'stream', mediaTypes: ['application/pdf'], limit: LARGEST_PDF_BYTES },
      answers: { 200: { description: 'The verification report', schema: reportSchema } },
      handle: async (request) => {
        const file = await receivePdf(request.stream);
        const report = await verifyPdf(services, file, holderOf(request), dayAsked(request.query));
        return { status: 200, body: toReport(services, report) };
      },
    },
    verifyCodeRoute(services),
    ...verificationRecordRoutes(services),
    verifyHashesRoute(services),
    verifyArchiveRoute(services),
    trustRoute(services),
    ...codeKeyRoutes(services),
  ];
}

function toReport(
  { catalogue }: Pick<Services, 'catalogue'>,
  report: VerificationReport,
): z.input<typeof reportSchema> {
  const { timeStamp, ...signature } = report.signature;
  const stamped = timeStamp && { timeStamp: { ...timeStamp, time: brusselsDateTime(timeStamp.time) } };
  return {
    sha256: report.sha256,
    signature: { ...signature, ...stamped },
    ...toStanding(report),
    ...(report.alteration !== undefined && { alteration: report.alteration }),
    ...(report.isNumberKnown !== undefined && { isNumberKnown: report.isNumberKnown }),
    conclusion: concludeOnFile(catalogue, report),
  };
}
