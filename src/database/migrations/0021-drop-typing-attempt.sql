-- Attempts are counted in `use_count` since 0012: no release that runs beside this one writes or reads this table.
drop table typing_attempt;
