/** Events to tell, written in the transaction that causes them. */

import type { Connection } from './database.ts';
import { queueJob } from './jobs.ts';

export interface OutboxRow {
  readonly outboxId: string;
  readonly kind: 'messagePublished';
  readonly messageId: string;
  readonly toldAt: Date | null;
}

/** Adds an event and the job that tells it. */
export async function insertEvent(
  connection: Connection,
  event: { readonly kind: OutboxRow['kind']; readonly messageId: string },
): Promise<void> {
  const [row] = await connection.query<{ outboxId: string }>(
    `insert into outbox (kind, message_id) values ($1, $2) returning outbox_id as "outboxId"`,
    [event.kind, event.messageId],
  );
  await queueJob(connection, { lane: 'tell', kind: 'tell', payload: { outboxId: row?.outboxId } });
}

/** Finds an event. */
export async function findEvent(connection: Connection, outboxId: string): Promise<OutboxRow | undefined> {
  const [row] = await connection.query<OutboxRow>(
    `select outbox_id as "outboxId", kind, message_id as "messageId", told_at as "toldAt" from outbox where outbox_id = $1`,
    [outboxId],
  );
  return row;
}

/** Says that an event was told. */
export async function markTold(connection: Connection, outboxId: string): Promise<void> {
  await connection.query('update outbox set told_at = clock_timestamp() where outbox_id = $1', [outboxId]);
}
