-- Delivery beside our own registry: digests by mail and what came back of them, what is to be printed, and what was
-- published in another registry.

-- The language a person wants mail and pages in, which may be another than that of documents; null: that of documents.
alter table person add column mail_language text check (mail_language in ('nl', 'fr', 'de', 'en'));
-- Chose to have nothing on paper any more.
alter table person add column is_exclusively_electronic boolean not null default false;
alter table person add constraint person_erased_choices
  check (erased_at is null or (mail_language is null and not is_exclusively_electronic));

-- What becomes of a message beside the eBox.
alter table receipt drop constraint receipt_kind_check;
alter table receipt add constraint receipt_kind_check check (kind in ('published', 'refused', 'notified',
  'notificationFailed', 'reminded', 'expiryAlerted', 'read', 'neverRead', 'printed'));

-- Kept in another registry: here it is known, and not shown in the eBox.
alter table message add column is_hosted boolean not null default true;

-- Messages that the next digest of a person will speak of.
create table mail_due (
  message_id uuid primary key references message,
  person_id uuid not null references person,
  queued_at timestamptz not null default clock_timestamp()
);
create index mail_due_person on mail_due (person_id);

-- One digest a person and day, as Brussels counts days. It says how many messages wait and nothing of them.
create table mail (
  mail_id uuid primary key,
  person_id uuid not null references person,
  day date not null,
  -- prepared: may have left or not; sent: our mail server has it; refused: it would not take it; bounced: it came back.
  state text not null default 'prepared' check (state in ('prepared', 'sent', 'refused', 'bounced')),
  prepared_at timestamptz not null default clock_timestamp(),
  sent_at timestamptz,
  failed_at timestamptz,
  -- Why, as a code of RFC 3463.
  status text check (status ~ '^[45]\.[0-9]{1,3}\.[0-9]{1,3}$'),
  unique (person_id, day),
  check ((state in ('refused', 'bounced')) = (failed_at is not null))
);

create table mail_message (
  mail_id uuid not null references mail on delete cascade,
  message_id uuid not null references message,
  primary key (message_id, mail_id)
);
create index mail_message_mail on mail_message (mail_id);

-- What is printed for whoever has no eBox in use.
create table print_item (
  message_id uuid primary key references message,
  person_id uuid not null references person,
  -- unused: the register knows no eBox in use; noDigitalUser: the other registry said so.
  reason text not null check (reason in ('unused', 'noDigitalUser')),
  queued_at timestamptz not null default clock_timestamp(),
  -- The last time that its document was fetched to be printed.
  fetched_at timestamptz,
  printed_at timestamptz,
  printed_by text,
  check ((printed_at is null) = (printed_by is null))
);
create index print_item_open on print_item (message_id) where printed_at is null;

-- What goes to another registry instead of lying in ours.
create table relay (
  message_id uuid primary key references message,
  state text not null default 'waiting' check (state in ('waiting', 'published', 'parked', 'withdrawn')),
  queued_at timestamptz not null default clock_timestamp(),
  -- From here on the other registry may have it, whatever we know.
  tried_at timestamptz,
  ended_at timestamptz,
  -- How the other registry names the message; letters of its own making.
  registry_message_id text check (length(registry_message_id) between 1 and 200),
  -- For whom it was published, by the number they had then.
  recipient_id uuid references person,
  is_digital_user boolean,
  -- Why an operator has to look at it: the status and the code of the refusal.
  refusal text check (length(refusal) between 1 and 200),
  status_asked_at timestamptz,
  check ((state in ('published', 'parked', 'withdrawn')) = (ended_at is not null)),
  check ((state = 'published') = (registry_message_id is not null)),
  check ((state = 'parked') = (refusal is not null))
);
create index relay_published on relay (status_asked_at nulls first) where state = 'published';
create index relay_parked on relay (message_id) where state = 'parked';
