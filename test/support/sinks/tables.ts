/** Keeps what stood in the tables of a test: every row that is there in the end, and every row that was deleted before. */
import type pg from 'pg';
import { isKeeping, keep } from './keep.ts';

const ORDINARY = `select oid::regclass::text as name from pg_class
  where relkind = 'r' and relnamespace = 'public'::regnamespace`;

/** Has a database remember deleted rows: jobs are gone once they are done, staged rows once they were judged. */
export const REMEMBER_DELETED = `
  create schema sinks;
  create unlogged table sinks.deleted (place text not null, line text not null);
  create function sinks.remember() returns trigger language plpgsql security definer as $$
  begin
    insert into sinks.deleted select tg_table_name, t::text from gone t;
    return null;
  end $$;
  do $$
  declare place text;
  begin
    for place in ${ORDINARY} and not relispartition loop
      execute format('create trigger remember after delete on %s referencing old table as gone
        for each statement execute function sinks.remember()', place);
    end loop;
  end $$;`;

/** Keeps every row as text. */
export async function keepTables(pool: Pick<pg.Pool, 'query'>): Promise<void> {
  if (!isKeeping()) return;
  const { rows: tables } = await pool.query<{ name: string }>(ORDINARY);
  // In one statement: most tables are empty, and asking takes longer than reading.
  const selects = tables.map(({ name }) => `select '${name}', string_agg(t::text, E'\\n') from ${name} t`);
  const deleted = `select 'deleted from ' || place, string_agg(line, E'\\n') from sinks.deleted group by place`;
  const { rows } = await pool.query<{ name: string; text: string | null }>(
    `select * from (${[...selects, deleted].join(' union all ')}) as kept (name, text) where text is not null`,
  );
  for (const { name, text } of rows) keep('database', name, text ?? '');
}
