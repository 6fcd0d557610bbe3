-- Attestations, the messages that carry them, and the receipts of what became of these.

create sequence attestation_number;

create table attestation (
  attestation_id uuid primary key,
  case_id text not null,
  version integer not null check (version > 0),
  type text not null,
  type_version integer not null,
  person_id uuid not null references person,
  state text not null check (state in ('prepared', 'issued', 'superseded', 'revoked', 'withdrawn')),
  fingerprint text not null,
  -- Everything printed that is not wording, encrypted under the citizen key.
  facts bytea not null,
  citizen_key_id uuid not null references citizen_key,
  language text not null check (language in ('nl', 'fr', 'de')),
  language_basis text not null check (language_basis in ('chosen', 'presumed')),
  number text not null unique,
  -- SHA-256 of the code printed in the QR.
  token_hash bytea not null unique check (octet_length(token_hash) = 32),
  object_key text not null unique,
  message_id uuid not null unique,
  supersedes uuid references attestation,
  -- The moment printed on the document; the same on every try.
  prepared_at timestamptz not null,
  issued_at timestamptz,
  ended_at timestamptz,
  key_id text,
  level text check (level in ('B-B', 'B-T', 'B-LT')),
  pdf_sha256 bytea unique check (octet_length(pdf_sha256) = 32),
  object_sha256 bytea check (octet_length(object_sha256) = 32),
  pdf_bytes integer,
  unique (case_id, version),
  check ((state in ('issued', 'superseded', 'revoked')) = (issued_at is not null)),
  check ((issued_at is not null) = (pdf_sha256 is not null and object_sha256 is not null and key_id is not null)),
  check ((state in ('superseded', 'revoked', 'withdrawn')) = (ended_at is not null))
);
create unique index attestation_one_prepared on attestation (case_id) where state = 'prepared';
create unique index attestation_one_issued on attestation (case_id) where state = 'issued';
create index attestation_person on attestation (person_id);

create table message (
  message_id uuid primary key,
  person_id uuid not null references person,
  message_type_id text not null,
  sender_organization_id text not null,
  sender_application_id text not null,
  subject text not null check (length(subject) between 1 and 400),
  language text not null check (language in ('nl', 'fr', 'de')),
  attestation_id uuid unique references attestation,
  original_message_id uuid references message,
  received_at timestamptz not null,
  expires_at timestamptz not null,
  is_visible boolean not null default true,
  read_at timestamptz,
  idempotency_key text not null,
  unique (sender_organization_id, sender_application_id, idempotency_key)
);
create index message_inbox on message (person_id, received_at desc, message_id desc);

create table attachment (
  attachment_id uuid primary key,
  message_id uuid not null references message,
  position integer not null check (position between 1 and 6),
  is_main_content boolean not null,
  is_signed boolean not null,
  file_name text not null check (length(file_name) between 1 and 255),
  media_type text not null,
  bytes integer not null check (bytes > 0),
  sha256 bytea not null check (octet_length(sha256) = 32),
  unique (message_id, position)
);
create unique index attachment_one_main on attachment (message_id) where is_main_content;

-- Two clocks: when it happened as the event says, and when we wrote it down.
create table receipt (
  event_id uuid primary key,
  message_id uuid not null references message,
  kind text not null check (kind in ('published', 'notified', 'read')),
  event_time timestamptz not null,
  recorded_time timestamptz not null default clock_timestamp()
);
create unique index receipt_once on receipt (message_id, kind) where kind in ('published', 'read');
create trigger receipt_append_only before update or delete on receipt
  for each row execute function forbid_change();
