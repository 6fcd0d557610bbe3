-- What is wrong with a batch is told without going through the rows that nothing is wrong with.
create index batch_row_faulty on batch_row (batch_id, row_number) where cardinality(anomalies) > 0;
