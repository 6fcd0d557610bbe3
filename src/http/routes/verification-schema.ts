/** What verification says of an attestation, as it goes over the wire. */
import { z } from 'zod';
import type { PeriodData } from '../../domain/attestation-data.ts';
import { brusselsDateTime, type LocalDate } from '../../domain/period.ts';
import { VERDICTS } from '../../domain/verdict.ts';
import {
  ATTESTATION_STATUSES,
  type CodeReport,
  type VerifiedAttestation,
} from '../../domain/verification.ts';
import { localDate } from '../fields.ts';

/** A moment, with what it means. */
export const dateTime = (description: string) =>
  z.string().meta({ format: 'date-time', description, example: '2026-03-02T09:30:00+01:00' });
/** A text, with what it means. */
export const text = (description: string, example: string) => z.string().meta({ description, example });

const employerSchema = z.object({
  name: text('As printed', 'Boomgaarden Haspengouw BV').optional(),
  enterpriseNumber: text('As printed', '0206731645').optional(),
  nssoNumber: text('As printed', '175110801').optional(),
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
    expiresAt: dateTime('Since when it is too old; missing where its type has no such end').optional(),
    holder: z
      .object({
        familyName: text('As printed', 'Peeters').optional(),
        givenName: text('As printed', 'An').optional(),
        ssin: text('With its last five digits hidden', '81.05.00-***.**').optional(),
      })
      .optional(),
    employer: employerSchema.optional(),
    month: z.string().optional().meta({ description: 'As printed', example: '2020-09' }),
    days: z
      .array(
        z.object({
          date: z.string().optional().meta({ format: 'date', example: '2020-09-01' }),
          reference: text('DimonaPeriodId', '900000000178').optional(),
          jointCommittee: text('As printed', '145').optional(),
          usingEmployer: text('As printed', 'Boomgaarden Haspengouw BV').optional(),
        }),
      )
      .optional()
      .meta({ description: 'The days attested' }),
    rule: text('Which rule a decision was taken by', '2020').optional(),
    referenceDate: z
      .string()
      .meta({ format: 'date', description: 'The day that the rule looks at', example: '2020-09-30' })
      .optional(),
    periods: z
      .array(
        z.object({
          startDate: z.string().optional().meta({ format: 'date', example: '2020-09-01' }),
          endDate: z.string().optional().meta({ format: 'date', example: '2020-09-10' }),
          source: text('Who reported it', 'Office of example').optional(),
          reference: text('Of the source', '900000000178').optional(),
          employer: employerSchema.optional(),
          attributes: z
            .record(z.string(), z.union([z.string(), z.record(z.string(), z.string())]))
            .optional()
            .meta({ description: 'What the source adds, by name; an address by its parts' }),
        }),
      )
      .optional()
      .meta({ description: 'The periods attested' }),
  })
  .meta({ id: 'VerifiedAttestation', description: 'Its id, what is printed on it and nothing more' });

/** What the register says. */
export const statusSchema = z.enum(ATTESTATION_STATUSES);

/** The status on the day that was asked about. */
export const onDaySchema = z
  .object({ date: z.string().meta({ format: 'date', example: '2026-11-02' }), status: statusSchema })
  .meta({ id: 'StatusOnDay', description: 'Given when `date` was asked' });

const inLanguages = <T extends z.ZodType>(of: T) => z.object({ nl: of, fr: of, de: of, en: of });

/** The verdict in a word, and for people. */
export const conclusionSchema = z
  .object({
    verdict: z.enum(VERDICTS).meta({
      description:
        'What seal and register say together: `altered` bears our name and has no seal of ours that holds, `foreign` has nothing of ours, `undecided` can be neither confirmed nor refused',
    }),
    sentence: inLanguages(text('The same as a sentence', 'This attestation is genuine and valid')),
    next: inLanguages(z.array(z.string())).meta({ description: 'What to do now' }),
  })
  .meta({ id: 'Conclusion' });

/** `?date=`: the status on a day is told too. */
export const dayQuery = z.strictObject({
  date: localDate('Also tell the status on this day', '2026-11-02').optional(),
});

/** Gives the day that was asked about. */
export function dayAsked(query: unknown): LocalDate | undefined {
  // The route's schema read it.
  return (query as z.output<typeof dayQuery>).date;
}

/** What the register says, as it is written. */
export interface StandingReply {
  readonly checkedAt: string;
  readonly status: z.input<typeof statusSchema>;
  readonly onDay?: z.input<typeof onDaySchema>;
  readonly attestation?: z.input<typeof attestationSchema>;
}

/** Writes what the register says: what is printed on the document and nothing more, of the SSIN all but five digits. */
export function toStanding({ attestation, checkedAt, status, onDay }: CodeReport): StandingReply {
  return {
    checkedAt: brusselsDateTime(checkedAt),
    status,
    ...(onDay && { onDay: { date: onDay.day, status: onDay.status } }),
    ...(attestation && { attestation: toAttestation(attestation) }),
  };
}

function toAttestation(attestation: VerifiedAttestation): z.input<typeof attestationSchema> {
  const { attestationId, number, type, issuedAt, endedAt, expiresAt, supersededBy } = attestation;
  const { holder, employer, month, rule, referenceDate, days, periods } = attestation.facts;
  return {
    attestationId,
    number,
    type,
    issuedAt: brusselsDateTime(issuedAt),
    ...(endedAt && { endedAt: brusselsDateTime(endedAt) }),
    ...(supersededBy !== undefined && { supersededBy }),
    ...(expiresAt && { expiresAt: brusselsDateTime(expiresAt) }),
    ...(holder && { holder }),
    ...(employer && { employer }),
    ...(month !== undefined && { month }),
    ...(rule !== undefined && { rule }),
    ...(referenceDate !== undefined && { referenceDate }),
    ...(days && { days: [...days] }),
    ...(periods && { periods: periods.map(toPeriod) }),
  };
}

function toPeriod({ attributes, ...rest }: PeriodData) {
  const parts = Object.entries(attributes ?? {}).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : { ...value },
  ]);
  return {
    ...rest,
    ...(attributes && {
      attributes: Object.fromEntries(parts) as Record<string, string | Record<string, string>>,
    }),
  };
}
