-- Where many hosts share a batch, the jobs of its chunks are announced over a message cluster; the table stays the truth.

alter table job
  -- When it was announced last, and how often.
  add column relayed_at timestamptz,
  add column relays integer not null default 0;
