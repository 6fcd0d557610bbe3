-- Rows of a batch that are one another's resend, or another message under the same reference, are told before it runs.

alter table batch_row
  -- Keyed hash of that by which a row is known again: its reference, or its words.
  add message_mark bytea,
  -- Keyed hash of its words.
  add body_mark bytea;
