/** Deliveries of events to subscribers, with every try. */
import type { SenderEvent } from '../domain/sender-event.ts';
import type { Connection } from './database.ts';
import { SENDER_EVENT } from './sender-events.ts';

export type TryOutcome = 'delivered' | 'refused' | 'unreachable';

/** A delivery that is being tried, with its event and the sealed SSIN of the recipient. */
export interface DueDelivery extends SenderEvent {
  readonly deliveryId: string;
  /** With this one. */
  readonly tries: number;
  readonly personId: string;
  /** Empty once the person was erased. */
  readonly ssinCiphertext: Buffer;
}

/** Takes the next delivery that is due; nobody else gets it for so many seconds. */
export async function takeDelivery(
  connection: Connection,
  subscriptionId: string,
  seconds: number,
): Promise<DueDelivery | undefined> {
  const [row] = await connection.query<DueDelivery>(
    `with due as (
       select delivery_id from delivery
       where subscription_id = $1 and state = 'waiting' and next_try_at <= now()
       order by next_try_at, leaf_index limit 1 for update skip locked
     ), taken as (
       update delivery d set tries = tries + 1, next_try_at = clock_timestamp() + make_interval(secs => $2)
       from due where d.delivery_id = due.delivery_id returning d.delivery_id, d.leaf_index, d.tries
     )
     select taken.delivery_id as "deliveryId", taken.tries, m.person_id as "personId",
       p.ssin_ciphertext as "ssinCiphertext", ${SENDER_EVENT}
     from taken join sender_event e using (leaf_index) join receipt r using (event_id) join message m using (message_id)
       join person p on p.person_id = m.person_id`,
    [subscriptionId, seconds],
  );
  return row;
}

export interface Try {
  readonly deliveryId: string;
  readonly outcome: TryOutcome;
  readonly status: number | undefined;
  readonly reason: string | undefined;
}

/**
 * Keeps a try and what follows from it: the end, or another one after `waitSeconds` (undefined: no other). What was ended
 * meanwhile stays ended.
 */
export async function keepTry(
  connection: Connection,
  { deliveryId, outcome, status, reason }: Try,
  waitSeconds: number | undefined,
): Promise<void> {
  const state = outcome === 'delivered' ? 'delivered' : waitSeconds === undefined ? 'failed' : 'waiting';
  await connection.query(
    `with tried as (
       insert into delivery_try (delivery_id, outcome, status, reason) values ($1, $2, $3, $4)
     )
     update delivery set state = $5, ended_at = case when $5 = 'waiting' then null else clock_timestamp() end,
       next_try_at = clock_timestamp() + make_interval(secs => $6::int)
     where delivery_id = $1 and state = 'waiting'`,
    [deliveryId, outcome, status ?? null, reason ?? null, state, waitSeconds ?? 0],
  );
}

export interface DeliveryRow {
  readonly deliveryId: string;
  readonly eventId: string;
  readonly kind: string;
  readonly messageId: string;
  readonly leafIndex: number;
  readonly state: 'waiting' | 'delivered' | 'failed';
  readonly createdAt: Date;
  readonly nextTryAt: Date;
  readonly endedAt: Date | null;
  /** The oldest first. */
  readonly tries: readonly {
    readonly triedAt: string;
    readonly outcome: TryOutcome;
    readonly status: number | null;
    readonly reason: string | null;
  }[];
}

const DELIVERY = `select d.delivery_id as "deliveryId", r.event_id as "eventId", r.kind, r.message_id as "messageId",
    d.leaf_index::float8 as "leafIndex", d.state, d.created_at as "createdAt", d.next_try_at as "nextTryAt",
    d.ended_at as "endedAt", coalesce((select json_agg(json_build_object('triedAt', t.tried_at, 'outcome', t.outcome,
      'status', t.status, 'reason', t.reason) order by t.tried_at) from delivery_try t
      where t.delivery_id = d.delivery_id), '[]') as tries
  from delivery d join sender_event e using (leaf_index) join receipt r using (event_id)`;

/** Lists deliveries of a subscription, those of the newest events first. */
export async function listDeliveries(
  connection: Connection,
  subscriptionId: string,
  state: string | undefined,
  page: { readonly size: number; readonly before: number | undefined },
): Promise<DeliveryRow[]> {
  return connection.query<DeliveryRow>(
    `${DELIVERY} where d.subscription_id = $1 and ($2::text is null or d.state = $2)
       and ($3::bigint is null or d.leaf_index < $3) order by d.leaf_index desc limit $4`,
    [subscriptionId, state ?? null, page.before ?? null, page.size],
  );
}

/** Begins anew with a delivery that had come to its end; false when there is none of the subscription, or it waits. */
export async function repeatDelivery(
  connection: Connection,
  subscriptionId: string,
  deliveryId: string,
): Promise<'repeated' | 'waiting' | 'unknown'> {
  const [row] = await connection.query<{ state: string }>(
    'select state from delivery where subscription_id = $1 and delivery_id = $2 for update',
    [subscriptionId, deliveryId],
  );
  if (row === undefined) return 'unknown';
  if (row.state === 'waiting') return 'waiting';
  await connection.query(
    `update delivery set state = 'waiting', tries = 0, ended_at = null, next_try_at = clock_timestamp()
     where delivery_id = $1`,
    [deliveryId],
  );
  return 'repeated';
}
