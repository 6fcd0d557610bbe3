-- Grounds: municipalities that merged, own dossiers, and what is over of requests, deliberations and mandates.

-- What became part of which municipality, and when, as the reference data say: filled at each start. A municipality that
-- took others in and kept its code is a part of itself.
create table municipality_part (
  nis_code text not null check (nis_code ~ '^[0-9]{5}$'),
  part text not null check (part ~ '^[0-9]{5}$'),
  since date not null,
  primary key (nis_code, part)
);
create index municipality_part_of on municipality_part (part);

-- Whether a person lives today in one of these municipalities: one that is named, one that became part of it, one all of
-- whose parts are named, or one that became another by a merger and not because the person moved. The domicile is kept
-- under the number that is theirs now.
create function lives_within(id uuid, codes text[]) returns boolean language sql stable as $$
  select coalesce((
    select lives.nis_code = any(codes)
      or exists (select from municipality_part p where p.part = lives.nis_code and p.nis_code = any(codes))
      or (exists (select from municipality_part p where p.nis_code = lives.nis_code)
        and not exists (select from municipality_part p where p.nis_code = lives.nis_code and p.part <> all(codes)))
      or exists (select from municipality_part p where p.nis_code = lives.nis_code and p.part = lives.former
        and p.since = lives.valid_from and p.part = any(codes))
    from (
      select d.nis_code, d.valid_from, lead(d.nis_code) over (order by d.valid_from desc) as former from domicile d
      where d.valid_from <= brussels_today() and d.person_id =
        (select coalesce(h.replaced_by, h.person_id) from person h where h.person_id = id)
      order by d.valid_from desc limit 1
    ) lives
  ), false)
$$;

-- A deliberation may be for those only of whom its organisation registered a dossier.
alter table deliberation add column own_dossiers boolean not null default false;
alter table request add column own_dossiers boolean not null default false;
create or replace view deliberation_in_force as
select d.* from deliberation d
where brussels_today() between d.valid_from and d.valid_until
  and not exists (select from deliberation later where later.deliberation_id = d.deliberation_id
    and later.version > d.version and later.valid_from <= brussels_today())
  and not exists (select from deliberation_end e where e.deliberation_id = d.deliberation_id);

create table dossier (
  dossier_id uuid primary key,
  organization text not null check (organization ~ '^[01][0-9]{9}$'),
  -- For what: the deliberation that covers whoever has a dossier.
  deliberation_id uuid not null,
  person_id uuid not null references person,
  valid_from date not null,
  valid_until date,
  registered_by text not null,
  registered_at timestamptz not null default clock_timestamp(),
  closed_at timestamptz,
  closed_by text,
  check (valid_until >= valid_from),
  check ((closed_at is null) = (closed_by is null))
);
create unique index dossier_open on dossier (organization, deliberation_id, person_id) where closed_at is null;
create index dossier_person on dossier (person_id);

create view dossier_in_force as
select f.* from dossier f
where f.closed_at is null and brussels_today() between f.valid_from and coalesce(f.valid_until, 'infinity');

-- What is over may be deleted; it is never changed.
drop trigger deliberation_append_only on deliberation;
create trigger deliberation_append_only before update or delete on deliberation
  for each row execute function forbid_change_in_time();
drop trigger deliberation_end_append_only on deliberation_end;
create trigger deliberation_end_append_only before update or delete on deliberation_end
  for each row execute function forbid_change_in_time();
drop trigger request_append_only on request;
create trigger request_append_only before update or delete on request
  for each row execute function forbid_change_in_time();
drop trigger request_step_append_only on request_step;
create trigger request_step_append_only before update or delete on request_step
  for each row execute function forbid_change_in_time();
drop trigger mandate_append_only on mandate;
create trigger mandate_append_only before update or delete on mandate
  for each row execute function forbid_change_in_time();
drop trigger mandate_revocation_append_only on mandate_revocation;
create trigger mandate_revocation_append_only before update or delete on mandate_revocation
  for each row execute function forbid_change_in_time();

-- By which mandate a file or a batch came in: its forms and rows are reported by it.
alter table declaration_file add column mandate_id uuid references mandate;
alter table batch add column mandate_id uuid references mandate;
