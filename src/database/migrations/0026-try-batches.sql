-- A batch may begin with its first rows alone: once these have ended, it waits for somebody to look at them.

alter table batch
  add column canary_rows integer check (canary_rows > 0),
  -- When the other rows were queued: it was let go on, cancelled or recalled.
  add column canary_over_at timestamptz;
