-- Messages that registered senders publish: texts beside the attachments, files of their own, keys by which a resend is
-- known, and objects that are on their way into the archive.

-- What is searched: subject and file names, folded as `foldText` does; what is here already is folded alike.
alter table message add column search_text text not null default '';
alter table message add column is_body_main boolean not null default false;
alter table message add column is_reply_authorized boolean not null default false;
update message set search_text =
  regexp_replace(normalize(lower(subject), NFKD), '[\u0300-\u036f]', '', 'g');
-- Empty once its person was erased: a sender may have named them there.
alter table message drop constraint message_subject_check;
alter table message add constraint message_subject_check check (length(subject) <= 400);

-- A file of a sender lies in an object of its own; without a key, the attachment is the document of the attestation.
alter table attachment add column object_key text unique;

-- Body, business data, payment data, attention: sealed under the citizen key.
create table message_content (
  message_id uuid primary key references message,
  citizen_key_id uuid not null references citizen_key,
  content bytea not null
);
create index message_content_key on message_content (citizen_key_id);

-- An `Idempotency-Key` of a sender, stored before anything is done for it. Another try of the same publication takes
-- the same message id, and whoever publishes first has published.
create table publication_key (
  sender_organization_id text not null,
  sender_application_id text not null,
  key_hmac bytea not null check (octet_length(key_hmac) = 32),
  -- Keyed hash of what was sent with it, to tell a resend from another message.
  fingerprint bytea not null check (octet_length(fingerprint) = 32),
  message_id uuid not null unique,
  stored_at timestamptz not null default clock_timestamp(),
  published_at timestamptz,
  primary key (sender_organization_id, sender_application_id, key_hmac)
);

-- Objects that no row names yet: named here before they are stored, and adopted by the transaction that publishes. What
-- nobody adopted in time is removed from the archive.
create table pending_object (
  object_key text primary key,
  named_at timestamptz not null default clock_timestamp(),
  -- From then on nobody may adopt it.
  abandoned_at timestamptz
);
create index pending_object_due on pending_object (named_at);
