/** Fills an empty register from a snapshot, all of it or nothing. */
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { ServiceError } from '../errors.ts';
import { quoted, type SequenceState, type TableShape } from './snapshot.ts';

export interface Loading {
  /** Has the partitions of evidence made for these months (their first days, `yyyy-MM-dd`). */
  makeMonths(months: readonly string[]): Promise<void>;
  /** Fills a table with rows as a snapshot gave them; gives how many. */
  fill(table: TableShape, rows: Readable): Promise<number>;
  /** Has numbers go on where they were. */
  setSequences(sequences: readonly SequenceState[]): Promise<void>;
  /** Runs one statement. */
  query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

// Rows come table by table: what they refer to may come later. Put back at the end, each is checked as a whole.
const REFERENCES = `select conrelid::regclass::text as "table", quote_ident(conname) as name,
    pg_get_constraintdef(oid) as definition
  from pg_constraint
  where contype = 'f' and conparentid = 0 and connamespace = current_schema()::regnamespace
  order by conrelid, conname`;
// What a trigger does when a row comes was done when it came the first time.
const TABLES = `select c.oid::regclass::text as name from pg_class c
  where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')`;

interface Reference {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

/**
 * Opens a transaction in which references and triggers are out of force, has the tables filled, and puts them back.
 * Throws `configurationInvalid` where somebody is registered already: nothing is ever loaded over anything.
 */
export async function loadSnapshot<T>(url: string, load: (loading: Loading) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'citizen-ebox restore' });
  // Without a listener, a server that goes away ends the process before the statement can say so.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('begin');
    await refuseUsed(client);
    const { rows: references } = await client.query<Reference>(REFERENCES);
    const { rows: tables } = await client.query<{ name: string }>(TABLES);
    for (const { table, name } of references)
      await client.query(`alter table ${table} drop constraint ${name}`);
    for (const { name } of tables) await client.query(`alter table ${name} disable trigger user`);
    const result = await load(loadingInto(client));
    for (const { table, name, definition } of references)
      await client.query(`alter table ${table} add constraint ${name} ${definition}`);
    const { rows: present } = await client.query<{ name: string }>(TABLES);
    for (const { name } of present) await client.query(`alter table ${name} enable trigger user`);
    await client.query('commit');
    await client.query('analyze');
    return result;
  } finally {
    await client.end();
  }
}

async function refuseUsed(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ isUsed: boolean }>(
    `select exists (select from person) or exists (select from audit_entry) or exists (select from employer)
       or exists (select from lasting_keys) as "isUsed"`,
  );
  if (rows[0]?.isUsed === true)
    throw new ServiceError(
      'configurationInvalid',
      'the database is in use already; name an empty one, in which no service was started',
    );
}

function loadingInto(client: pg.Client): Loading {
  const query = async <Row>(text: string, values: readonly unknown[] = []): Promise<Row[]> =>
    (await client.query(text, [...values])).rows as Row[];
  return {
    query,
    makeMonths: async (months) => {
      for (const month of months) await query('select make_audit_month($1)', [month]);
    },
    fill: async ({ name, columns }, rows) => {
      // What migrations put there comes with the snapshot, as it was by then. Evidence is never deleted, not even none.
      const [present] = await query<{ isThere: boolean }>(
        `select exists (select from ${quoted(name)}) as "isThere"`,
      );
      if (present?.isThere === true) await query(`delete from ${quoted(name)}`);
      const into = client.query(
        copyFrom(`copy ${quoted(name)} (${columns.map(quoted).join(', ')}) from stdin`),
      );
      await pipeline(rows, into);
      return into.rowCount;
    },
    setSequences: async (sequences) => {
      for (const { name, next } of sequences)
        await query('select setval($1, $2, false)', [quoted(name), next]);
    },
  };
}
