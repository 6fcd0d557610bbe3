/** Verification of a document, for whoever holds it. */
import { z } from 'zod';
import { brusselsDateTime } from '../../domain/period.ts';
import { maskSsin } from '../../domain/ssin.ts';
import type { VerificationReport } from '../../domain/verification.ts';
import type { Services } from '../../workflows/services.ts';
import { verifyPdf } from '../../workflows/verify.ts';
import { holderOf } from '../callers.ts';
import type { Route } from '../route.ts';

const LARGEST_PDF_BYTES = 20 * 1024 * 1024;

const dateTime = z.string().meta({ format: 'date-time' });

const reportSchema = z
  .object({
    sha256: z.string().meta({ description: 'SHA-256 of the file, hexadecimal' }),
    checkedAt: dateTime,
    signature: z.object({
      indication: z.enum(['TOTAL_PASSED', 'TOTAL_FAILED', 'INDETERMINATE']).meta({
        description: 'The seal alone, in the words of ETSI EN 319 102-1',
      }),
      subIndication: z.string().optional(),
      explanation: z.string(),
      signer: z.object({ subject: z.string(), issuer: z.string(), serialNumber: z.string() }).optional(),
    }),
    status: z.enum(['valid', 'superseded', 'revoked', 'unknown']).meta({
      description: 'What the register says; `unknown` when these bytes were not issued here',
    }),
    attestation: z
      .object({
        attestationId: z.string(),
        number: z.string(),
        type: z.string(),
        issuedAt: dateTime,
        endedAt: dateTime.optional(),
        supersededBy: z.string().optional(),
        holder: z.object({ familyName: z.string(), givenName: z.string(), ssin: z.string() }),
        employer: z
          .object({
            name: z.string().optional(),
            enterpriseNumber: z.string().optional(),
            nssoNumber: z.string().optional(),
          })
          .optional(),
        days: z.array(z.object({ date: z.string(), reference: z.string() })),
      })
      .optional(),
  })
  .meta({ id: 'VerificationReport' });

/** The routes of verification. */
export function verificationRoutes(
  services: Pick<Services, 'database' | 'vault' | 'sealTrust' | 'clock'>,
): Route[] {
  return [
    {
      method: 'post',
      path: '/verifications/v1/verifications',
      operationId: 'verifyPdf',
      summary: 'Verify a PDF: its seal, and what the register says of it',
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
  ];
}

/** Writes a report: what is printed on the document and nothing more, the SSIN with its last five digits hidden. */
function toReport(report: VerificationReport): z.input<typeof reportSchema> {
  const { attestation } = report;
  return {
    sha256: report.sha256,
    checkedAt: brusselsDateTime(report.checkedAt),
    signature: report.signature,
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
        days: attestation.facts.days.map(({ date, reference }) => ({ date, reference })),
      },
    }),
  };
}
