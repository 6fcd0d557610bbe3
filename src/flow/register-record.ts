/** Records of a register file: a person or an enterprise, as an authentic source reports them. */
import { z } from 'zod';
import { parseEnterpriseNumber, parseNssoNumber } from '../domain/enterprise-number.ts';
import { DOCUMENT_LANGUAGES, PAGE_LANGUAGES } from '../domain/language.ts';
import { type LocalDate, parseLocalDate } from '../domain/period.ts';
import { parseSsin } from '../domain/ssin.ts';
import { findTextFault, LONGEST, showName, TEXT_FAULTS, writeLine } from '../domain/text.ts';
import { maskSsins } from '../log.ts';
import { parseStrictText, writePath } from './strict-json.ts';

// A name is printed on documents, composed and with single spaces.
const name = z.string().transform((text, context) => {
  const fault = findTextFault(text, LONGEST.name);
  if (fault === undefined) return writeLine(text);
  context.issues.push({ code: 'custom', message: TEXT_FAULTS[fault], input: text });
  return z.NEVER;
});

const day = z.string().refine((text) => parseLocalDate(text) !== undefined, 'expected a day as yyyy-MM-dd');

const ssinOn = (today: LocalDate) =>
  z.string().refine((text) => parseSsin(text, today) !== undefined, 'is no SSIN');

/** A person, as known on a day. `replaces` lists numbers that this one took the place of. */
const personRecordOn = (today: LocalDate) =>
  z.strictObject({
    ssin: ssinOn(today),
    familyName: name,
    givenName: name,
    birthDate: day.optional(),
    /** The language the person chose for documents. */
    language: z.enum(DOCUMENT_LANGUAGES).optional(),
    municipality: z
      .strictObject({ nisCode: z.string().regex(/^\d{5}$/, 'expected five digits'), since: day.optional() })
      .optional(),
    email: z.email().max(254).optional(),
    hasEbox: z.boolean().default(false),
    /** Wants nothing on paper any more. */
    isExclusivelyElectronic: z.boolean().default(false),
    /** The language the person wants mail in, where it is another than that of documents. */
    mailLanguage: z.enum(PAGE_LANGUAGES).optional(),
    replaces: z.array(ssinOn(today)).max(10).default([]),
  });
export type PersonRecord = z.output<ReturnType<typeof personRecordOn>>;

/** An enterprise, so that attestations can name the employer. */
const enterpriseRecordSchema = z.strictObject({
  enterpriseNumber: z
    .string()
    .refine((text) => parseEnterpriseNumber(text) !== undefined, 'is no enterprise number'),
  nssoNumber: z
    .string()
    .refine((text) => parseNssoNumber(text) !== undefined, 'is no NSSO number')
    .optional(),
  name,
  activeUntil: day.optional(),
});
export type EnterpriseRecord = z.output<typeof enterpriseRecordSchema>;

/** What one line says, or what is wrong with it: property and reason, never the value. */
export type RegisterRecord =
  | { readonly kind: 'person'; readonly person: PersonRecord }
  | { readonly kind: 'enterprise'; readonly enterprise: EnterpriseRecord }
  | {
      readonly kind: 'refused';
      readonly issues: readonly { readonly name: string; readonly detail: string }[];
    };

/** Reads one line: a record with `enterpriseNumber` is an enterprise, any other a person. */
export function readRegisterRecord(text: string | undefined, today: LocalDate): RegisterRecord {
  const parsed = text === undefined ? undefined : parseStrictText(text);
  if (parsed?.kind !== 'value') {
    const name = shown(parsed?.name ?? '');
    return { kind: 'refused', issues: [{ name, detail: parsed?.detail ?? 'is no line of UTF-8' }] };
  }
  const { value } = parsed;
  if (typeof value === 'object' && value !== null && 'enterpriseNumber' in value) {
    const result = enterpriseRecordSchema.safeParse(value);
    return result.success ? { kind: 'enterprise', enterprise: result.data } : refused(result.error);
  }
  const result = personRecordOn(today).safeParse(value);
  return result.success ? { kind: 'person', person: result.data } : refused(result.error);
}

/** More than this of one line says nothing more. */
const LISTED_ISSUES = 20;
const LONGEST_NAME = 100;

/** Names each property once. An unknown one was named by whoever sent it, so its name is treated as a value. */
function refused(error: z.ZodError): RegisterRecord {
  const issues = error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ name: nameOf([...issue.path, key]), detail: 'is not known' }))
      : [{ name: nameOf(issue.path), detail: issue.message }],
  );
  const once = [...new Map(issues.toReversed().map((issue) => [issue.name, issue])).values()].toReversed();
  return { kind: 'refused', issues: once.slice(0, LISTED_ISSUES) };
}

function nameOf(path: readonly PropertyKey[]): string {
  return shown(writePath(path));
}

function shown(name: string): string {
  return showName(maskSsins(name), LONGEST_NAME);
}
