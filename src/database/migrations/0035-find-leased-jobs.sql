-- Whether the work on something is under way; that it is queued, the index that keeps it from being queued twice says.
create index job_leased on job (kind, dedupe_key) where lease_token is not null and dead_at is null;
