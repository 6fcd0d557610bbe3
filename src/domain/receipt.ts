/** Receipts: append-only evidence of what became of a message, with the time it states and the time we got it. */

/** Our kinds, with the event of ETSI EN 319 522-1 they stand for. */
export const RECEIPT_KINDS = {
  /** D.1 ContentConsignment */
  published: 'D.1',
  /** B.2 RelayRejection: another registry did not take it. */
  refused: 'B.2',
  /** D.3 ConsignmentNotification */
  notified: 'D.3',
  /** D.4 ConsignmentNotificationFailure */
  notificationFailed: 'D.4',
  /** E.1 ContentHandover */
  read: 'E.1',
  /** F.1 RelayToNonERDS: it left on paper. */
  printed: 'F.1',
} as const;

export type ReceiptKind = keyof typeof RECEIPT_KINDS;
