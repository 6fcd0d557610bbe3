/** The whole register as it is at one moment, read table by table while everybody goes on writing. */
import type { Readable } from 'node:stream';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';

/** A table that holds rows of its own: a partitioned table stands for its partitions. */
export interface TableShape {
  readonly name: string;
  /** Those that are stored; what the database computes itself is left out. */
  readonly columns: readonly string[];
}

export interface SequenceState {
  readonly name: string;
  /** The next number that will be given, so that none is given twice. */
  readonly next: string;
}

export interface Snapshot {
  readonly takenAt: Date;
  /** What was applied to the schema, in its order. */
  readonly migrations: readonly string[];
  readonly tables: readonly TableShape[];
  readonly sequences: readonly SequenceState[];
  /** First days of the months that evidence has partitions for. */
  readonly months: readonly string[];
  /** What `copy (…) to stdout` gives for a query, as text of PostgreSQL's own format. */
  copyOut(query: string): Readable;
}

const TABLES = `select c.relname as name,
    array_agg(a.attname::text order by a.attnum) filter (where a.attgenerated = '') as columns
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    and c.relname <> 'migration'
  group by c.relname order by c.relname`;

// A sequence is not part of a snapshot: read before the rows, it could be behind them, so it is read as it is now.
const SEQUENCES = `select sequencename as name,
    coalesce(last_value + increment_by, start_value)::text as next
  from pg_sequences where schemaname = current_schema() order by sequencename`;

const MONTHS = `select replace(substr(relname, 13), '_', '-') || '-01' as month from pg_class
  where relnamespace = current_schema()::regnamespace and relispartition and relkind = 'r'
    and relname ~ '^audit_entry_\\d{4}_\\d\\d$' order by relname`;

/** Opens the snapshot, has it read, and closes it. Nothing is written, and nobody waits for it. */
export async function readSnapshot<T>(url: string, read: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'citizen-ebox backup' });
  // Without a listener, a server that goes away ends the process before the statement can say so.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const { rows: migrations } = await client.query<{ name: string }>(
      'select name from migration order by id',
    );
    const { rows: tables } = await client.query<TableShape>(TABLES);
    const { rows: months } = await client.query<{ month: string }>(MONTHS);
    const { rows: moments } = await client.query<{ takenAt: Date }>('select now() as "takenAt"');
    return await read({
      takenAt: moments[0]?.takenAt ?? new Date(),
      migrations: migrations.map(({ name }) => name),
      tables,
      months: months.map(({ month }) => month),
      sequences: (await client.query<SequenceState>(SEQUENCES)).rows,
      copyOut: (query) => client.query(copyTo(`copy (${query}) to stdout`)),
    });
  } finally {
    await client.end();
  }
}

/** A name as SQL quotes it. */
export function quoted(name: string): string {
  return pg.escapeIdentifier(name);
}
