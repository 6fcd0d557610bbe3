-- The register takes in millions: what was asked of the version of a key row by row is asked once for all rows of a statement.

create function demand_version(asked smallint) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('vault-version', asked));
  -- A statement of its own, so that it sees what was committed while the lock was waited for.
  if not exists (select from vault_version where version = asked and state <> 'retired') then
    raise exception 'version % of the vault secret is not in use', asked using errcode = 'restrict_violation';
  end if;
end $$;

create function refuse_retired_look_ups() returns trigger language plpgsql as $$
begin
  perform demand_version(key_version) from (select distinct key_version from written order by 1) as versions;
  return null;
end $$;
drop trigger person_look_up_version on person_look_up;
create trigger person_look_up_version after insert on person_look_up
  referencing new table as written for each statement execute function refuse_retired_look_ups();

create function refuse_retired_persons() returns trigger language plpgsql as $$
begin
  perform demand_version(key_version)
  from (select distinct key_version from written where erased_at is null order by 1) as versions;
  return null;
end $$;
drop trigger person_version on person;
create trigger person_version before update of ssin_ciphertext, key_version on person
  for each row when (new.erased_at is null) execute function refuse_retired_version();
create trigger person_version_inserted after insert on person
  referencing new table as written for each statement execute function refuse_retired_persons();

-- What waits here names only persons and employers that were just found, and what is kept of it is held against both again.
alter table status_report drop constraint status_report_person_id_fkey;
alter table status_report drop constraint status_report_employer_id_fkey;

-- Rows that were refused, as they came: under the key of their file, and found when somebody whom they name is erased.
alter table register_file add column form text check (form in ('ndjson', 'csv', 'xml'));
-- Of CSV: the names of the columns and the separator.
alter table register_file add column header jsonb;
create table register_reject (
  file_id uuid not null references register_file on delete cascade,
  row_number integer not null check (row_number > 0),
  line integer not null,
  -- Null: it was no text, or too long.
  sealed_row bytea,
  subject_marks bytea[] not null default '{}',
  issues jsonb not null,
  primary key (file_id, row_number)
);
create index register_reject_marks on register_reject using gin (subject_marks);

-- What an enterprise is made of, as the enterprise register and the NSSO know it.
create table establishment_unit (
  unit_number text primary key check (unit_number ~ '^[2-8][0-9]{9}$'),
  employer_id uuid not null references employer
);
create index establishment_unit_employer on establishment_unit (employer_id);

create table employer_joint_committee (
  employer_id uuid not null references employer,
  joint_committee text not null check (joint_committee ~ '^[0-9]{3}([.][0-9]{2})?$'),
  primary key (employer_id, joint_committee)
);

-- A person who is an enterprise: under which number they are self-employed.
create table self_employment (
  person_id uuid primary key references person,
  employer_id uuid not null references employer
);
create index self_employment_employer on self_employment (employer_id);
