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
