/** How much waits, and for how long: read from the tables, so that every process tells the same. */
import type { Connection } from './database.ts';

export interface LaneGauge {
  readonly lane: string;
  readonly kind: string;
  /** Queued, put off or under way. */
  readonly open: number;
  /** Set aside for an operator. */
  readonly dead: number;
  /** How long the oldest has been due without anybody taking it; 0 where none is. */
  readonly waitingSeconds: number;
}

/** Counts jobs by lane and kind. */
export function gaugeJobs(connection: Connection): Promise<readonly LaneGauge[]> {
  return connection.query(
    `select lane, kind, count(*) filter (where dead_at is null)::int as open,
       count(*) filter (where dead_at is not null)::int as dead,
       coalesce(greatest(extract(epoch from clock_timestamp() - min(greatest(run_after, lease_until))
         filter (where dead_at is null)), 0), 0)::float8 as "waitingSeconds"
     from job group by lane, kind order by lane, kind`,
  );
}

export interface EvidenceGauge {
  /** Leaves of the log. */
  readonly leaves: number;
  /** Since the oldest record that is in no sealed head yet was written; 0 where all are. */
  readonly lagSeconds: number;
  /** Heads that the locked bucket does not have yet. */
  readonly unexportedHeads: number;
}

// Entries come in about the order of time; the last ones tell, and nobody counts millions for a gauge.
const LOOKED_AT = 2000;

/** Tells how far evidence is behind. */
export async function gaugeEvidence(connection: Connection): Promise<EvidenceGauge> {
  const [row] = await connection.query<EvidenceGauge>(
    `with last as (select head_number, size from log_head order by head_number desc limit 1),
       recent as (select audit_entry_id, recorded_at from audit_entry order by recorded_at desc limit ${LOOKED_AT})
     select (select size::float8 from log_state) as leaves,
       coalesce((select extract(epoch from clock_timestamp() - min(r.recorded_at)) from recent r
         where not exists (select from evidence_leaf l where l.kind = 'audit' and l.record_id = r.audit_entry_id::text
           and l.leaf_index < (select size from last))), 0)::float8 as "lagSeconds",
       (coalesce((select head_number from last), 0) - (select exported_head from log_state))::float8 as "unexportedHeads"`,
  );
  return row ?? { leaves: 0, lagSeconds: 0, unexportedHeads: 0 };
}

/** Counts what was reported and not yet told: messages without their event. */
export async function countUntold(connection: Connection): Promise<number> {
  const [row] = await connection.query<{ count: number }>(
    'select count(*)::int as count from outbox where told_at is null',
  );
  return row?.count ?? 0;
}
