-- A sender links a message to further recipients: each gets a message of their own with what the first one holds, under
-- their own key, so that one of them can be erased without the others.
alter table message add column linked_to uuid references message;
create unique index message_linked on message (linked_to, person_id) where linked_to is not null;
