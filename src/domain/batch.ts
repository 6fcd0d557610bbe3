/** A batch: a file of declarations that an agency sends at once, row by row to its outcome. */

/**
 * `checking → checked → running → done`; a batch that runs at once goes from `checking` to `running`. One that runs can be
 * `paused`, and goes on; one that is not done can be cancelled: `cancelling` until its last row has an outcome. One that
 * ran, or runs, can be recalled: `recalling` until what it declared was taken back.
 */
export const BATCH_STATES = [
  'receiving',
  'checking',
  'checked',
  'running',
  'paused',
  'cancelling',
  'done',
  'cancelled',
  'recalling',
  'recalled',
] as const;
export type BatchState = (typeof BATCH_STATES)[number];

/** Those that an agency sees: what is still being received is nobody's batch yet. */
export const SHOWN_STATES = BATCH_STATES.filter((state) => state !== 'receiving');

/** What its agency can have done with a batch, and the states in which it can. */
export const BATCH_ORDERS = {
  pause: { from: ['running'], to: 'paused' },
  resume: { from: ['paused'], to: 'running' },
  cancel: { from: ['checking', 'checked', 'running', 'paused'], to: 'cancelling' },
  recall: { from: ['running', 'paused', 'cancelling', 'done', 'cancelled'], to: 'recalling' },
} as const satisfies Readonly<
  Record<string, { readonly from: readonly BatchState[]; readonly to: BatchState }>
>;
export type BatchOrder = keyof typeof BATCH_ORDERS;

/** Lists the orders that can be followed in a state. */
export function ordersIn(state: BatchState): BatchOrder[] {
  const orders = Object.keys(BATCH_ORDERS) as BatchOrder[];
  return orders.filter((order) => (BATCH_ORDERS[order].from as readonly BatchState[]).includes(state));
}

/** Whether nothing happens any more by itself: all is done, or somebody has to decide. */
export function isAtRest(state: BatchState): boolean {
  return ['checked', 'done', 'cancelled', 'recalled'].includes(state);
}

/** What of a batch says how far its canary is: its first rows, which are issued before all others. */
export interface Canary {
  readonly state: BatchState;
  readonly canaryRows: number | null;
  readonly isCanaryOver: boolean;
  readonly progress: Pick<BatchProgress, 'rows' | 'ended'>;
}

/** `running` until its rows have ended, `waiting` until somebody decides on the others, then `over`. */
export const CANARY_STATES = ['running', 'waiting', 'over'] as const;
export type CanaryState = (typeof CANARY_STATES)[number];

/** How far the canary of a batch is; undefined for a batch that has none, or has no other rows. */
export function canaryState({
  state,
  canaryRows,
  isCanaryOver,
  progress: { rows, ended },
}: Canary): CanaryState | undefined {
  if (canaryRows === null || (rows > 0 && canaryRows >= rows)) return undefined;
  if (isCanaryOver) return 'over';
  return state === 'paused' && ended >= canaryRows ? 'waiting' : 'running';
}

/** How many rows of a batch are declared when it starts. */
export function rowsAtFirst({
  canaryRows,
  progress: { rows },
}: Pick<Canary, 'canaryRows' | 'progress'>): number {
  return Math.min(rows, canaryRows ?? rows);
}

/** The forms a batch file may have; its reject file has the same. */
export const BATCH_FORMS = ['csv', 'dimonaXml'] as const;
export type BatchForm = (typeof BATCH_FORMS)[number];

/** Where the rows of a batch come from: a file of one of these forms, or a selection on the register. */
export type BatchSource = BatchForm | 'selection';

/** The form in which rows go back to whoever sent them; of a selection none do. */
export function fileFormOf(source: BatchSource): BatchForm {
  return source === 'selection' ? 'csv' : source;
}

/**
 * How a row ended, once and for good: an attestation with it was issued; one with it had been issued before; the
 * declaration was refused; its person is not in the register yet; what it declared gives no right any more; or its batch
 * was cancelled before it was declared.
 */
export const ROW_OUTCOMES = [
  'issued',
  'unchanged',
  'refused',
  'waiting',
  'notEntitled',
  'cancelled',
] as const;
export type RowOutcome = (typeof ROW_OUTCOMES)[number];

/**
 * What recalling a row came to: its attestation was held back before it was issued; it was revoked, and its person told;
 * another version without what was declared took its place; nothing was issued, and the declaration was taken back; or
 * the attestation still holds, by what others declared, or because the declaration could not be taken back.
 */
export const RECALL_RESULTS = ['withdrawn', 'revoked', 'replaced', 'removed', 'kept'] as const;
export type RecallResult = (typeof RECALL_RESULTS)[number];

/** How far a batch is. */
export interface BatchProgress {
  readonly rows: number;
  /** Rows that checking found faulty; they are refused when the batch runs. */
  readonly faulty: number;
  readonly ended: number;
  /** Rows whose declaration was taken back. */
  readonly recalled: number;
  readonly outcomes: Readonly<Record<RowOutcome, number>>;
}
