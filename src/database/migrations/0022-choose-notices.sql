-- What people chose at the pages of how they are told: it goes before what the population register says of them, and no
-- delivery of that register changes it.
alter table person add column wants_notices boolean not null default true;
alter table person add column chosen_notice_language text check (chosen_notice_language in ('nl', 'fr', 'de', 'en'));
alter table person add constraint person_erased_notices
  check (erased_at is null or (wants_notices and chosen_notice_language is null));
