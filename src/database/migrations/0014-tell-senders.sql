-- What became of messages: more kinds of receipts, the steps that time alone causes, and how senders are told.

alter table receipt drop constraint receipt_kind_check;
alter table receipt add constraint receipt_kind_check check (kind in ('published', 'refused', 'notified',
  'notificationFailed', 'reminded', 'expiryAlerted', 'read', 'neverRead', 'printed'));
-- The organisation outside that states it; null: this service itself.
alter table receipt add column reported_by text;
drop index receipt_once;
create unique index receipt_once on receipt (message_id, kind)
  where kind in ('published', 'refused', 'reminded', 'expiryAlerted', 'read', 'neverRead', 'printed');
-- A message was read or was never read: whichever comes first, whoever else comes at the same moment.
create unique index receipt_end on receipt (message_id) where kind in ('read', 'neverRead');
create index receipt_message on receipt (message_id);

-- The time of reading that lists filter by follows from the receipt, and from nothing else.
create function mark_read() returns trigger language plpgsql as $$
begin
  update message set read_at = new.event_time where message_id = new.message_id and read_at is null;
  return null;
end $$;
create trigger receipt_marks_read after insert on receipt for each row when (new.kind = 'read')
  execute function mark_read();
create function refuse_unreceipted_reading() returns trigger language plpgsql as $$
begin
  if not exists (select from receipt r
      where r.message_id = new.message_id and r.kind = 'read' and r.event_time = new.read_at) then
    raise exception 'message % was read by no receipt', new.message_id using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger message_read_by_receipt before update of read_at on message for each row
  when (new.read_at is distinct from old.read_at) execute function refuse_unreceipted_reading();

create index message_unread on message (received_at, message_id) where read_at is null;
create index message_unread_expiry on message (expires_at, message_id) where read_at is null;

-- How far each step that time causes is: the last message looked at, by the moment that the step counts from.
create table reminder_clock (
  clock text primary key,
  reached_at timestamptz not null,
  reached_message uuid not null
);

-- The receipts that senders are told of, in the order of the evidence log: one order, without gaps that fill up late.
create table sender_event (
  leaf_index bigint primary key,
  event_id uuid not null unique references receipt,
  organization text not null
);
create index sender_event_feed on sender_event (organization, leaf_index);
create table sender_feed (
  is_only boolean primary key default true check (is_only),
  -- Leaves before this one were taken up.
  next_leaf bigint not null default 0
);
insert into sender_feed default values;

create table subscription (
  subscription_id uuid primary key,
  organization text not null,
  url text not null check (length(url) between 1 and 2000),
  format text not null check (format in ('cloudEvents', 'federation')),
  -- Kinds of receipts; null: all of them.
  kinds text[] check (cardinality(kinds) > 0),
  -- The secret derives from the id and this number.
  secret_number integer not null default 1 check (secret_number > 0),
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  -- While the receiver cannot be reached: how often in a row, and until when it is left alone.
  failures integer not null default 0,
  rests_until timestamptz
);
create index subscription_active on subscription (organization) where ended_at is null;

create table delivery (
  delivery_id uuid primary key default gen_random_uuid(),
  subscription_id uuid not null references subscription on delete cascade,
  leaf_index bigint not null references sender_event on delete cascade,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed')),
  tries integer not null default 0,
  -- Also the end of the time that whoever tries it has for that.
  next_try_at timestamptz not null default clock_timestamp(),
  created_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  unique (subscription_id, leaf_index),
  check ((state = 'waiting') = (ended_at is null))
);
create index delivery_due on delivery (subscription_id, next_try_at) where state = 'waiting';
create index delivery_ended on delivery (ended_at) where state <> 'waiting';
create index delivery_event on delivery (leaf_index);

create table delivery_try (
  delivery_id uuid not null references delivery on delete cascade,
  tried_at timestamptz not null default clock_timestamp(),
  outcome text not null check (outcome in ('delivered', 'refused', 'unreachable')),
  -- Of the answer; null when there was none.
  status integer,
  -- In words of ours: nothing of the answer.
  reason text,
  primary key (delivery_id, tried_at)
);

-- Webhooks have a lane of their own, so that slow receivers delay no mail.
alter table job drop constraint job_lane_check;
alter table job add constraint job_lane_check check (lane in ('single', 'bulk', 'tell', 'webhook'));

revoke update, delete, truncate on receipt from public, current_user;
