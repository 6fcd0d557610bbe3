/** A reason that an official types, to be kept and read by others: no number of a person may be in it. */
import { findTextFault, writeLine } from '../domain/text.ts';
import { maskSsins } from '../log.ts';

export type FreeTextFault = 'desk.reasonMissing' | 'desk.reasonUnfit' | 'desk.reasonNumber';

/** Gives the text as it is kept, or the key of what to say about it. */
export function readFreeText(
  typed: string,
  longest: number,
): { readonly text: string } | { readonly fault: FreeTextFault } {
  const text = writeLine(typed);
  const fault = findTextFault(text, longest);
  if (fault === 'empty') return { fault: 'desk.reasonMissing' };
  if (fault !== undefined) return { fault: 'desk.reasonUnfit' };
  return maskSsins(text) === text ? { text } : { fault: 'desk.reasonNumber' };
}
