/**
 * Events for senders: receipts in the order of the evidence log. That order is given once a record can have no older
 * neighbour any more, so that whoever reads after a place misses nothing, in whatever order transactions ended.
 */
import type { Ground } from '../domain/ground.ts';
import type { SenderEvent } from '../domain/sender-event.ts';
import type { Connection } from './database.ts';
import { bindTo, coveredBy } from './grounds.ts';

/**
 * Takes some leaves up: an event for the sender of each receipt, a delivery for each subscription to it. Gives how many
 * leaves were looked at. Another process that is at it does the work; this one does nothing then. Receipts and messages are
 * looked for one by one: joined, the planner reads all there ever were, each time.
 */
export async function takeUpLeaves(
  connection: Connection,
  federationKinds: readonly string[],
  limit: number,
): Promise<number> {
  const [lock] = await connection.query<{ locked: boolean }>(
    `select pg_try_advisory_xact_lock(hashtextextended('sender/feed', 0)) as locked`,
  );
  if (lock?.locked !== true) return 0;
  const [row] = await connection.query<{ looked: number }>(
    `with leaves as materialized (
       select l.leaf_index, l.kind, l.record_id from evidence_leaf l
       where l.leaf_index >= (select next_leaf from sender_feed) order by l.leaf_index limit $1
     ), told as materialized (
       select l.leaf_index, r.event_id, r.kind, r.recorded_time, m.organization from leaves l
       cross join lateral (
         select event_id, kind, recorded_time, message_id from receipt
         where event_id = case l.kind when 'receipt' then l.record_id::uuid end offset 0) r
       cross join lateral (
         select sender_organization_id as organization from message where message_id = r.message_id offset 0) m
     ), events as (
       insert into sender_event (leaf_index, event_id, organization)
       select leaf_index, event_id, organization from told
     ), deliveries as (
       insert into delivery (subscription_id, leaf_index)
       select s.subscription_id, t.leaf_index from told t
       join subscription s on s.ended_at is null and (s.kinds is null or t.kind = any(s.kinds))
         and case s.format when 'federation' then t.kind = any($2) else s.organization = t.organization end
       where t.recorded_time >= s.created_at
     )
     update sender_feed set next_leaf = (select max(leaf_index) + 1 from leaves) where exists (select from leaves)
     returning (select count(*)::int from leaves) as looked`,
    [limit, federationKinds],
  );
  return row?.looked ?? 0;
}

export const SENDER_EVENT = `r.event_id as "eventId", r.kind, r.message_id as "messageId", m.message_type_id as "messageTypeId",
  m.sender_organization_id as "senderOrganizationId", m.sender_application_id as "senderApplicationId",
  m.received_at as "receivedAt", m.expires_at as "expiresAt", r.event_time as "eventTime",
  r.recorded_time as "recordedTime", e.leaf_index::float8 as "leafIndex"`;

/** Lists the events that a ground covers from a place in the log on, the oldest first. */
export async function listSenderEvents(
  connection: Connection,
  ground: Ground,
  page: { readonly from: number; readonly size: number },
): Promise<SenderEvent[]> {
  const values: unknown[] = [page.from, page.size];
  const sent = coveredBy(ground, { sender: 'e.organization' }, bindTo(values));
  return connection.query<SenderEvent>(
    `select ${SENDER_EVENT} from sender_event e join receipt r using (event_id) join message m using (message_id)
     where ${sent} and e.leaf_index >= $1 order by e.leaf_index limit $2`,
    values,
  );
}
