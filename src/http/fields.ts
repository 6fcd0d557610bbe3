/** Fields that requests of several APIs have, read into the words of the domain. */
import { z } from 'zod';
import { parseEnterpriseNumber } from '../domain/enterprise-number.ts';
import { brusselsDate, parseLocalDate } from '../domain/period.ts';
import { parseSsin, type Ssin } from '../domain/ssin.ts';
import { maskSsins } from '../log.ts';
import { lineOfText } from './input.ts';
import { badRequest, inputIssue, Refusal } from './problems.ts';

/** A text that a parser takes; what came is not repeated. */
function parsed<T>(parse: (text: string) => T | undefined, expected: string) {
  return z.string().transform((text, context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.issues.push({ code: 'custom', message: expected, input: text });
    return z.NEVER;
  });
}

/** A day, `yyyy-MM-dd`. */
export function localDate(description: string, example: string) {
  return parsed(parseLocalDate, 'expected a day as yyyy-MM-dd').meta({
    type: 'string',
    format: 'date',
    description,
    example,
  });
}

/** A calendar month, `yyyy-MM`. */
export const month = z
  .string()
  .regex(/^(19|20)\d{2}-(0[1-9]|1[0-2])$/, 'expected a month as 2020-04')
  .meta({ example: '2020-04' });

/** An enterprise number with its check digits. */
export function enterpriseNumber(description: string, example = '0206731645') {
  return parsed(
    (text) => (/^\d{10}$/.test(text) ? parseEnterpriseNumber(text) : undefined),
    'expected an enterprise number of ten digits',
  ).meta({ type: 'string', pattern: '^[01]\\d{9}$', description, example });
}

/** Eleven digits; `checkSsin` tells whether they are an SSIN. */
export function ssinText(description: string) {
  return z
    .string()
    .regex(/^\d{11}$/, 'expected eleven digits')
    .meta({ description, example: '81050003552' });
}

/** Gives the SSIN that a text is; throws a `Refusal` when its check digits are wrong. */
export function checkSsin(text: string, name: string, now: Date): Ssin {
  const ssin = parseSsin(text, brusselsDate(now));
  if (ssin !== undefined) return ssin;
  throw new Refusal(badRequest([inputIssue('invalidInput', 'body', name, 'the check digits are wrong')]));
}

/** Words that others read; no number of a person may be among them. */
export function freeText(longest: number) {
  return lineOfText(longest).refine(
    (text) => maskSsins(text) === text,
    'holds what looks like the number of a person',
  );
}

/** The code of a purpose (KSZ/BCSS `legalContext`). It holds no digits, so that it never holds a person's number. */
export const legalContext = z
  .string()
  .regex(/^[A-Z]{2,12}:[A-Z]{1,20}(_[A-Z]{1,20}){0,4}$/, 'expected a code such as VO:WORK_PERMIT')
  .meta({ description: 'The purpose by its code', example: 'VO:WORK_PERMIT' });

/** The page of a list that begins after an entry. */
export const pageQuery = z.strictObject({
  cursor: z.uuid().optional().meta({ description: 'As the page before gives it' }),
});
/** Entries of a page. */
export const PAGE_SIZE = 50;

/** Which page is asked for. */
export function pageOf(query: unknown): { readonly size: number; readonly before: string | undefined } {
  // The route's schema read it.
  const { cursor } = query as z.output<typeof pageQuery>;
  return { size: PAGE_SIZE, before: cursor };
}
