-- Persons, employers and facts: what authentic sources reported, and who may be entitled to what.

create function forbid_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are never changed or deleted', tg_table_name using errcode = 'restrict_violation';
end $$;

create table person (
  person_id uuid primary key,
  ssin_hmac bytea not null unique check (octet_length(ssin_hmac) = 32),
  ssin_ciphertext bytea not null,
  -- The person whose number replaced this one: always the last of the chain, never a replaced one.
  replaced_by uuid references person,
  family_name text not null,
  given_name text not null,
  birth_date date,
  -- The language the person chose for documents; null when they made no choice.
  language text check (language in ('nl', 'fr', 'de')),
  email text,
  has_ebox boolean not null default false,
  updated_at timestamptz not null default clock_timestamp(),
  check (replaced_by <> person_id)
);
create index person_replaced_by on person (replaced_by) where replaced_by is not null;

create table domicile (
  person_id uuid not null references person,
  nis_code text not null check (nis_code ~ '^[0-9]{5}$'),
  valid_from date not null,
  primary key (person_id, valid_from)
);

create table employer (
  employer_id uuid primary key,
  enterprise_number text unique check (enterprise_number ~ '^[01][0-9]{9}$'),
  nsso_number text unique check (nsso_number ~ '^[0-9]{6,9}$'),
  provisional_nsso_number text unique check (provisional_nsso_number ~ '^5[0-9]{9}$'),
  name text,
  active_until date,
  check (coalesce(enterprise_number, nsso_number, provisional_nsso_number) is not null)
);

-- The wrapped key that opens one person's documents. Destroyed: the row stays, the key is gone.
create table citizen_key (
  citizen_key_id uuid primary key,
  person_id uuid not null references person,
  wrapped_key bytea,
  created_at timestamptz not null default clock_timestamp(),
  destroyed_at timestamptz,
  check ((wrapped_key is null) = (destroyed_at is not null))
);
create unique index citizen_key_current on citizen_key (person_id) where destroyed_at is null;

-- A file that loads persons or enterprises, and the lines of it that were refused (never their values).
create table register_file (
  file_id uuid primary key,
  sender_organization text not null,
  state text not null check (state in ('loading', 'loaded', 'broken')),
  loaded_count integer not null default 0,
  refused_count integer not null default 0,
  refused jsonb not null default '[]',
  received_at timestamptz not null default clock_timestamp()
);

-- A file of declarations as it arrived; its forms wait in declaration_form until they are judged.
create table declaration_file (
  file_id uuid primary key,
  sender_organization text not null,
  sender_client text not null,
  state text not null check (state in ('receiving', 'received', 'processed')),
  form_count integer not null default 0,
  received_at timestamptz not null default clock_timestamp(),
  processed_at timestamptz
);

create table declaration_form (
  file_id uuid not null references declaration_file on delete cascade,
  form_number integer not null,
  body bytea not null,
  primary key (file_id, form_number)
);

create table declaration (
  declaration_id uuid primary key,
  sender_organization text not null,
  sender_client text not null,
  channel text not null check (channel in ('xml', 'json', 'csv')),
  -- What makes a resend the same message: the form's reference, the Idempotency-Key, or the body itself.
  message_key text not null,
  body_hmac bytea not null check (octet_length(body_hmac) = 32),
  body bytea not null,
  -- Null for a form that asks for nothing, or for several things at once.
  action text check (action in ('in', 'out', 'update', 'cancel')),
  declared_at timestamptz not null,
  received_at timestamptz not null default clock_timestamp(),
  unique (sender_organization, message_key)
);
create index declaration_body on declaration (sender_organization, body_hmac);
create trigger declaration_append_only before update or delete on declaration
  for each row execute function forbid_change();

-- Each form of a processed file leads to a declaration; a resent form to the one it repeats.
create table declaration_file_form (
  file_id uuid not null references declaration_file,
  form_number integer not null,
  declaration_id uuid not null references declaration,
  primary key (file_id, form_number)
);

-- The last answer counts: S is followed by A, W or B once the person is in the register.
create table declaration_answer (
  declaration_id uuid not null references declaration,
  answer_number integer not null check (answer_number > 0),
  result text not null check (result in ('A', 'W', 'B', 'S')),
  anomalies text[] not null,
  period_id text,
  -- What became of the period: its features, its days before and after.
  impact jsonb,
  answered_at timestamptz not null default clock_timestamp(),
  check ((period_id is null) = (impact is null)),
  primary key (declaration_id, answer_number)
);
create index declaration_answer_period on declaration_answer (period_id) where period_id is not null;
create trigger declaration_answer_append_only before update or delete on declaration_answer
  for each row execute function forbid_change();

create table waiting_declaration (
  declaration_id uuid primary key references declaration,
  ssin_hmac bytea not null
);
create index waiting_declaration_ssin on waiting_declaration (ssin_hmac);

-- Ten digits from nine thousand million on, so that nobody takes our periods for the NSSO's.
create sequence dimona_period_number minvalue 9000000001 maxvalue 9999999999 start 9000000001;

create table dimona_period (
  period_id text primary key check (period_id ~ '^9[0-9]{11}$'),
  person_id uuid references person,
  employer_id uuid not null references employer,
  declared_by text not null,
  worker_type text not null,
  joint_committee text,
  using_employer jsonb,
  start_date date not null,
  end_date date,
  start_hour text,
  end_hour text,
  is_cancelled boolean not null default false,
  -- When the last accepted declaration was made, as its declarant says.
  changed_at timestamptz not null,
  check (end_date >= start_date)
);
create index dimona_period_worker on dimona_period (person_id, employer_id) where not is_cancelled;
create unique index dimona_period_once on dimona_period
  (person_id, employer_id, worker_type, start_date, coalesce(start_hour, '')) where not is_cancelled;

-- Facts, bitemporal: valid_from and valid_until say what was true when, recorded_at and corrected_at what we knew
-- when. A correction closes the row and inserts another; nothing is edited.
create table status_period (
  status_period_id uuid primary key,
  person_id uuid not null references person,
  status text not null,
  source text not null,
  -- The source's own name for the fact: for Dimona the period id.
  reference text not null,
  valid_from date not null,
  valid_until date,
  employer_id uuid references employer,
  attributes jsonb not null default '{}',
  recorded_at timestamptz not null default clock_timestamp(),
  corrected_at timestamptz,
  check (valid_until >= valid_from)
);
create unique index status_period_current on status_period (source, reference) where corrected_at is null;
create index status_period_person on status_period (person_id, status) where corrected_at is null;
