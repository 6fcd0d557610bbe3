/** Who wants to be told by webhook, of what, and where. */
import type { ReceiptKind } from '../domain/receipt.ts';
import type { Connection } from './database.ts';
import { queueJobs } from './jobs.ts';

export interface SubscriptionRow {
  readonly subscriptionId: string;
  readonly organization: string;
  readonly url: string;
  readonly format: 'cloudEvents' | 'federation';
  /** Null: of every kind. */
  readonly kinds: readonly ReceiptKind[] | null;
  readonly secretNumber: number;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
  /** Tries in a row that did not reach the receiver. */
  readonly failures: number;
}

const SUBSCRIPTION = `subscription_id as "subscriptionId", organization, url, format, kinds,
  secret_number as "secretNumber", created_at as "createdAt", ended_at as "endedAt", failures`;

/** Adds a subscription. */
export async function insertSubscription(
  connection: Connection,
  one: Pick<SubscriptionRow, 'subscriptionId' | 'organization' | 'url' | 'format' | 'kinds'> & {
    readonly createdBy: string;
  },
): Promise<void> {
  await connection.query(
    `insert into subscription (subscription_id, organization, url, format, kinds, created_by)
     values ($1, $2, $3, $4, $5, $6)`,
    [one.subscriptionId, one.organization, one.url, one.format, one.kinds, one.createdBy],
  );
}

/** Counts the subscriptions of an organisation that last; holds off others of it until the transaction ends. */
export async function countSubscriptions(connection: Connection, organization: string): Promise<number> {
  await connection.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [
    `subscription/${organization}`,
  ]);
  const [row] = await connection.query<{ count: number }>(
    'select count(*)::int as count from subscription where organization = $1 and ended_at is null',
    [organization],
  );
  return row?.count ?? 0;
}

/** Finds a subscription, whosesoever it is: for deliveries. */
export async function findSubscription(
  connection: Connection,
  subscriptionId: string,
): Promise<SubscriptionRow | undefined> {
  const [row] = await connection.query<SubscriptionRow>(
    `select ${SUBSCRIPTION} from subscription where subscription_id = $1`,
    [subscriptionId],
  );
  return row;
}

/** Finds a subscription of an organisation, ended ones too. */
export async function findOwnSubscription(
  connection: Connection,
  organization: string,
  subscriptionId: string,
): Promise<SubscriptionRow | undefined> {
  const row = await findSubscription(connection, subscriptionId);
  return row?.organization === organization ? row : undefined;
}

/** Lists the subscriptions of an organisation that last, the newest first. */
export async function listSubscriptions(
  connection: Connection,
  organization: string,
): Promise<SubscriptionRow[]> {
  return connection.query<SubscriptionRow>(
    `select ${SUBSCRIPTION} from subscription where organization = $1 and ended_at is null
     order by subscription_id desc`,
    [organization],
  );
}

/** Ends a subscription and what still waited for it; false when it had ended. */
export async function endSubscription(connection: Connection, subscriptionId: string): Promise<boolean> {
  const rows = await connection.query(
    `with ended as (
       update subscription set ended_at = clock_timestamp()
       where subscription_id = $1 and ended_at is null returning subscription_id
     ), failed as (
       update delivery d set state = 'failed', ended_at = clock_timestamp() from ended
       where d.subscription_id = ended.subscription_id and d.state = 'waiting'
     )
     select subscription_id from ended`,
    [subscriptionId],
  );
  return rows.length > 0;
}

/** Changes the secret; gives its new number. */
export async function renewSecret(connection: Connection, subscriptionId: string): Promise<number> {
  const [row] = await connection.query<{ secretNumber: number }>(
    `update subscription set secret_number = secret_number + 1 where subscription_id = $1
     returning secret_number as "secretNumber"`,
    [subscriptionId],
  );
  return row?.secretNumber ?? 1;
}

/** Queues one job for each subscription that has something to deliver, unless one is queued or under way. */
export async function queueDeliveries(connection: Connection): Promise<void> {
  const due = await connection.query<{ id: string }>(
    `select s.subscription_id as id from subscription s
     where s.ended_at is null and (s.rests_until is null or s.rests_until <= now())
       and exists (select from delivery d where d.subscription_id = s.subscription_id and d.state = 'waiting'
         and d.next_try_at <= now())
       and not exists (select from job j where j.kind = 'deliver' and j.dedupe_key = s.subscription_id::text
         and j.dead_at is null)`,
  );
  if (due.length === 0) return;
  await queueJobs(
    connection,
    { lane: 'webhook', kind: 'deliver', idName: 'subscriptionId' },
    due.map(({ id }) => id),
  );
}

/** Notes whether the receiver was reached: it is left alone for `restSeconds` when not. */
export async function noteReach(
  connection: Connection,
  subscriptionId: string,
  failures: number,
  restSeconds: number | undefined,
): Promise<void> {
  await connection.query(
    `update subscription set failures = $2, rests_until = clock_timestamp() + make_interval(secs => $3::int)
     where subscription_id = $1 and (failures <> 0 or $2 <> 0)`,
    [subscriptionId, failures, restSeconds ?? null],
  );
}
