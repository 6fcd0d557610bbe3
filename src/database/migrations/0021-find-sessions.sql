-- Attempts are counted in `limit_use` since 0012: no release that runs beside this one writes or reads this table.
drop table typing_attempt;

-- The sessions of one person, by a keyed hash of the id that evidence has of them: they see and end their own, an operator anybody's.
create index session_owner on session ((sess ->> 'owner'));
