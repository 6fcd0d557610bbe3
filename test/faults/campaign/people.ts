/** Who of the made-up persons of a campaign is there for what: by their number, each range up to, without, its end. */

/** Declared one by one. */
export const DECLARED_END = 400;
/** Of the batches, so many persons each; the last one is recalled. */
export const BATCH_PERSONS = 100;
export const BATCHES = 3;
export const BATCH_END = DECLARED_END + BATCHES * BATCH_PERSONS;
/** Get letters, the last ones first; those are erased. */
export const LETTER_END = BATCH_END + 300;
export const ERASED = 5;

/** The mail address of one of them. */
export function addressOf(person: number): string {
  return `nr${person}@example.org`;
}
