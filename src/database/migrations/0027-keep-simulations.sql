-- How many persons the last simulation of a type or flow came to, so that the next one tells what changed. Of nobody in
-- particular: numbers by NIS code, empty where no domicile is known.
create table simulation (
  -- Who asked; `institution` for its operators.
  organization text not null,
  -- SHA-256 of what was asked, so that only the same is compared.
  wish bytea not null check (octet_length(wish) = 32),
  -- `type/<id>` or `flow/<id>`.
  subject text not null,
  made_at timestamptz not null default clock_timestamp(),
  persons jsonb not null,
  primary key (organization, wish)
);
