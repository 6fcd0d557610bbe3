/** Records of a register file: a person or an enterprise, as an authentic source reports them. */
import { z } from 'zod';
import {
  isEstablishmentUnitNumber,
  parseEnterpriseNumber,
  parseNssoNumber,
} from '../domain/enterprise-number.ts';
import { DOCUMENT_LANGUAGES, PAGE_LANGUAGES } from '../domain/language.ts';
import { type LocalDate, parseLocalDate } from '../domain/period.ts';
import { parseSsin } from '../domain/ssin.ts';
import { findTextFault, LONGEST, TEXT_FAULTS, writeLine } from '../domain/text.ts';
import { maskSsins } from '../log.ts';
import type { RowIssue } from './record-refusal.ts';
import { issuesOf, type RecordRow } from './record-rows.ts';

// A name is printed on documents, composed and with single spaces.
const name = z
  .string()
  .transform((text, context) => {
    const fault = findTextFault(text, LONGEST.name);
    if (fault === undefined) return writeLine(text);
    context.issues.push({ code: 'custom', message: TEXT_FAULTS[fault], input: text });
    return z.NEVER;
  })
  .meta({ type: 'string', maxLength: LONGEST.name });

const day = z.string().refine((text) => parseLocalDate(text) !== undefined, 'expected a day as yyyy-MM-dd');

const ssinOn = (today: LocalDate) =>
  z.string().refine((text) => parseSsin(text, today) !== undefined, 'is no SSIN');

const enterpriseNumber = z
  .string()
  .refine((text) => parseEnterpriseNumber(text) !== undefined, 'is no enterprise number');

/** A person, as known on a day. `replaces` lists numbers that this one took the place of. */
export const personRecordOn = (today: LocalDate) =>
  z.strictObject({
    ssin: ssinOn(today),
    familyName: name,
    givenName: name,
    birthDate: day.refine((text) => text <= today, 'lies in the future').optional(),
    /** The language the person chose for documents. */
    language: z.enum(DOCUMENT_LANGUAGES).optional(),
    municipality: z
      .strictObject({ nisCode: z.string().regex(/^\d{5}$/, 'expected five digits'), since: day.optional() })
      .optional(),
    /** The reference of the household in the population register. */
    household: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9-]{0,49}$/, 'expected letters, digits and dashes')
      .refine((text) => maskSsins(text) === text, 'holds what looks like the number of a person')
      .optional(),
    email: z.email().max(254).optional(),
    hasEbox: z.boolean().default(false),
    /** Wants nothing on paper any more. */
    isExclusivelyElectronic: z.boolean().default(false),
    /** The language the person wants mail in, where it is another than that of documents. */
    mailLanguage: z.enum(PAGE_LANGUAGES).optional(),
    replaces: z.array(ssinOn(today)).max(10).default([]),
    /** The enterprise number of somebody who is self-employed. */
    selfEmployedAs: enterpriseNumber.optional(),
  });
export type PersonRecord = z.output<ReturnType<typeof personRecordOn>>;

/** An enterprise, so that attestations can name the employer. */
export const enterpriseRecordSchema = z.strictObject({
  enterpriseNumber,
  nssoNumber: z
    .string()
    .refine((text) => parseNssoNumber(text) !== undefined, 'is no NSSO number')
    .optional(),
  name,
  activeUntil: day.optional(),
  /** All of them; missing: as they were. */
  establishmentUnits: z
    .array(z.string().refine(isEstablishmentUnitNumber, 'is no number of an establishment unit'))
    .max(10_000)
    .optional(),
  jointCommittees: z
    .array(z.string().regex(/^\d{3}(\.\d{2})?$/, 'expected a joint committee as 145 or 140.03'))
    .max(50)
    .optional(),
});
export type EnterpriseRecord = z.output<typeof enterpriseRecordSchema>;

/** What one line says, or what is wrong with it: property and reason, never the value. */
export type RegisterRecord =
  | { readonly kind: 'person'; readonly person: PersonRecord }
  | { readonly kind: 'enterprise'; readonly enterprise: EnterpriseRecord }
  | { readonly kind: 'refused'; readonly issues: readonly RowIssue[] };

/** Reads what one row says: a record with `enterpriseNumber` is an enterprise, any other a person. */
export function readRegisterRecord(
  { content }: Pick<RecordRow, 'content'>,
  today: LocalDate,
): RegisterRecord {
  if (content.kind === 'refused') return content;
  const { value } = content;
  if (typeof value === 'object' && value !== null && 'enterpriseNumber' in value) {
    const result = enterpriseRecordSchema.safeParse(value);
    return result.success
      ? { kind: 'enterprise', enterprise: result.data }
      : { kind: 'refused', issues: issuesOf(result.error) };
  }
  const result = schemaOf(today).safeParse(value);
  return result.success
    ? { kind: 'person', person: result.data }
    : { kind: 'refused', issues: issuesOf(result.error) };
}

let made: { readonly today: LocalDate; readonly schema: ReturnType<typeof personRecordOn> } | undefined;

/** Making a schema costs a hundred times more than using it. */
function schemaOf(today: LocalDate): ReturnType<typeof personRecordOn> {
  if (made?.today !== today) made = { today, schema: personRecordOn(today) };
  return made.schema;
}
