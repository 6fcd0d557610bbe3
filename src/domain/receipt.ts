/**
 * Receipts: append-only evidence of what became of a message, each with two clocks: when it happened, as it states, and when
 * we wrote it down. What a message's state is follows from its receipts and is kept nowhere else.
 */

/**
 * Our kinds, with the event of ETSI EN 319 522-1 they stand for; `undefined` where that standard has none. A publication that
 * is refused (A.2 SubmissionRejection) leaves no receipt: there is no message, and whoever published was answered.
 */
export const ETSI_EVENTS = {
  /** ContentConsignment */
  published: 'D.1',
  /** RelayRejection: another registry did not take it. */
  refused: 'B.2',
  /** ConsignmentNotification */
  notified: 'D.3',
  /** ConsignmentNotificationFailure */
  notificationFailed: 'D.4',
  /** Unread for so many days as its type says. */
  reminded: undefined,
  /** Still unread shortly before it expires. */
  expiryAlerted: undefined,
  /** ContentHandover: the first fetch of the main content. */
  read: 'E.1',
  /** It expired unread. */
  neverRead: undefined,
  /** RelayToNonERDS: it left on paper. */
  printed: 'F.1',
} as const;

export type ReceiptKind = keyof typeof ETSI_EVENTS;
export const RECEIPT_KINDS = Object.keys(ETSI_EVENTS) as readonly ReceiptKind[];

/** What a sender states of its own message: what it did itself. */
export const REPORTED_KINDS = [
  'notified',
  'notificationFailed',
  'printed',
] as const satisfies readonly ReceiptKind[];
export type ReportedKind = (typeof REPORTED_KINDS)[number];

/** A receipt as far as the state of its message depends on it. */
export interface Happening {
  readonly kind: ReceiptKind;
  readonly eventTime: Date;
}

/** From the strongest on: what is said of a message whose receipts say several things. */
const STATES = ['read', 'neverRead', 'printed', 'refused', 'notified', 'published'] as const;
export type MessageState = (typeof STATES)[number];

/** Gives the state that receipts amount to, in whatever order they come; undefined without any. */
export function stateOf(receipts: readonly Pick<Happening, 'kind'>[]): MessageState | undefined {
  return STATES.find((state) => receipts.some(({ kind }) => kind === state));
}

/** How far the clock of whoever reports may be ahead of ours, in milliseconds. */
const CLOCK_SKEW = 5 * 60_000;

/** Why a reported receipt is not taken in. */
export type ReceiptFault =
  /** There is no such message of the organisation. */
  | 'unknownMessage'
  /** The event id is known with another content. */
  | 'forged'
  /** It happened before the message was there. */
  | 'early'
  /** It has not happened yet. */
  | 'future'
  /** It happened before something that was reported already, or after the message had come to its end. */
  | 'outOfOrder';

/** What an organisation reports. */
export interface ReportedReceipt {
  /** Given by the organisation: the same for the same event. */
  readonly eventId: string;
  readonly messageId: string;
  readonly kind: ReportedKind;
  readonly eventTime: Date;
}

/** What is known when a receipt is reported. */
export interface KnownMessage {
  readonly receivedAt: Date;
  readonly expiresAt: Date;
  readonly receipts: readonly (Happening & { readonly reportedBy: string | null })[];
}

/** Judges a reported receipt that was not reported before; undefined when nothing is wrong with it. */
export function faultOf(
  { kind, eventTime }: Pick<ReportedReceipt, 'kind' | 'eventTime'>,
  { receivedAt, expiresAt, receipts }: KnownMessage,
  now: Date,
): Exclude<ReceiptFault, 'unknownMessage' | 'forged'> | undefined {
  if (eventTime.getTime() > now.getTime() + CLOCK_SKEW) return 'future';
  if (eventTime < receivedAt) return 'early';
  const ends = receipts.filter((one) => ['read', 'neverRead'].includes(one.kind));
  const isAfterEnd = eventTime >= expiresAt || ends.some((one) => one.eventTime <= eventTime);
  const isOvertaken = receipts.some(
    ({ reportedBy, eventTime: known }) => reportedBy !== null && known > eventTime,
  );
  const isTwice = kind === 'printed' && receipts.some((one) => one.kind === 'printed');
  return isAfterEnd || isOvertaken || isTwice ? 'outOfOrder' : undefined;
}
