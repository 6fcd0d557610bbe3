/** Why a file of declarations is sent back whole: what is wrong with it as XML, and where. */
import { maskSsins } from '../log.ts';

/** `illFormed` covers what XML 1.0 itself refuses, undeclared entities and an unfinished file among them. */
export type RefusalReason =
  | 'illFormed'
  | 'wrongEncoding'
  | 'doctypeForbidden'
  | 'processingInstructionForbidden'
  | 'wrongRoot'
  | 'unexpectedContent'
  | 'tooDeep'
  | 'formTooLarge'
  | 'tooManyForms'
  | 'noForm';

/** Thrown while a file is read: the sender's fault, not the service's, and no form of the file may be kept. */
export class FormFileRefusal extends Error {
  readonly reason: RefusalReason;
  /** From 1; both name the place where reading stopped. */
  readonly line: number;
  /** From 0. */
  readonly column: number;

  constructor(
    reason: RefusalReason,
    message: string,
    place: { readonly line: number; readonly column: number },
  ) {
    super(maskSsins(message));
    this.name = 'FormFileRefusal';
    this.reason = reason;
    this.line = place.line;
    this.column = place.column;
  }
}
