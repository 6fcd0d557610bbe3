/** The receipts that time alone causes, for many messages at once: what is due is found from where the last turn ended. */
import type { Step } from '../domain/reminder.ts';
import type { Connection } from './database.ts';

/** The messages that a clock is for: those of one type, or of every type that none of the others is for. */
export interface TypeSelection {
  /** `application/type` each. */
  readonly types: readonly string[];
  readonly isOthers: boolean;
}

const SINCE = { received: 'received_at', expires: 'expires_at' } as const;
/** A message that is available no longer than an alert comes before its end gets none; neither does one that expired. */
const STILL_DUE = {
  reminded: 'm.expires_at > clock_timestamp()',
  expiryAlerted:
    'm.expires_at > clock_timestamp() and m.received_at <= m.expires_at + make_interval(days => $1)',
  neverRead: 'true',
} as const satisfies Record<Step['kind'], string>;
/** Under which action it stands in evidence. */
const ACTIONS = {
  reminded: 'message.remind',
  expiryAlerted: 'message.remind',
  neverRead: 'message.expire',
} as const satisfies Record<Step['kind'], string>;

/**
 * Goes through one step for some of the messages that are due, and gives how many were looked at. Which were looked at is
 * kept in the same transaction; a second process at the same clock does nothing.
 */
export async function takeStep(
  connection: Connection,
  clock: string,
  { kind, from, days }: Step,
  { types, isOthers }: TypeSelection,
  limit: number,
): Promise<number> {
  const since = SINCE[from];
  // `now()` and no later clock: the index is searched between two bounds only where both stand still.
  const [lock] = await connection.query<{ locked: boolean }>(
    `select pg_try_advisory_xact_lock(hashtextextended('reminder/' || $1, 0)) as locked`,
    [clock],
  );
  if (lock?.locked !== true) return 0;
  const [row] = await connection.query<{ looked: number }>(
    `with due as materialized (
       select m.message_id, m.person_id, m.received_at, m.expires_at from message m
       where m.read_at is null and m.is_hosted and (m.${since}, m.message_id) > (
           coalesce((select reached_at from reminder_clock where clock = $2), '-infinity'),
           coalesce((select reached_message from reminder_clock where clock = $2), '00000000-0000-0000-0000-000000000000'))
         and m.${since} <= now() - make_interval(days => $1)
         and (m.sender_application_id || '/' || m.message_type_id = any($3)) <> $4
       order by m.${since}, m.message_id limit $5 for no key update of m
     ), added as (
       insert into receipt (event_id, message_id, kind, event_time)
       select gen_random_uuid(), m.message_id, $6, ${kind === 'neverRead' ? 'm.expires_at' : 'clock_timestamp()'}
       from due m join person p using (person_id) where p.erased_at is null and ${STILL_DUE[kind]}
       on conflict do nothing returning message_id
     ), told as (
       insert into audit_entry (actor_kind, actor_id, action, ground, purpose, person_id, object)
       select 'service', 'remind', $7, 'duty', 'delivery', due.person_id, due.message_id::text
       from added join due using (message_id)
     ), kept as (
       insert into reminder_clock (clock, reached_at, reached_message)
       select $2, ${since}, message_id from due order by ${since} desc, message_id desc limit 1
       on conflict (clock) do update
         set reached_at = excluded.reached_at, reached_message = excluded.reached_message
     )
     select count(*)::int as looked from due`,
    [days, clock, types, isOthers, limit, kind, ACTIONS[kind]],
  );
  return row?.looked ?? 0;
}
