-- A person may ask for a copy on paper of what lies in their eBox; that they read it does not make the copy needless.
alter table print_item drop constraint print_item_reason_check;
alter table print_item add constraint print_item_reason_check check (reason in ('unused', 'noDigitalUser', 'asked'));
