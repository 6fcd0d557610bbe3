-- Privacy: keys have versions and files keys of their own, persons can be erased, and what is held back by law is known.

-- The versions of the institution's secret. Processes know secrets; which version is used stands here, so that all of
-- them change over at one moment.
create table vault_version (
  version smallint primary key check (version > 0),
  -- Tells secrets apart without telling anything of them. Null until a process has shown which secret the first one is.
  fingerprint bytea unique check (octet_length(fingerprint) = 32),
  -- next: known, not used yet. current: everything new is under it. former: things still are. retired: nothing is.
  state text not null check (state in ('next', 'current', 'former', 'retired')),
  known_at timestamptz not null default clock_timestamp(),
  current_at timestamptz,
  retired_at timestamptz,
  check ((state = 'retired') = (retired_at is not null))
);
create unique index vault_version_current on vault_version ((true)) where state = 'current';
create unique index vault_version_changing on vault_version ((true)) where state in ('next', 'former');
insert into vault_version (version, state, current_at) values (1, 'current', clock_timestamp());

-- Keys of what can never be computed again, such as codes on paper: they stay, and only what wraps them changes.
create table lasting_keys (
  is_only boolean primary key default true check (is_only),
  wrapped_keys bytea not null,
  key_version smallint not null
);

-- Whoever retires a version waits for those who write under it and keeps out whoever comes later (one lock, no row).
create function refuse_retired_version() returns trigger language plpgsql as $$
declare
  version_state text;
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('vault-version', new.key_version));
  select state into version_state from vault_version where version = new.key_version;
  if version_state is null or version_state = 'retired' then
    raise exception 'version % of the vault secret is not in use', new.key_version using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

-- A person is found under every version that is in use, so that processes with different secrets find the same one.
create table person_look_up (
  ssin_hmac bytea primary key check (octet_length(ssin_hmac) = 32),
  key_version smallint not null,
  -- Deferred: the hash decides first whether there is a new person at all.
  person_id uuid not null references person deferrable initially deferred,
  unique (person_id, key_version)
);
insert into person_look_up (ssin_hmac, key_version, person_id) select ssin_hmac, 1, person_id from person;
create trigger person_look_up_version before insert on person_look_up
  for each row execute function refuse_retired_version();

alter table person drop column ssin_hmac;
alter table person add column key_version smallint not null default 1;
alter table person alter column key_version drop default;
alter table person add column erased_at timestamptz;
alter table person add constraint person_erased check (erased_at is null or
  (ssin_ciphertext = '' and family_name = '' and given_name = '' and birth_date is null and email is null
   and language is null and not has_ebox));
create trigger person_version before insert or update of ssin_ciphertext, key_version on person
  for each row when (new.erased_at is null) execute function refuse_retired_version();

alter table citizen_key add column key_version smallint not null default 1;
alter table citizen_key alter column key_version drop default;
create trigger citizen_key_version before insert or update of wrapped_key on citizen_key
  for each row when (new.wrapped_key is not null) execute function refuse_retired_version();

-- The key of one file, or of one declaration of somebody who is not in the register: destroyed when its time is over.
create table file_key (
  file_key_id uuid primary key,
  wrapped_key bytea,
  key_version smallint not null,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  destroyed_at timestamptz,
  check ((wrapped_key is null) = (destroyed_at is not null))
);
create index file_key_due on file_key (expires_at) where destroyed_at is null;
create trigger file_key_version before insert or update of wrapped_key on file_key
  for each row when (new.wrapped_key is not null) execute function refuse_retired_version();

-- What was declared, apart from that it was declared: this may go, that may not.
create table declaration_content (
  declaration_id uuid primary key references declaration,
  citizen_key_id uuid references citizen_key,
  file_key_id uuid references file_key,
  body bytea not null,
  -- Neither: from before there were such keys, under the institution's own.
  check (citizen_key_id is null or file_key_id is null)
);
create index declaration_content_citizen on declaration_content (citizen_key_id) where citizen_key_id is not null;
create index declaration_content_file on declaration_content (file_key_id) where file_key_id is not null;
create index declaration_content_former on declaration_content (declaration_id)
  where citizen_key_id is null and file_key_id is null;
insert into declaration_content (declaration_id, body) select declaration_id, body from declaration;
alter table declaration drop column body;

-- Keyed hash of the worker: rows of a person are found in files that nobody has read yet. Null: it names no SSIN.
alter table batch_row add column subject_mark bytea;
alter table declaration_form add column subject_mark bytea;
alter table waiting_declaration add column key_version smallint not null default 1;
alter table waiting_declaration alter column key_version drop default;
create trigger waiting_declaration_version before insert or update on waiting_declaration
  for each row execute function refuse_retired_version();

-- Erased: that it was issued is still known, and nothing else.
alter table attestation drop constraint attestation_state_check;
alter table attestation drop constraint attestation_check;
alter table attestation drop constraint attestation_check2;
alter table attestation add constraint attestation_state_check
  check (state in ('prepared', 'issued', 'superseded', 'revoked', 'withdrawn', 'erased'));
alter table attestation add constraint attestation_issued_at
  check (state = 'erased' or (state in ('issued', 'superseded', 'revoked')) = (issued_at is not null));
alter table attestation add constraint attestation_ended_at
  check ((state in ('superseded', 'revoked', 'withdrawn', 'erased')) = (ended_at is not null));
alter table attestation add constraint attestation_erased check (state <> 'erased' or facts = '');
drop index attestation_status_ended;
create index attestation_status_ended on attestation (status_list, status_index, state)
  where state in ('superseded', 'revoked', 'withdrawn', 'erased');

create table legal_hold (
  hold_id uuid primary key,
  person_id uuid references person,
  case_id text,
  -- Why, in words that name nobody, such as the number of a court case.
  reason text not null check (length(reason) between 1 and 500),
  placed_by text not null,
  placed_at timestamptz not null default clock_timestamp(),
  released_at timestamptz,
  released_by text,
  release_reason text,
  check ((person_id is null) <> (case_id is null)),
  check ((released_at is null) = (released_by is null and release_reason is null))
);
create index legal_hold_person on legal_hold (person_id) where released_at is null;
create index legal_hold_case on legal_hold (case_id) where released_at is null;

-- Whether a hold lasts on a person, on whom replaced them, or on a case of either: a case names its person.
create function is_held(id uuid) returns boolean language sql stable as $$
  select exists (select from person p join legal_hold h on h.released_at is null
    and (h.person_id in (p.person_id, p.replaced_by) or position(p.person_id::text in h.case_id) > 0
      or position(p.replaced_by::text in h.case_id) > 0)
    where p.person_id = id)
$$;

create table erasure (
  erasure_id uuid primary key,
  person_id uuid not null references person,
  reason text not null check (length(reason) between 1 and 500),
  requested_by text not null,
  requested_at timestamptz not null default clock_timestamp(),
  -- By which rows of files are found; forgotten when all are done.
  subject_marks bytea[],
  -- From here on nothing of the person decrypts under any key of theirs.
  erased_at timestamptz,
  done_at timestamptz,
  check (done_at is null or (erased_at is not null and subject_marks is null))
);
create unique index erasure_open on erasure (person_id) where done_at is null;

-- What is kept for a time only may be deleted when it is over, by whoever says so; a change is refused as before.
create function forbid_change_in_time() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('ebox.retention', true) = 'over' then return old; end if;
  raise exception 'rows of % are never changed, and deleted when their time is over', tg_table_name
    using errcode = 'restrict_violation';
end $$;
drop trigger declaration_append_only on declaration;
create trigger declaration_append_only before update or delete on declaration
  for each row execute function forbid_change_in_time();
drop trigger declaration_answer_append_only on declaration_answer;
create trigger declaration_answer_append_only before update or delete on declaration_answer
  for each row execute function forbid_change_in_time();
