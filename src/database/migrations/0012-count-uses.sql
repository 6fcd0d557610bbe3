-- How much of a limit was used: requests of a client, a person or an address, and codes typed wrong, which the table
-- typing_attempt counted before; nothing reads that one any more, and it goes once no release that writes it runs.

-- Named by a keyed hash, so that the table tells neither who nor from where; nothing is kept longer than it counts. After
-- a crash of the database everybody begins anew.
create unlogged table limit_use (
  subject bytea primary key check (octet_length(subject) = 32),
  uses bigint not null check (uses >= 0),
  ends_at timestamptz not null
) with (fillfactor = 50);
create index limit_use_ended on limit_use (ends_at);
