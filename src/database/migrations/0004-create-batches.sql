-- Batches: a file of declarations at once, each row with its outcome. A row ends once; ended rows are what counts.

create table batch (
  batch_id uuid primary key,
  organization text not null,
  submitted_by text not null,
  form text not null check (form in ('csv', 'dimonaXml')),
  -- As the sender named it, encrypted: it may speak of a person.
  file_name bytea not null,
  state text not null check (state in ('receiving', 'checking', 'checked', 'running', 'done')),
  -- Whether it runs as soon as it is checked.
  runs_at_once boolean not null,
  row_count integer not null default 0,
  checked_count integer not null default 0,
  faulty_count integer not null default 0,
  ended_count integer not null default 0,
  issued_count integer not null default 0,
  unchanged_count integer not null default 0,
  refused_count integer not null default 0,
  waiting_count integer not null default 0,
  not_entitled_count integer not null default 0,
  created_at timestamptz not null default clock_timestamp(),
  checked_at timestamptz,
  started_at timestamptz,
  done_at timestamptz,
  check (ended_count = issued_count + unchanged_count + refused_count + waiting_count + not_entitled_count),
  check (ended_count <= row_count),
  check ((state = 'done') = (done_at is not null))
);
create index batch_organization on batch (organization, created_at desc);

create table batch_row (
  batch_id uuid not null references batch on delete cascade,
  row_number integer not null check (row_number > 0),
  -- As received, encrypted.
  body bytea not null,
  -- The sender's own name for the row, encrypted: it may speak of a person.
  reference bytea,
  -- Keyed hash of worker, employer and day: the same day twice in a file is found without reading the others.
  day_hmac bytea,
  anomalies text[],
  state text not null default 'staged' check (state in ('staged', 'checked', 'accepted', 'ended')),
  outcome text check (outcome in ('issued', 'unchanged', 'refused', 'waiting', 'notEntitled')),
  declaration_id uuid references declaration,
  case_id text,
  attestation_id uuid references attestation,
  ended_at timestamptz,
  primary key (batch_id, row_number),
  check ((state = 'ended') = (outcome is not null and ended_at is not null))
) with (fillfactor = 70);
create index batch_row_day on batch_row (batch_id, day_hmac) where day_hmac is not null;
create index batch_row_case on batch_row (case_id) where state = 'accepted';
create index batch_row_attestation on batch_row (attestation_id) where state = 'accepted';
create index batch_row_outcome on batch_row (batch_id, outcome, row_number);
