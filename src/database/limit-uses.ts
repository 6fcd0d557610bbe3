/**
 * How much of a limit each subject has used, shared by all processes: requests, and codes typed wrong.
 *
 * Why not a library: those with a PostgreSQL store (rate-limiter-flexible) count by the clock of the process that asks and
 * know no caller's transaction. One statement by the database's clock serves both uses here.
 */
import type { Connection } from './database.ts';

/** What was counted of one subject. */
export interface Uses {
  /** These included. */
  readonly uses: number;
  /** Until the count begins again; with fractions. */
  readonly secondsLeft: number;
}

/** Counts uses before they happen, so that many at once are counted too. A window begins with the first. */
export async function countUses(
  { query }: Pick<Connection, 'query'>,
  subject: Buffer,
  uses: number,
  windowSeconds: number,
): Promise<Uses> {
  const [row] = await query<Uses>(
    `insert into limit_use as known (subject, uses, ends_at)
     values ($1, $2, clock_timestamp() + make_interval(secs => $3))
     on conflict (subject) do update set
       uses = case when known.ends_at <= clock_timestamp() then excluded.uses else known.uses + excluded.uses end,
       ends_at = case when known.ends_at <= clock_timestamp() then excluded.ends_at else known.ends_at end
     returning uses::float8 as uses, extract(epoch from ends_at - clock_timestamp())::float8 as "secondsLeft"`,
    [subject, uses, windowSeconds],
  );
  return row ?? { uses, secondsLeft: windowSeconds };
}

/** Takes back a use that does not count after all. */
export async function forgiveUse(connection: Connection, subject: Buffer): Promise<void> {
  await connection.query('update limit_use set uses = greatest(uses - 1, 0) where subject = $1', [subject]);
}

/** Clears away the counts that ended; those that are being counted on are left to the next time. */
export async function clearUses({ query }: Pick<Connection, 'query'>): Promise<void> {
  await query(
    `delete from limit_use where subject in
       (select subject from limit_use where ends_at <= statement_timestamp() for update skip locked)`,
  );
}
