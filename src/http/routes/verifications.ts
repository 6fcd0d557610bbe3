/** Verification of a document, for whoever holds it. */
import { z } from 'zod';
import { brusselsDateTime } from '../../domain/period.ts';
import { maskSsin } from '../../domain/ssin.ts';
import type { CodeReport, VerificationReport } from '../../domain/verification.ts';
import type { Services } from '../../workflows/services.ts';
import { verifyCode, verifyPdf } from '../../workflows/verify.ts';
import { holderOf } from '../callers.ts';
import type { Route } from '../route.ts';

const LARGEST_PDF_BYTES = 20 * 1024 * 1024;

const dateTime = (description: string) =>
  z.string().meta({ format: 'date-time', description, example: '2026-03-02T09:30:00+01:00' });
const text = (description: string, example: string) => z.string().meta({ description, example });

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

const attestationSchema = z
  .object({
    attestationId: text('Names the attestation', '01935b1e-7c00-7000-8000-000000000001'),
    number: text('As printed', 'QUA-2026-00000042-17'),
    type: text('Which kind of attestation', 'quarantine'),
    issuedAt: dateTime('As printed'),
    endedAt: dateTime('Since when it is superseded or revoked').optional(),
    supersededBy: text('The number of the attestation in its place', 'QUA-2026-00000043-18').optional(),
    holder: z.object({
      familyName: text('As printed', 'Peeters'),
      givenName: text('As printed', 'An'),
      ssin: text('With its last five digits hidden', '81.05.00-***.**'),
    }),
    employer: z
      .object({
        name: text('As printed', 'Boomgaarden Haspengouw BV').optional(),
        enterpriseNumber: text('As printed', '0206731645').optional(),
        nssoNumber: text('As printed', '175110801').optional(),
      })
      .optional(),
    days: z
      .array(
        z.object({
          date: z.string().meta({ format: 'date', example: '2020-09-01' }),
          reference: text('DimonaPeriodId', '900000000178'),
          jointCommittee: text('As printed', '145').optional(),
          usingEmployer: text('As printed', 'Boomgaarden Haspengouw BV').optional(),
        }),
      )
      .meta({ description: 'The days attested' }),
  })
  .meta({ id: 'VerifiedAttestation', description: 'What is printed on the document, and nothing more' });

const reportSchema = z
  .object({
    sha256: text(
      'SHA-256 of the file, hexadecimal',
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    ),
    checkedAt: dateTime('When this was found'),
    signature: sealSchema,
    status: z.enum(['valid', 'superseded', 'revoked', 'unknown']).meta({
      description: 'What the register says; `unknown` when these bytes were not issued here',
    }),
    attestation: attestationSchema.optional(),
  })
  .meta({ id: 'VerificationReport' });

const codeSchema = z
  .strictObject({
    code: z.string().min(1).max(100).meta({
      description: 'The last part of the address that is printed as a QR code',
      example: 'Jx4vPq0sT2mZb7Yc9kLw1A',
    }),
  })
  .meta({ id: 'VerificationCode' });

const codeReportSchema = z
  .object({
    checkedAt: dateTime('When this was found'),
    status: z.enum(['valid', 'superseded', 'revoked', 'unknown']).meta({
      description: 'What the register says; `unknown` when the code was not issued here',
    }),
    attestation: attestationSchema.optional(),
  })
  .meta({ id: 'CodeReport' });

type VerificationServices = Pick<Services, 'database' | 'vault' | 'sealTrust' | 'sealKeys' | 'clock'>;

/** The routes of verification. */
export function verificationRoutes(services: VerificationServices): Route[] {
  return [
    {
      method: 'post',
      path: '/verifications/v1/verifications',
      operationId: 'verifyPdf',
      summary: 'Verify a PDF: its seal, and what the register says of it',
      description:
        'A document counts when `signature.indication` is `TOTAL_PASSED` and `status` is `valid`. Any other file gets a report too. The file is not kept. For a document of ours it is kept that it was verified.',
      tag: 'Verification',
      access: { kind: 'public' },
      errors: 'belgif',
      body: { kind: 'bytes', mediaTypes: ['application/pdf'], limit: LARGEST_PDF_BYTES },
      answers: { 200: { description: 'The verification report', schema: reportSchema } },
      handle: async (request) => {
        const report = await verifyPdf(services, request.bytes, holderOf(request));
        return { status: 200, body: toReport(report) };
      },
    },
    {
      method: 'post',
      path: '/verifications/v1/verifications/code',
      operationId: 'verifyCode',
      summary: 'Ask what the register says of the code printed on a document',
      description:
        'It proves nothing about the paper that the code stands on: what is printed there must be compared with `attestation`. A file is verified by its bytes. For a document of ours it is kept that it was verified.',
      tag: 'Verification',
      access: { kind: 'public' },
      errors: 'belgif',
      body: { kind: 'json', schema: codeSchema, limit: 1024 },
      answers: { 200: { description: 'What the register says', schema: codeReportSchema } },
      handle: async (request) => {
        // The schema has read it.
        const { code } = request.body as z.output<typeof codeSchema>;
        return { status: 200, body: toStanding(await verifyCode(services, code, holderOf(request))) };
      },
    },
  ];
}

function toReport(report: VerificationReport): z.input<typeof reportSchema> {
  const { timeStamp, ...signature } = report.signature;
  const stamped = timeStamp && { timeStamp: { ...timeStamp, time: brusselsDateTime(timeStamp.time) } };
  return { sha256: report.sha256, signature: { ...signature, ...stamped }, ...toStanding(report) };
}

/** Writes what the register says: what is printed on the document and nothing more, of the SSIN all but five digits. */
function toStanding(report: CodeReport): z.input<typeof codeReportSchema> {
  const { attestation } = report;
  return {
    checkedAt: brusselsDateTime(report.checkedAt),
    status: report.status,
    ...(attestation && {
      attestation: {
        attestationId: attestation.attestationId,
        number: attestation.number,
        type: attestation.type,
        issuedAt: brusselsDateTime(attestation.issuedAt),
        ...(attestation.endedAt && { endedAt: brusselsDateTime(attestation.endedAt) }),
        ...(attestation.supersededBy !== undefined && { supersededBy: attestation.supersededBy }),
        holder: { ...attestation.facts.holder, ssin: maskSsin(attestation.facts.holder.ssin) },
        ...(attestation.facts.employer && { employer: attestation.facts.employer }),
        days: [...attestation.facts.days],
      },
    }),
  };
}
