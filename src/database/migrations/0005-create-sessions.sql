-- Sessions of people at the pages. What is personal in them is sealed; the cookie carries the id with a signature that
-- only the service can make, so that whoever reads this table can be nobody.

create table session (
  sid text primary key,
  sess json not null,
  -- Idle until then; moved on with every page.
  expire timestamptz not null
);
create index session_expire on session (expire);
