-- What a batch would come to, told before it runs.

-- The cases that a checked row would touch; emptied when it is declared, which says so in case_id.
alter table batch_row add column foreseen_cases text[];

-- Counted once, when all rows are checked. Small counts are hidden when it is told, not here.
create table batch_forecast (
  batch_id uuid primary key references batch on delete cascade,
  -- Attestations by type.
  attestations jsonb not null,
  -- Persons by language of their choice, domicile and whether their eBox can be reached.
  recipients jsonb not null,
  made_at timestamptz not null default clock_timestamp()
);
