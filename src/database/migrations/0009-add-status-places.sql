-- Where an attestation stands in the status lists, and how often somebody typed a code that was wrong.

-- Null for what was prepared before there were lists: no offline code was ever made of it.
alter table attestation add column status_list integer check (status_list >= 0);
alter table attestation add column status_index integer check (status_index between 0 and 65535);
alter table attestation add constraint attestation_status_place unique (status_list, status_index);
alter table attestation add check ((status_list is null) = (status_index is null));
create index attestation_status_ended on attestation (status_list, status_index, state)
  where state in ('superseded', 'revoked', 'withdrawn');

-- Named by a keyed hash, so that the table tells neither address nor number; nothing is kept longer than it counts.
create unlogged table typing_attempt (
  subject bytea primary key check (octet_length(subject) = 32),
  attempts integer not null check (attempts >= 0),
  ends_at timestamptz not null
);
create index typing_attempt_ended on typing_attempt (ends_at);
