-- Rows that wait are found by their case, or by the version that they wait for, and by nothing else: while few rows wait,
-- either index is small, and the planner read the whole of one to find what the other has at once. An index of the rows
-- that have the column can serve only those who ask for it.
drop index batch_row_case;
drop index batch_row_attestation;
create index batch_row_case on batch_row (case_id) where state = 'accepted' and case_id is not null;
create index batch_row_attestation on batch_row (attestation_id) where state = 'accepted' and attestation_id is not null;
