/** How much waits for the officials of an organisation. */
import type { Connection } from './database.ts';

export interface DeskCounts {
  /** Checked, and not started. */
  readonly batches: number;
  /** Reports and deliveries that are held. */
  readonly held: number;
  /** Requests of agencies without a decision. */
  readonly requests: number;
  /** In force, and about to expire. */
  readonly endingDeliberations: number;
  /** Subscriptions whose receiver did not take the last tries. */
  readonly failingWebhooks: number;
  readonly deadJobs: number;
}

export interface DeskCounted {
  readonly organization: string;
  readonly announcedDays: number;
  /** Held input, requests and dead jobs are counted for the institution alone. */
  readonly isInstitution: boolean;
}

/** Counts all of it in one statement. */
export async function countDesk(
  connection: Connection,
  { organization, announcedDays, isInstitution }: DeskCounted,
): Promise<DeskCounts> {
  const [row] = await connection.query<DeskCounts>(
    `select (select count(*)::int from batch where organization = $1 and state = 'checked') as batches,
       case when $2 then (select count(*)::int from status_report where state = 'held')
         + (select count(*)::int from register_file where state = 'held') else 0 end as held,
       case when $2 then (select count(*)::int from request r where not exists (select from request_step s
         where s.request_id = r.request_id and s.state in ('granted', 'refused'))) else 0 end as requests,
       (select count(*)::int from deliberation_in_force d where d.organization = $1
         and d.valid_until <= brussels_today() + $3::int
         and not exists (select from deliberation l where l.deliberation_id = d.deliberation_id
           and l.version > d.version)) as "endingDeliberations",
       (select count(*)::int from subscription where organization = $1 and ended_at is null and failures > 0)
         as "failingWebhooks",
       case when $2 then (select count(*)::int from job where dead_at is not null) else 0 end as "deadJobs"`,
    [organization, isInstitution, announcedDays],
  );
  // It is one row of counts, whatever is there.
  if (row === undefined) throw new Error('counts without a row');
  return row;
}
