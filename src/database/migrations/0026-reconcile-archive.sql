-- How far the archive is held against the register, and what the last rounds came to.
create table reconciliation (
  round integer generated always as identity primary key,
  began_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  -- Where the next slice begins: the folder, and the last key of it that was looked at.
  folder text not null,
  after_key text not null default '',
  objects bigint not null default 0,
  -- The register says that there is an object, and there is none.
  missing bigint not null default 0,
  -- There is an object that the register knows nothing of.
  unknown bigint not null default 0,
  -- An attestation is issued, and there is no message that carries it.
  undelivered bigint not null default 0
);
create unique index reconciliation_one_open on reconciliation ((true)) where ended_at is null;
