/** How a caller names the mandate by which they act for another: never an SSIN, which no header may hold (rule sens-dat). */
import { isUuid } from '../domain/identifier.ts';
import { badRequest, inputIssue, Refusal } from './problems.ts';
import type { Request } from './route.ts';

/** The header of routes that a mandate opens (rules cst-header, hdr-case). */
export const MANDATE_HEADER_NAME = 'Citizen-Ebox-Mandate-Id';

/** Gives the mandate that a request names; undefined when the caller acts for themselves. */
export function mandateIdOf({ headers }: Pick<Request, 'headers'>): string | undefined {
  const mandateId = headers[MANDATE_HEADER_NAME.toLowerCase()];
  if (mandateId === undefined || isUuid(mandateId)) return mandateId;
  throw new Refusal(
    badRequest([inputIssue('schemaViolation', 'header', MANDATE_HEADER_NAME, 'expected a UUID')]),
  );
}
