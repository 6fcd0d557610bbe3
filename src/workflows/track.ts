/** Receipts come back: a sender asks what became of the messages it published. */
import { insertAuditEntry } from '../database/audit.ts';
import { listSentStatuses } from '../database/linked-messages.ts';
import { findPersonBySsin } from '../database/persons.ts';
import type { Actor } from '../domain/evidence.ts';
import type { Ground } from '../domain/ground.ts';
import type { Ssin } from '../domain/ssin.ts';
import type { Services } from './services.ts';

export interface SenderAccess {
  readonly actor: Actor;
  readonly ground: Ground & { readonly kind: 'sender' };
  readonly traceId?: string;
}

/** A message as its sender names it: by id and recipient. */
export interface SentMessage {
  readonly messageId: string;
  readonly ssin: Ssin;
}

export interface SentStatus extends SentMessage {
  readonly isRead: boolean;
  readonly isVisible: boolean;
  readonly expiresAt: Date;
}

/** Gives the status of the sender's own messages; one of another sender, or to another recipient, is left out. */
export async function trackMessages(
  { database, vault }: Pick<Services, 'database' | 'vault'>,
  access: SenderAccess,
  asked: readonly SentMessage[],
): Promise<readonly SentStatus[]> {
  return database.transaction(async (connection) => {
    const ids = asked.map(({ messageId }) => messageId);
    const rows = await listSentStatuses(connection, access.ground, ids);
    const found: SentStatus[] = [];
    for (const one of asked) {
      const person = await findPersonBySsin(connection, vault.lookUps(one.ssin));
      const row = rows.find((sent) => sent.messageId === one.messageId && sent.personId === person?.personId);
      if (row === undefined || person === undefined) continue;
      const { readAt, isVisible, expiresAt } = row;
      found.push({ ...one, isRead: readAt !== null, isVisible, expiresAt });
      await insertAuditEntry(connection, {
        actor: access.actor,
        action: 'message.status',
        ground: access.ground.kind,
        personId: person.personId,
        object: one.messageId,
        ...(access.traceId !== undefined && { traceId: access.traceId }),
      });
    }
    return found;
  });
}
