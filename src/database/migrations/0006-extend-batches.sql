-- What the desk of officials needs of batches. Evidence tells a client of an organisation from an official of one.

alter table batch add submitted_by_kind text not null default 'client' check (submitted_by_kind in ('client', 'person'));

-- While a batch runs, what is left to be declared is asked for every few seconds.
create index batch_row_checked on batch_row (batch_id) where state = 'checked';
