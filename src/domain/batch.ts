/** A batch: a file of declarations that an agency sends at once, row by row to its outcome. */

/** `checking → checked → running → done`; a batch that runs at once goes from `checking` to `running`. */
export const BATCH_STATES = ['receiving', 'checking', 'checked', 'running', 'done'] as const;
export type BatchState = (typeof BATCH_STATES)[number];

/** The forms a batch file may have; its reject file has the same. */
export const BATCH_FORMS = ['csv', 'dimonaXml'] as const;
export type BatchForm = (typeof BATCH_FORMS)[number];

/**
 * How a row ended, once and for good: an attestation with it was issued; one with it had been issued before; the
 * declaration was refused; its person is not in the register yet; or what it declared gives no right any more.
 */
export const ROW_OUTCOMES = ['issued', 'unchanged', 'refused', 'waiting', 'notEntitled'] as const;
export type RowOutcome = (typeof ROW_OUTCOMES)[number];

/** How far a batch is. */
export interface BatchProgress {
  readonly rows: number;
  /** Rows that checking found faulty; they are refused when the batch runs. */
  readonly faulty: number;
  readonly ended: number;
  readonly outcomes: Readonly<Record<RowOutcome, number>>;
}
