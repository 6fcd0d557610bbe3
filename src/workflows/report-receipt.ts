/** A sender reports what it did with a message itself: told the citizen, could not, or sent it on paper. */
import { insertAuditEntry } from '../database/audit.ts';
import { insertReceipt } from '../database/messages.ts';
import {
  findCoveredMessage,
  lockMessage,
  type MessageReceipt,
  receiptOf,
  receiptsOf,
} from '../database/receipts.ts';
import { faultOf, type ReceiptFault, type ReportedReceipt } from '../domain/receipt.ts';
import type { Services } from './services.ts';
import type { SenderAccess } from './track.ts';

export type ReportOutcome =
  | { readonly kind: 'recorded' }
  /** The same was reported before: nothing changes. */
  | { readonly kind: 'known' }
  | { readonly kind: 'refused'; readonly fault: ReceiptFault };

/** Records a receipt that the sender of a message reports; what is wrong with it changes nothing. */
export async function reportReceipt(
  { database, clock }: Pick<Services, 'database' | 'clock'>,
  { actor, ground, traceId }: SenderAccess,
  reported: ReportedReceipt,
): Promise<ReportOutcome> {
  const { messageId, eventId, kind, eventTime } = reported;
  const { organization } = ground;
  return database.transaction(async (connection): Promise<ReportOutcome> => {
    const message = await findCoveredMessage(connection, ground, messageId);
    if (message === undefined) return { kind: 'refused', fault: 'unknownMessage' };
    await lockMessage(connection, messageId);
    const first = await receiptOf(connection, eventId);
    if (first !== undefined)
      return isSame(first, reported, organization) ? { kind: 'known' } : { kind: 'refused', fault: 'forged' };
    const receipts = await receiptsOf(connection, messageId);
    const fault = faultOf(reported, { ...message, receipts }, clock());
    if (fault !== undefined) return { kind: 'refused', fault };
    const isNew = await insertReceipt(connection, {
      eventId,
      messageId,
      kind,
      eventTime,
      reportedBy: organization,
    });
    // Somebody else used the event id since it was looked for.
    if (!isNew) return { kind: 'refused', fault: 'forged' };
    await insertAuditEntry(connection, {
      actor,
      action: 'receipt.report',
      ground: ground.kind,
      personId: message.personId,
      object: messageId,
      ...(traceId !== undefined && { traceId }),
    });
    return { kind: 'recorded' };
  });
}

function isSame(
  first: MessageReceipt,
  { messageId, kind, eventTime }: ReportedReceipt,
  organization: string,
) {
  return (
    first.reportedBy === organization &&
    first.messageId === messageId &&
    first.kind === kind &&
    first.eventTime.getTime() === eventTime.getTime()
  );
}
