/** What another registry refused waits for an operator, who has it tried again. */
import { insertAuditEntry } from '../database/audit.ts';
import { queueJob } from '../database/jobs.ts';
import { listParked, type ParkedRow, unparkRelay } from '../database/relays.ts';
import type { Actor } from '../domain/evidence.ts';
import type { Services } from './services.ts';

const LISTED = 1000;

/** Lists what was set aside. */
export function showParked({ database }: Pick<Services, 'database'>): Promise<readonly ParkedRow[]> {
  return database.transaction((connection) => listParked(connection, LISTED));
}

/** Has a message tried again; gives false when it was not set aside. */
export function retryRelay(
  { database }: Pick<Services, 'database'>,
  actor: Actor,
  messageId: string,
): Promise<boolean> {
  return database.transaction(async (connection) => {
    if (!(await unparkRelay(connection, messageId))) return false;
    await queueJob(connection, {
      lane: 'single',
      kind: 'relay',
      payload: { messageId },
      dedupeKey: messageId,
    });
    await insertAuditEntry(connection, {
      actor,
      action: 'message.relay',
      ground: 'duty',
      object: messageId,
    });
    return true;
  });
}
