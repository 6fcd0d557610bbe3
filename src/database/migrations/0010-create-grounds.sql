-- Who may ask what, of whom, for which purpose and since when: deliberations, requests and mandates. A change is a new
-- row, so that what evidence names can be read as it was.

-- A decision of the Information Security Committee. A version rules from its first day, until the next one does.
create table deliberation (
  deliberation_id uuid not null,
  version integer not null check (version > 0),
  -- As the Committee numbers it.
  number text not null,
  decided_on date not null,
  organization text not null check (organization ~ '^[01][0-9]{9}$'),
  legal_context text not null,
  -- The purpose in words, by language.
  purpose jsonb not null,
  statuses text[] not null,
  attestation_types text[] not null,
  flows text[] not null,
  attributes text[] not null,
  -- Null for everybody, else only who has their domicile there.
  municipalities text[] check (cardinality(municipalities) > 0),
  valid_from date not null,
  valid_until date not null,
  recorded_by text not null,
  recorded_by_organization text not null,
  recorded_at timestamptz not null default clock_timestamp(),
  primary key (deliberation_id, version),
  check (valid_until >= valid_from),
  check (cardinality(statuses) + cardinality(attestation_types) + cardinality(flows) > 0)
);
create index deliberation_organization on deliberation (organization, deliberation_id);
create index deliberation_valid_until on deliberation (valid_until);
create trigger deliberation_append_only before update or delete on deliberation
  for each row execute function forbid_change();

-- Ended before its time, with all its versions.
create table deliberation_end (
  deliberation_id uuid primary key,
  reasons text not null,
  ended_by text not null,
  ended_by_organization text not null,
  ended_at timestamptz not null default clock_timestamp()
);
create trigger deliberation_end_append_only before update or delete on deliberation_end
  for each row execute function forbid_change();

create function brussels_today() returns date language sql stable
  return (statement_timestamp() at time zone 'Europe/Brussels')::date;

-- What may be used today. Every read that rests on a deliberation joins this and nothing else.
create view deliberation_in_force as
select d.* from deliberation d
where brussels_today() between d.valid_from and d.valid_until
  and not exists (select from deliberation later where later.deliberation_id = d.deliberation_id
    and later.version > d.version and later.valid_from <= brussels_today())
  and not exists (select from deliberation_end e where e.deliberation_id = d.deliberation_id);

-- What an agency asks for, and the steps that followed.
create table request (
  request_id uuid primary key,
  organization text not null check (organization ~ '^[01][0-9]{9}$'),
  -- What makes a resend the same request: the Idempotency-Key, or the body itself.
  message_key text not null,
  body_hmac bytea not null check (octet_length(body_hmac) = 32),
  legal_context text not null,
  purpose jsonb not null,
  statuses text[] not null,
  attestation_types text[] not null,
  flows text[] not null,
  attributes text[] not null,
  municipalities text[] check (cardinality(municipalities) > 0),
  valid_from date not null,
  valid_until date not null,
  asked_by text not null,
  asked_at timestamptz not null default clock_timestamp(),
  unique (organization, message_key),
  check (valid_until >= valid_from)
);
create trigger request_append_only before update or delete on request
  for each row execute function forbid_change();

-- The last step is the state of the request; none follows a decision.
create table request_step (
  request_id uuid not null references request,
  step integer not null check (step > 0),
  state text not null check (state in ('inAnalysis', 'granted', 'refused')),
  reasons text,
  deliberation_id uuid,
  deliberation_version integer,
  taken_by text not null,
  taken_by_organization text not null,
  taken_at timestamptz not null default clock_timestamp(),
  primary key (request_id, step),
  foreign key (deliberation_id, deliberation_version) references deliberation,
  check ((state = 'granted') = (deliberation_id is not null and deliberation_version is not null)),
  check (state <> 'refused' or reasons is not null)
);
create unique index request_decided_once on request_step (request_id) where state in ('granted', 'refused');
create trigger request_step_append_only before update or delete on request_step
  for each row execute function forbid_change();

-- An organisation acts for an employer, or a person for another one.
create table mandate (
  mandate_id uuid primary key,
  kind text not null check (kind in ('employer', 'parent', 'administrator')),
  -- Who acts …
  agent_organization text check (agent_organization ~ '^[01][0-9]{9}$'),
  agent_person_id uuid references person,
  -- … and for whom.
  employer text check (employer ~ '^[01][0-9]{9}$'),
  represented_person_id uuid references person,
  rights text[] not null check (cardinality(rights) > 0),
  valid_from date not null,
  valid_until date,
  recorded_by text not null,
  recorded_by_organization text not null,
  recorded_at timestamptz not null default clock_timestamp(),
  check (valid_until >= valid_from),
  check ((agent_organization is not null and employer is not null) = (kind = 'employer')),
  check ((agent_person_id is not null and represented_person_id is not null) = (kind <> 'employer')),
  check (num_nonnulls(agent_organization, employer, agent_person_id, represented_person_id) = 2),
  check (agent_organization <> employer),
  check (agent_person_id <> represented_person_id)
);
create index mandate_agent_organization on mandate (agent_organization, mandate_id) where kind = 'employer';
create index mandate_employer on mandate (employer, mandate_id) where kind = 'employer';
create index mandate_agent_person on mandate (agent_person_id) where kind <> 'employer';
create index mandate_represented_person on mandate (represented_person_id) where kind <> 'employer';
create trigger mandate_append_only before update or delete on mandate
  for each row execute function forbid_change();

create table mandate_revocation (
  mandate_id uuid primary key references mandate,
  reasons text not null,
  revoked_by text not null,
  revoked_by_organization text not null,
  revoked_at timestamptz not null default clock_timestamp()
);
create trigger mandate_revocation_append_only before update or delete on mandate_revocation
  for each row execute function forbid_change();

-- What may be acted upon today. Every read that rests on a mandate joins this and nothing else.
create view mandate_in_force as
select m.* from mandate m
where brussels_today() between m.valid_from and coalesce(m.valid_until, 'infinity')
  and not exists (select from mandate_revocation r where r.mandate_id = m.mandate_id);

-- For whom somebody acted: an employer's enterprise number, or a person's id.
alter table audit_entry add column represented text;

-- Events that concern no message: a version of a deliberation is about to expire, announced once.
alter table outbox alter column message_id drop not null;
alter table outbox add column deliberation_id uuid;
alter table outbox add column deliberation_version integer;
alter table outbox add foreign key (deliberation_id, deliberation_version) references deliberation;
alter table outbox add check ((deliberation_id is null) = (deliberation_version is null));
alter table outbox add check (num_nonnulls(message_id, deliberation_id) = 1);
create unique index outbox_expiry_once on outbox (deliberation_id, deliberation_version) where kind = 'deliberationExpires';
