/** Reports of statuses as an authentic source writes them: one record a fact. */
import { z } from 'zod';
import { parseEnterpriseNumber } from '../domain/enterprise-number.ts';
import { type LocalDate, parseLocalDate } from '../domain/period.ts';
import { parseSsin, type Ssin } from '../domain/ssin.ts';
import { findTextFault, TEXT_FAULTS, writeLine } from '../domain/text.ts';
import { maskSsins } from '../log.ts';
import { LIMITS, readPlainReport } from './plain-report.ts';
import { issuesOf, type RecordRow } from './record-rows.ts';

const line = (longest: number) =>
  z.string().transform((text, context) => {
    const fault = findTextFault(text, longest);
    if (fault === undefined) return writeLine(text);
    context.issues.push({ code: 'custom', message: TEXT_FAULTS[fault], input: text });
    return z.NEVER;
  });

const day = z.string().transform((text, context) => {
  const date = parseLocalDate(text);
  if (date !== undefined) return date;
  context.issues.push({ code: 'custom', message: 'expected a day as yyyy-MM-dd', input: text });
  return z.NEVER;
});

const instant = z.iso.datetime({ offset: true, error: 'expected a moment as 2020-04-01T10:00:00+02:00' });

const attributes = z
  .record(z.string().regex(LIMITS.attribute, 'is no name of an attribute'), line(LIMITS.text))
  .refine((all) => Object.keys(all).length <= LIMITS.attributes, `expected ${LIMITS.attributes} at most`)
  .default({})
  .meta({
    type: 'object',
    description: 'What the source adds, by the names that attestation types print',
  });

const ssinOn = (today: LocalDate) =>
  z.string().transform((text, context): Ssin => {
    const ssin = parseSsin(text, today);
    if (ssin !== undefined) return ssin;
    context.issues.push({ code: 'custom', message: 'is no SSIN', input: text });
    return z.NEVER;
  });

/** A report, as it may be on a day. Without `withdrawn` it says that the fact holds. */
export const statusRecordOn = (today: LocalDate) =>
  z
    .strictObject({
      ssin: ssinOn(today).meta({
        type: 'string',
        pattern: '^\\d{11}$',
        description: 'Of whom',
        example: '81050100156',
      }),
      status: z.string().regex(LIMITS.code, 'expected the code of a status').meta({
        description: 'A code of `GET /register/v1/refData/statuses`',
        example: 'temporaryUnemployment',
      }),
      reference: line(LIMITS.reference)
        .refine((text) => maskSsins(text) === text, 'holds what looks like the number of a person')
        .meta({
          type: 'string',
          description: 'The source’s own name of the fact, the same in every report of it',
          example: 'C32-2020-000017',
        }),
      validFrom: day.meta({ type: 'string', format: 'date', example: '2020-04-01' }),
      validUntil: day.optional().meta({
        type: 'string',
        format: 'date',
        description: 'The last day; missing: still open',
        example: '2020-04-30',
      }),
      changedAt: instant.optional().meta({
        description:
          'When the source decided this; a report made earlier never overrules one made later. Missing: when it came in',
        example: '2020-05-02T09:30:00+02:00',
      }),
      enterpriseNumber: z
        .string()
        .refine(
          (text) => text.length === 10 && parseEnterpriseNumber(text) !== undefined,
          'is no enterprise number',
        )
        .optional()
        .meta({ description: 'Of the employer, where the fact has one', example: '0206731645' }),
      attributes,
      withdrawn: z.boolean().default(false).meta({
        description: 'The fact was never so: whatever was reported under the reference is withdrawn',
      }),
    })
    .superRefine(({ validFrom, validUntil }, context) => {
      if (validUntil !== undefined && validUntil < validFrom)
        context.addIssue({ code: 'custom', path: ['validUntil'], message: 'lies before the first day' });
    });

export type StatusRecord = z.output<ReturnType<typeof statusRecordOn>>;

/** Reads what one row says, or what is wrong with it. */
export function readStatusRecord(
  content: RecordRow['content'],
  today: LocalDate,
):
  | { readonly kind: 'status'; readonly record: StatusRecord }
  | (RecordRow['content'] & { readonly kind: 'refused' }) {
  if (content.kind === 'refused') return content;
  const plain = readPlainReport(content.value, today);
  if (plain !== undefined) return { kind: 'status', record: plain };
  const result = schemaOf(today).safeParse(content.value);
  return result.success
    ? { kind: 'status', record: result.data }
    : { kind: 'refused', issues: issuesOf(result.error) };
}

let made: { readonly today: LocalDate; readonly schema: ReturnType<typeof statusRecordOn> } | undefined;

/** Making a schema costs more than using it. */
function schemaOf(today: LocalDate): ReturnType<typeof statusRecordOn> {
  if (made?.today !== today) made = { today, schema: statusRecordOn(today) };
  return made.schema;
}
