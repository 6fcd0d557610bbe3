-- Flows: what receivers ordered, each run with its files and their parts, and what differences are told against.

-- What a receiver wants of a flow; another one takes its place.
create table flow_order (
  order_id uuid primary key,
  flow text not null,
  organization text not null check (organization ~ '^[01][0-9]{9}$'),
  deliberation_id uuid not null,
  -- What the receiver chose of what the flow lets them choose.
  choices jsonb not null,
  -- X.509, DER: files are encrypted to it. Null: they are not.
  certificate bytea,
  -- Where it is told that a run is there.
  mail text,
  mail_language text check (mail_language in ('nl', 'fr', 'de', 'en')),
  -- Whether files are put down in the bucket of flows, too.
  puts_down boolean not null,
  ordered_by text not null,
  ordered_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  check (not puts_down or certificate is not null),
  check ((mail is null) = (mail_language is null))
);
create unique index flow_order_active on flow_order (flow, organization) where ended_at is null;

create table flow_run (
  run_id uuid primary key,
  order_id uuid not null references flow_order,
  -- Of the flow and its receiver, without a gap, through all their orders.
  flow text not null,
  organization text not null,
  run_number integer not null check (run_number > 0),
  cause text not null check (cause in ('asked', 'schedule', 'change')),
  -- The moment of the schedule, wall time of Brussels: one run for each.
  due_at text,
  asked_by text not null,
  state text not null check (state in ('running', 'closing', 'done', 'stopped')),
  -- Everything it works with, fixed when it began.
  plan jsonb not null,
  deliberation_id uuid not null,
  deliberation_version integer not null,
  row_count bigint not null default 0,
  person_count bigint not null default 0,
  started_at timestamptz not null default clock_timestamp(),
  done_at timestamptz,
  unique (flow, organization, run_number),
  check ((state in ('done', 'stopped')) = (done_at is not null))
);
create unique index flow_run_open on flow_run (flow, organization) where state in ('running', 'closing');
create unique index flow_run_due on flow_run (flow, organization, due_at) where due_at is not null;
create index flow_run_order on flow_run (order_id);

create table flow_file (
  file_id uuid primary key,
  run_id uuid not null references flow_run on delete cascade,
  file_number integer not null check (file_number > 0),
  -- Region or NIS code, where the flow is split.
  part text,
  -- NIS codes; null: everywhere.
  places text[],
  -- How far its persons are: the last one looked at, and whether all were.
  reached uuid,
  is_read boolean not null default false,
  row_count bigint not null default 0,
  person_count bigint not null default 0,
  -- Of the content, once it is closed; of what is handed over, where it is encrypted.
  bytes bigint,
  sha256 bytea check (octet_length(sha256) = 32),
  handed_bytes bigint,
  handed_sha256 bytea check (octet_length(handed_sha256) = 32),
  -- The key of the content under that of the run, and as the receiver has it.
  content_key bytea,
  recipient bytea,
  put_down_at timestamptz,
  unique (run_id, file_number)
);

-- Rows as they lie in the archive, under the key of the run.
create table flow_part (
  part_id uuid primary key,
  file_id uuid not null references flow_file on delete cascade,
  part_number integer not null check (part_number > 0),
  object_key text not null unique,
  object_sha256 bytea not null check (octet_length(object_sha256) = 32),
  bytes bigint not null,
  unique (file_id, part_number)
);

-- Counts of a run until its file is closed.
create table flow_count (
  run_id uuid not null references flow_run on delete cascade,
  part text not null,
  columns text[] not null,
  persons bigint not null,
  periods bigint not null,
  total_days bigint not null,
  primary key (run_id, part, columns)
);

-- What a receiver knows by the last run that was done, row by row; and what the run under way says instead.
create table flow_row (
  flow text not null,
  organization text not null,
  part text not null,
  person_id uuid not null references person,
  row_key text not null,
  digest bytea not null check (octet_length(digest) = 32),
  primary key (flow, organization, part, person_id, row_key)
);
create index flow_row_person on flow_row (person_id);
create table flow_row_change (
  run_id uuid not null references flow_run on delete cascade,
  part text not null,
  person_id uuid not null references person,
  row_key text not null,
  -- Null: it is no more.
  digest bytea check (octet_length(digest) = 32),
  primary key (run_id, part, person_id, row_key)
);
create index flow_row_change_person on flow_row_change (person_id);

-- Who lives in a municipality, without looking at everybody.
create index domicile_nis_code on domicile (nis_code, person_id);
