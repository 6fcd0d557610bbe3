-- A person lets somebody see an attestation for a while, by a code of its own that may be taken back.
create table share_code (
  share_id uuid primary key,
  attestation_id uuid not null references attestation,
  -- SHA-256 of the code: whoever reads the register learns none.
  code_hash bytea not null unique check (octet_length(code_hash) = 32),
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  check (expires_at > created_at)
);
create index share_code_attestation on share_code (attestation_id);

-- What opens something today. Every read that rests on a share code joins this and nothing else.
create view share_code_in_force as
select * from share_code where ended_at is null and expires_at > clock_timestamp();
