-- Evidence: complete entries, a partition for each month, and the Merkle log over them. Nothing in it is ever changed.

-- Who sends a batch at the desk is an official, not a citizen.
alter table batch drop constraint batch_submitted_by_kind_check;
update batch set submitted_by_kind = 'official' where submitted_by_kind = 'person';
alter table batch add check (submitted_by_kind in ('client', 'official'));

alter table audit_entry rename to audit_entry_before;
alter table audit_entry_before rename constraint audit_entry_pkey to audit_entry_before_pkey;
alter table audit_entry_rest rename to audit_entry_before_rest;
alter table audit_entry_before_rest rename constraint audit_entry_rest_pkey to audit_entry_before_rest_pkey;
alter index audit_entry_person rename to audit_entry_before_person;

create table audit_entry (
  audit_entry_id bigint generated always as identity,
  recorded_at timestamptz not null default clock_timestamp(),
  -- The transaction that wrote it: the log takes up what is committed in this order, once nothing older can commit.
  xid xid8 not null default pg_current_xact_id(),
  actor_kind text not null check (actor_kind in ('client', 'person', 'official', 'service', 'anonymous')),
  actor_id text not null,
  -- On whose behalf.
  actor_organization text,
  token_hash bytea check (octet_length(token_hash) = 32),
  action text not null,
  ground text not null,
  -- Which mandate or deliberation.
  ground_id text,
  purpose text not null,
  person_id uuid,
  object text,
  -- SHA-256 of what was issued or handed over.
  digest bytea check (octet_length(digest) = 32),
  trace_id text,
  primary key (audit_entry_id, recorded_at)
) partition by range (recorded_at);
-- Only for a month whose partition could not be made in time: evidence is kept whatever happens.
create table audit_entry_rest partition of audit_entry default;
create index audit_entry_person on audit_entry (person_id, audit_entry_id);
create index audit_entry_xid on audit_entry (xid);
create trigger audit_entry_append_only before update or delete on audit_entry
  for each row execute function forbid_change();
create trigger audit_entry_not_emptied before truncate on audit_entry
  for each statement execute function forbid_change();
create trigger audit_entry_rest_not_emptied before truncate on audit_entry_rest
  for each statement execute function forbid_change();

-- Makes the partition of a month (its first day, in UTC); false when it is there, or its entries lie elsewhere already.
-- Attached rather than made in place: that way entries are written all the while.
create function make_audit_month(month date) returns boolean language plpgsql as $$
declare
  partition_name text := 'audit_entry_' || to_char(month, 'YYYY_MM');
  beginning timestamptz := month::timestamp at time zone 'UTC';
  ending timestamptz := (month + interval '1 month')::timestamp at time zone 'UTC';
begin
  if to_regclass(partition_name) is not null then return false; end if;
  if exists (select from audit_entry_rest where recorded_at >= beginning and recorded_at < ending) then return false; end if;
  execute format('create table %I (like audit_entry including defaults including constraints)', partition_name);
  execute format('alter table audit_entry attach partition %I for values from (%L) to (%L)',
    partition_name, beginning, ending);
  execute format('create trigger not_emptied before truncate on %I for each statement execute function forbid_change()',
    partition_name);
  execute format('revoke update, delete, truncate on %I from public, current_user', partition_name);
  return true;
end $$;

select make_audit_month(month::date) from generate_series(
  date_trunc('month', coalesce((select min(recorded_at) from audit_entry_before), now()) at time zone 'UTC'),
  date_trunc('month', now() at time zone 'UTC') + interval '2 months', interval '1 month') as month;

insert into audit_entry (audit_entry_id, recorded_at, actor_kind, actor_id, actor_organization, action, ground, purpose,
  person_id, object, digest, trace_id)
overriding system value
select e.audit_entry_id, e.recorded_at,
  case when e.actor_kind = 'person' and e.actor_organization is not null then 'official' else e.actor_kind end,
  e.actor_id, e.actor_organization, e.action, e.ground,
  case
    when e.action like 'declaration.%' or e.action like 'batch.%' then 'declaration'
    when e.action = 'person.load' then 'registerUpkeep'
    when e.action = 'attestation.verify' then 'verification'
    when e.action like 'attestation.%' then 'attestation'
    when e.action in ('message.status', 'message.notify') then 'delivery'
    else 'ownData'
  end,
  e.person_id, e.object, a.pdf_sha256, e.trace_id
from audit_entry_before e
left join attestation a on e.action = 'attestation.issue' and a.attestation_id::text = e.object;
select setval(pg_get_serial_sequence('audit_entry', 'audit_entry_id'), max(audit_entry_id)) from audit_entry
having max(audit_entry_id) is not null;
drop table audit_entry_before;

alter table receipt add column xid xid8 not null default pg_current_xact_id();
create index receipt_xid on receipt (xid);
create trigger receipt_not_emptied before truncate on receipt
  for each statement execute function forbid_change();

-- The leaves of the log in their order (format 1, src/domain/leaf.ts). Salt and record together open a commitment.
create table evidence_leaf (
  leaf_index bigint primary key check (leaf_index >= 0),
  kind text not null check (kind in ('audit', 'receipt', 'issued')),
  record_id text not null,
  salt bytea not null check (octet_length(salt) = 16),
  commitment bytea not null check (octet_length(commitment) = 32),
  leaf_hash bytea not null check (octet_length(leaf_hash) = 32),
  unique (kind, record_id)
);

-- Roots of full subtrees of 256 ^ level leaves, so that a proof reads hundreds of hashes and not millions.
create table evidence_node (
  level smallint not null check (level > 0),
  node_index bigint not null check (node_index >= 0),
  hash bytea not null check (octet_length(hash) = 32),
  primary key (level, node_index)
);

create table log_head (
  head_number bigint primary key check (head_number > 0),
  size bigint not null unique check (size > 0),
  root bytea not null check (octet_length(root) = 32),
  -- The sealed statement, a compact JWS (RFC 7515).
  jws text not null,
  made_at timestamptz not null
);

-- The time-stamp (RFC 3161) of a head's JWS, once there is one. No foreign key: to check one, PostgreSQL locks the row
-- referred to, for which its owner would need the right to change it.
create table log_head_time_stamp (
  head_number bigint primary key,
  token bytea not null
);

create trigger evidence_leaf_append_only before update or delete or truncate on evidence_leaf
  for each statement execute function forbid_change();
create trigger evidence_node_append_only before update or delete or truncate on evidence_node
  for each statement execute function forbid_change();
create trigger log_head_append_only before update or delete or truncate on log_head
  for each statement execute function forbid_change();
create trigger log_head_time_stamp_append_only before update or delete or truncate on log_head_time_stamp
  for each statement execute function forbid_change();

-- How far the log is: its size and frontier, the transactions taken up, and the heads exported.
create table log_state (
  is_only boolean primary key default true check (is_only),
  log_id uuid not null default gen_random_uuid(),
  size bigint not null default 0,
  frontier bytea not null default '',
  horizon xid8 not null default '0',
  -- Of the cluster that counted these transactions: after a logical restore another one counts anew.
  system_identifier bigint not null,
  exported_head bigint not null default 0
);
insert into log_state (system_identifier) select system_identifier from pg_control_system();

-- The triggers hold for everybody, this for every role but a superuser: whoever runs the service only ever adds.
revoke update, delete, truncate on audit_entry, audit_entry_rest, receipt, evidence_leaf, evidence_node, log_head,
  log_head_time_stamp from public, current_user;
