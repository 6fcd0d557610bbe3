/** What verification says of an attestation, as it goes over the wire. */
import { z } from 'zod';
import type { AttestedPeriod } from '../../domain/attestation.ts';
import { brusselsDateTime } from '../../domain/period.ts';
import { maskSsin } from '../../domain/ssin.ts';
import type { CodeReport } from '../../domain/verification.ts';
import { maskSsins } from '../../log.ts';

/** A moment, with what it means. */
export const dateTime = (description: string) =>
  z.string().meta({ format: 'date-time', description, example: '2026-03-02T09:30:00+01:00' });
/** A text, with what it means. */
export const text = (description: string, example: string) => z.string().meta({ description, example });

const periodSchema = z.object({
  startDate: z.string().meta({ format: 'date', example: '2020-04-01' }),
  endDate: z.string().optional().meta({ format: 'date', description: 'Missing while it is open' }),
  source: text('Who reported it', 'RVA'),
  reference: text('The source’s own name of the fact', 'C32-2020-000017').optional(),
  employer: z
    .object({
      name: z.string().optional(),
      enterpriseNumber: z.string().optional(),
      nssoNumber: z.string().optional(),
    })
    .optional(),
  attributes: z
    .record(z.string(), z.union([z.string(), z.record(z.string(), z.string())]))
    .meta({ description: 'What the source adds, with numbers of persons hidden' }),
});

/** What is printed on a document. */
export const attestationSchema = z
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
    rule: text('Which rule a decision was taken by', '2020').optional(),
    referenceDate: z
      .string()
      .meta({ format: 'date', description: 'The day that the rule looks at', example: '2020-09-30' })
      .optional(),
    periods: z
      .array(periodSchema)
      .optional()
      .meta({ description: 'The periods attested, of documents that list them' }),
  })
  .meta({ id: 'VerifiedAttestation', description: 'What is printed on the document, and nothing more' });

/** What the register says. */
export const statusSchema = z.enum(['valid', 'superseded', 'revoked', 'erased', 'unknown']);

/** What the register says, as it is written. */
export interface StandingReply {
  readonly checkedAt: string;
  readonly status: z.input<typeof statusSchema>;
  readonly attestation?: z.input<typeof attestationSchema>;
}

/** Writes what the register says: what is printed on the document and nothing more, of the SSIN all but five digits. */
export function toStanding(report: CodeReport): StandingReply {
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
        ...(attestation.facts.rule !== undefined && { rule: attestation.facts.rule }),
        ...(attestation.facts.referenceDate && { referenceDate: attestation.facts.referenceDate }),
        ...(attestation.facts.periods && { periods: attestation.facts.periods.map(toPeriod) }),
      },
    }),
  };
}

/** A period with its days at the top, as in the data attached to documents; numbers of persons are hidden. */
function toPeriod({ period, attributes, employer, ...rest }: AttestedPeriod): z.input<typeof periodSchema> {
  const { startDate, endDate } = period;
  const shown = Object.entries(attributes).map(([name, value]) => [
    name,
    typeof value === 'string' ? maskSsins(value) : { ...value },
  ]);
  return {
    startDate,
    ...(endDate !== undefined && { endDate }),
    ...rest,
    ...(employer && { employer }),
    attributes: Object.fromEntries(shown) as Record<string, string>,
  };
}
