/** Who of the made-up persons of a campaign is there for what: by their number, each range up to, without, its end. */

/** Declared one by one. */
export const DECLARED_END = 400;
/** Of the two batches, so many persons each. */
export const BATCH_PERSONS = 100;
export const BATCH_END = DECLARED_END + 2 * BATCH_PERSONS;
/** Get letters, the last ones first; those are erased. */
export const LETTER_END = BATCH_END + 300;
export const ERASED = 5;

/** The mail address of one of them. */
export function addressOf(person: number): string {
  return `nr${person}@example.org`;
}
