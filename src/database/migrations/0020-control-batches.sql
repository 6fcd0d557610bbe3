-- A batch that runs is paused and goes on, or is cancelled: its rows that were not declared by then end so. One that was a
-- mistake is recalled: what it declared is taken back, row by row.

alter table batch
  drop constraint batch_state_check,
  drop constraint batch_check,
  drop constraint batch_check2,
  add column cancelled_count integer not null default 0,
  -- Rows whose declaration was taken back.
  add column recalled_count integer not null default 0,
  -- Chunks that are still to be recalled.
  add column recall_left integer not null default 0;
alter table batch
  add constraint batch_state_check check (state in ('receiving', 'checking', 'checked', 'running', 'paused', 'cancelling',
    'done', 'cancelled', 'recalling', 'recalled')),
  add constraint batch_ended_check check (ended_count = issued_count + unchanged_count + refused_count + waiting_count
    + not_entitled_count + cancelled_count),
  add constraint batch_done_check check (case when state in ('done', 'cancelled', 'recalled') then done_at is not null
    when state <> 'recalling' then done_at is null else true end);

alter table batch_row
  drop constraint batch_row_outcome_check,
  add constraint batch_row_outcome_check check (outcome in
    ('issued', 'unchanged', 'refused', 'waiting', 'notEntitled', 'cancelled')),
  -- What recalling came to; the outcome stays what it was.
  add column recall text check (recall in ('withdrawn', 'revoked', 'replaced', 'removed', 'kept'));
