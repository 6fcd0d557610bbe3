-- Statistics: the sex that the number of a person tells, as tables count by it, and settling the whole register anew.

-- Null: not told, by a BIS number given while it was not known. Of persons loaded before, told when they are next loaded.
alter table person add column sex text check (sex in ('female', 'male'));
