/** The `Idempotency-Key` of a request: by what a resend is known again. */
import type { MessageKey } from '../workflows/recognise.ts';
import { badRequest, inputIssue, Refusal } from './problems.ts';
import type { Request } from './route.ts';

/** What the header means, for the OpenAPI document. */
export const IDEMPOTENCY_HEADER = {
  'Idempotency-Key':
    'Makes a resend the same message; without it, the same body is (1 to 64 printable characters)',
};

/** Reads an `Idempotency-Key`: a structured-field string, or its text without quotation marks. */
export function messageKeyOf({ headers }: Request): MessageKey {
  const header = headers['idempotency-key'];
  if (header === undefined) return { kind: 'body' };
  const value = /^"(.*)"$/.exec(header)?.[1] ?? header;
  if (/^[\x21-\x7e]{1,64}$/.test(value)) return { kind: 'key', value };
  const detail = 'expected 1 to 64 printable characters';
  throw new Refusal(badRequest([inputIssue('schemaViolation', 'header', 'Idempotency-Key', detail)]));
}
