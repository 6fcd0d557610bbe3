-- A batch may begin with its first rows alone: once these have ended, it waits for somebody to look at them. A large file
-- may come in parts, and go on where its transfer broke off.

alter table batch
  add column canary_rows integer check (canary_rows > 0),
  -- When the other rows were queued: it was let go on, cancelled or recalled.
  add column canary_over_at timestamptz;

-- Or it is chosen on the register, and has no file.
alter table batch
  drop constraint batch_form_check,
  add constraint batch_form_check check (form in ('csv', 'dimonaXml', 'selection'));

create table upload (
  upload_id uuid primary key,
  organization text not null,
  -- Bytes that lie here, without a gap from the first.
  received bigint not null default 0,
  created_at timestamptz not null default clock_timestamp(),
  touched_at timestamptz not null default clock_timestamp(),
  -- The batch that was made of it; its parts are gone then.
  batch_id uuid references batch on delete cascade
);
create index upload_organization on upload (organization);
create index upload_batch on upload (batch_id);

-- As received, encrypted under the key of the upload.
create table upload_part (
  upload_id uuid not null references upload on delete cascade,
  part_offset bigint not null,
  body bytea not null,
  primary key (upload_id, part_offset)
);
