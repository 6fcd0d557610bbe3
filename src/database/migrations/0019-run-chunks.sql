-- Whether other rows of the same worker are still to be reported: then the worker's cases are settled when all were.
create index batch_row_subject on batch_row (batch_id, subject_mark) where state = 'checked';
-- It also counts what is still to be reported.
drop index batch_row_checked;
