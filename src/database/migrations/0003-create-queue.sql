-- Work to do, events to tell, and the entries of the evidence log.

create table job (
  job_id uuid primary key default gen_random_uuid(),
  lane text not null check (lane in ('single', 'bulk', 'tell')),
  kind text not null,
  -- Ids only: never an SSIN or a name.
  payload jsonb not null,
  -- A queued job absorbs the next one of its kind with the same key.
  dedupe_key text,
  run_after timestamptz not null default clock_timestamp(),
  created_at timestamptz not null default clock_timestamp(),
  attempts integer not null default 0,
  -- Who holds the lease; every commit of the job demands it.
  lease_token uuid,
  lease_until timestamptz,
  last_error text,
  dead_at timestamptz,
  check ((lease_token is null) = (lease_until is null))
);
create index job_due on job (lane, run_after) where dead_at is null;
create unique index job_queued_once on job (kind, dedupe_key) where lease_token is null and dead_at is null;

create function announce_job() returns trigger language plpgsql as $$
begin
  perform pg_notify('job', '');
  return null;
end $$;
create trigger job_announced after insert on job for each statement execute function announce_job();

create table outbox (
  outbox_id bigint generated always as identity primary key,
  kind text not null,
  message_id uuid not null references message,
  created_at timestamptz not null default clock_timestamp(),
  told_at timestamptz
);
create index outbox_untold on outbox (outbox_id) where told_at is null;

create table audit_entry (
  audit_entry_id bigint generated always as identity,
  recorded_at timestamptz not null default clock_timestamp(),
  actor_kind text not null check (actor_kind in ('client', 'person', 'service', 'anonymous')),
  actor_id text not null,
  actor_organization text,
  action text not null,
  ground text not null,
  person_id uuid,
  object text,
  trace_id text,
  primary key (audit_entry_id, recorded_at)
) partition by range (recorded_at);
create table audit_entry_rest partition of audit_entry default;
create index audit_entry_person on audit_entry (person_id, recorded_at);
create trigger audit_entry_append_only before update or delete on audit_entry
  for each row execute function forbid_change();
