-- The buffer of harmonised social statuses: reports of sources as they arrive, what is held of them, and what was withdrawn.

-- When the source decided what a fact says: a report made earlier never overrules one made later. Null: of Dimona, whose
-- order its periods keep. It moves on when the source says the same again; everything else of a row stays as it was.
alter table status_period add column changed_at timestamptz;
alter table status_period add constraint status_period_known check (corrected_at >= recorded_at) not valid;
-- Who had a status at some date.
create index status_period_code on status_period (status, source) where corrected_at is null;

-- A fact that its source withdrew, or withdrew before it had reported it: an older report does not bring it back.
create table status_withdrawal (
  source text not null,
  reference text not null,
  changed_at timestamptz not null,
  person_id uuid references person,
  primary key (source, reference)
);
create index status_withdrawal_person on status_withdrawal (person_id);

-- Files of persons and enterprises are loaded as they arrive; reports of statuses are staged and kept once all are there.
alter table register_file add column content text not null default 'persons' check (content in ('persons', 'statuses'));
-- Of statuses: for which source, whether they are all there is of one status, and when that was so.
alter table register_file add column source text;
alter table register_file add column whole_of text;
alter table register_file add column changed_at timestamptz;
alter table register_file add column sender_client text;
alter table register_file add column doubts text[] not null default '{}';
alter table register_file add column held_count integer not null default 0;
alter table register_file add column unchanged_count integer not null default 0;
alter table register_file add column outdated_count integer not null default 0;
-- Facts that a whole delivery no longer named.
alter table register_file add column withdrawn_count integer not null default 0;
alter table register_file drop constraint register_file_state_check;
alter table register_file add constraint register_file_state_check
  check (state in ('loading', 'applying', 'held', 'loaded', 'dropped', 'broken'));
alter table register_file add constraint register_file_content
  check ((content = 'statuses') = (source is not null and changed_at is not null));
create index register_file_held on register_file (received_at) where state = 'held';

-- Reports that wait: staged until their file is there, held until a person decided on them.
create table status_report (
  file_id uuid not null references register_file on delete cascade,
  row_number integer not null check (row_number > 0),
  person_id uuid references person,
  -- Of a person whom the register does not know: the number under the file's key, and the mark by which it is found.
  sealed_ssin bytea,
  subject_mark bytea,
  source text not null,
  status text not null,
  reference text not null,
  changed_at timestamptz not null,
  valid_from date not null,
  valid_until date,
  employer_id uuid references employer,
  attributes jsonb not null default '{}',
  is_withdrawn boolean not null,
  state text not null default 'staged' check (state in ('staged', 'applied', 'held', 'released', 'dropped')),
  doubts text[] not null default '{}',
  decided_at timestamptz,
  decided_by text,
  reason text,
  primary key (file_id, row_number),
  check (valid_until >= valid_from),
  check ((state in ('released', 'dropped')) = (decided_at is not null and decided_by is not null))
);
create index status_report_held on status_report (file_id, row_number) where state = 'held';
create index status_report_reference on status_report (file_id, reference);
create index status_report_person on status_report (person_id);
create index status_report_mark on status_report (subject_mark) where subject_mark is not null;

-- Who lives together, by the reference of the population register.
alter table person add column household text;
create index person_household on person (household) where household is not null;

-- What was decided on a case and why: the rules that were looked at, whether they are met, and the facts it rests on.
create table decision (
  decision_id uuid primary key,
  case_id text not null,
  person_id uuid not null references person,
  type text not null,
  type_version integer not null,
  is_entitled boolean not null,
  -- [{rule, reasons, facts: [{status, source, reference, from, until}]}]
  explanations jsonb not null,
  decided_at timestamptz not null default clock_timestamp()
);
create index decision_case on decision (case_id, decided_at desc);
create index decision_person on decision (person_id, decided_at desc);
create trigger decision_append_only before update on decision for each row execute function forbid_change();
