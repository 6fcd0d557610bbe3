/** Events to tell, written in the transaction that causes them. */

import type { Connection } from './database.ts';
import { queueJob } from './jobs.ts';

/** What happened, and to what. */
export type Event =
  | { readonly kind: 'messagePublished'; readonly messageId: string }
  | {
      readonly kind: 'deliberationExpires';
      readonly deliberationId: string;
      readonly version: number;
    };

export type OutboxEvent = Event & { readonly outboxId: string; readonly toldAt: Date | null };

/** Adds an event and the job that tells it. */
export async function insertEvent(
  connection: Connection,
  event: Event & { readonly kind: 'messagePublished' },
): Promise<void> {
  const [row] = await connection.query<{ outboxId: string }>(
    `insert into outbox (kind, message_id) values ($1, $2) returning outbox_id as "outboxId"`,
    [event.kind, event.messageId],
  );
  await queueTelling(connection, row?.outboxId);
}

/** As `insertEvent`, for many messages. Whoever has no mail address cannot be told: those events are told at once. */
export async function insertPublishedEvents(
  connection: Connection,
  messageIds: readonly string[],
): Promise<void> {
  await connection.query(
    `with added as (
       insert into outbox (kind, message_id, told_at)
       select 'messagePublished', m.message_id, case when p.email is null then clock_timestamp() end
       from message m join person p using (person_id) where m.message_id = any($1) order by m.message_id
       returning outbox_id, told_at
     )
     insert into job (lane, kind, payload)
     select 'tell', 'tell', jsonb_build_object('outboxId', outbox_id::text) from added where told_at is null`,
    [messageIds],
  );
}

/**
 * Adds an event, and the job that tells it, for each deliberation whose last version expires within so many days and
 * of which that was not told yet. Gives the versions.
 */
export async function insertExpiries(
  connection: Connection,
  withinDays: number,
): Promise<readonly { readonly deliberationId: string; readonly version: number }[]> {
  const rows = await connection.query<{ outboxId: string; deliberationId: string; version: number }>(
    `insert into outbox (kind, deliberation_id, deliberation_version)
     select 'deliberationExpires', d.deliberation_id, d.version from deliberation d
     where d.valid_until between brussels_today() and brussels_today() + $1::int
       and not exists (select from deliberation l where l.deliberation_id = d.deliberation_id and l.version > d.version)
       and not exists (select from deliberation_end e where e.deliberation_id = d.deliberation_id)
       and not exists (select from outbox o where o.kind = 'deliberationExpires'
         and o.deliberation_id = d.deliberation_id and o.deliberation_version = d.version)
     on conflict (deliberation_id, deliberation_version) where kind = 'deliberationExpires' do nothing
     returning outbox_id as "outboxId", deliberation_id as "deliberationId", deliberation_version as version`,
    [withinDays],
  );
  for (const { outboxId } of rows) await queueTelling(connection, outboxId);
  return rows;
}

async function queueTelling(connection: Connection, outboxId: string | undefined): Promise<void> {
  await queueJob(connection, { lane: 'tell', kind: 'tell', payload: { outboxId } });
}

interface OutboxRow {
  readonly outboxId: string;
  readonly kind: Event['kind'];
  readonly messageId: string | null;
  readonly deliberationId: string | null;
  readonly version: number | null;
  readonly toldAt: Date | null;
}

/** Finds an event. */
export async function findEvent(connection: Connection, outboxId: string): Promise<OutboxEvent | undefined> {
  const [row] = await connection.query<OutboxRow>(
    `select outbox_id as "outboxId", kind, message_id as "messageId", deliberation_id as "deliberationId",
       deliberation_version as version, told_at as "toldAt" from outbox where outbox_id = $1`,
    [outboxId],
  );
  if (row === undefined) return undefined;
  const { toldAt, messageId, deliberationId, version } = row;
  if (messageId !== null) return { kind: 'messagePublished', outboxId, toldAt, messageId };
  // The table holds either a message or a version of a deliberation.
  return {
    kind: 'deliberationExpires',
    outboxId,
    toldAt,
    deliberationId: String(deliberationId),
    version: Number(version),
  };
}

/** Says that an event was told. */
export async function markTold(connection: Connection, outboxId: string): Promise<void> {
  await connection.query('update outbox set told_at = clock_timestamp() where outbox_id = $1', [outboxId]);
}
