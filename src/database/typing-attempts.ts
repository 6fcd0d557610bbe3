/**
 * How often a code was typed wrong, for each number and each address.
 *
 * Why not a library: this one counts by the database's clock and in the caller's transaction, like everything else here.
 */
import type { Connection } from './database.ts';

/** What was counted of one subject. */
export interface Attempts {
  /** This one included. */
  readonly attempts: number;
  /** Until the count begins again. */
  readonly secondsLeft: number;
}

/** Counts an attempt before it is looked at, so that many at once are counted too. */
export async function countAttempt(
  connection: Connection,
  subject: Buffer,
  windowSeconds: number,
): Promise<Attempts> {
  const [row] = await connection.query<Attempts>(
    `insert into typing_attempt as known (subject, attempts, ends_at)
     values ($1, 1, clock_timestamp() + make_interval(secs => $2))
     on conflict (subject) do update set
       attempts = case when known.ends_at <= clock_timestamp() then 1 else known.attempts + 1 end,
       ends_at = case when known.ends_at <= clock_timestamp() then excluded.ends_at else known.ends_at end
     returning attempts, ceil(extract(epoch from ends_at - clock_timestamp()))::int as "secondsLeft"`,
    [subject, windowSeconds],
  );
  return row ?? { attempts: 1, secondsLeft: windowSeconds };
}

/** Takes an attempt back that was right. */
export async function forgiveAttempt(connection: Connection, subject: Buffer): Promise<void> {
  await connection.query(
    'update typing_attempt set attempts = greatest(attempts - 1, 0) where subject = $1',
    [subject],
  );
}

/** Clears away some counts that ended; each attempt makes room for more than it takes. */
export async function clearAttempts(connection: Connection): Promise<void> {
  await connection.query(
    `delete from typing_attempt where subject in
       (select subject from typing_attempt where ends_at <= clock_timestamp() limit 10 for update skip locked)`,
  );
}
