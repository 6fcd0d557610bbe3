/** What senders are told of: receipts of their messages as events, in CloudEvents 1.0 or as the eBox federation writes them. */
import { ETSI_EVENTS, type ReceiptKind } from './receipt.ts';
import type { Ssin } from './ssin.ts';

/** A receipt as its sender hears of it. No person is in it. */
export interface SenderEvent {
  /** The same in every delivery and in the feed. */
  readonly eventId: string;
  readonly kind: ReceiptKind;
  readonly messageId: string;
  readonly messageTypeId: string;
  readonly senderOrganizationId: string;
  readonly senderApplicationId: string;
  readonly receivedAt: Date;
  readonly expiresAt: Date;
  readonly eventTime: Date;
  readonly recordedTime: Date;
  /** Its place in the evidence log, by which events are in order. */
  readonly leafIndex: number;
}

/** What the type of every event begins with. */
const TYPE = 'be.citizen-ebox.message';

/** Writes an event in the JSON format of CloudEvents 1.0; `source` is the address of the service. */
export function toCloudEvent(event: SenderEvent, source: string) {
  const etsiEvent = ETSI_EVENTS[event.kind];
  return {
    specversion: '1.0',
    id: event.eventId,
    source,
    type: `${TYPE}.${event.kind}`,
    subject: event.messageId,
    time: event.eventTime.toISOString(),
    datacontenttype: 'application/json',
    data: {
      messageId: event.messageId,
      messageTypeId: event.messageTypeId,
      senderOrganizationId: event.senderOrganizationId,
      senderApplicationId: event.senderApplicationId,
      kind: event.kind,
      ...(etsiEvent !== undefined && { etsiEvent }),
      receivedAt: event.receivedAt.toISOString(),
      expiresAt: event.expiresAt.toISOString(),
      eventTime: event.eventTime.toISOString(),
      recordedTime: event.recordedTime.toISOString(),
      leafId: `receipt.${event.eventId}`,
      leafIndex: event.leafIndex,
    },
  };
}

/** The events of the federation's contract (event service 1.1.1); others are not told in its format. */
const FEDERATION_TYPES = {
  published: 'newDocument',
  reminded: 'newDocumentReminder',
  read: 'readDocument',
  expiryAlerted: 'documentExpirationAlert',
} as const satisfies Partial<Record<ReceiptKind, string>>;
export const FEDERATION_KINDS = Object.keys(FEDERATION_TYPES) as readonly (keyof typeof FEDERATION_TYPES)[];

/**
 * Writes an event as the federation's contract does: an array of one. The contract knows enterprises only; that a citizen's
 * number stands in `ssin` is an assumption, so this format is off unless it is configured. Undefined for other kinds.
 */
export function toFederationEvents(event: SenderEvent, ssin: Ssin): readonly object[] | undefined {
  const eventType = FEDERATION_KINDS.find((kind) => kind === event.kind);
  if (eventType === undefined) return undefined;
  return [
    {
      eventType: FEDERATION_TYPES[eventType],
      eventCorrelationId: event.eventId,
      ssin,
      messageId: event.messageId,
      receiptDate: event.receivedAt.toISOString(),
      expirationDate: event.expiresAt.toISOString(),
      registeredMail: false,
      messageTypeId: event.messageTypeId,
      senderOrganizationId: event.senderOrganizationId,
      senderApplicationId: event.senderApplicationId,
    },
  ];
}
