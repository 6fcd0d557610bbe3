/** The rows of one range of persons: what they say, and what of it the receiver does not know yet. */
import { createHash } from 'node:crypto';
import type { Connection } from '../database/database.ts';
import {
  type ChangedRow,
  type KnownRow,
  listKnownRows,
  listNumbers,
  type Receiver,
} from '../database/flow-changes.ts';
import type { FlowCount } from '../database/flow-counts.ts';
import type { FlowFile } from '../database/flow-files.ts';
import { type FlowRow, listFlowRows, type PersonRange } from '../database/flow-reads.ts';
import type { RunPlan } from '../domain/flow.ts';
import { isCount } from '../domain/flow-field.ts';
import type { DeliberationGround } from '../domain/ground.ts';
import type { FlowCell } from '../flow/flow-writer.ts';
import { cellsOf, openSsin } from './flow-cells.ts';
import type { Services } from './services.ts';

type RowServices = Pick<Services, 'vault' | 'catalogue'>;

/** A row to be told of a person. */
export interface ToldRow {
  readonly personId: string;
  readonly cells: readonly FlowCell[];
}

/** What came of reading a range. */
export interface ReadRows {
  readonly told: readonly ToldRow[];
  /** What the receiver is taken to know from then on. */
  readonly changes: readonly ChangedRow[];
  readonly counts: readonly FlowCount[];
}

/** Reads a range of persons in one file of a run. */
export async function readRange(
  services: RowServices,
  connection: Connection,
  run: Receiver & { readonly plan: RunPlan; readonly ground: DeliberationGround },
  file: FlowFile,
  range: PersonRange,
): Promise<ReadRows> {
  const { plan, ground } = run;
  const rows = await listFlowRows(connection, ground, plan, file, range);
  if (plan.row === 'count') return { told: [], changes: [], counts: countRows(services, plan, rows) };
  const read = rows.map((row) => ({ ...row, cells: cellsOf(services, plan, plan.format.columns, row) }));
  if (!plan.tellsChanges) return { told: read, changes: [], counts: [] };
  const digested = read.map((row) => ({ ...row, digest: digestOf(row.cells) }));
  if (!plan.differences)
    return { told: digested.map((row) => marked(row, 'new')), changes: digested, counts: [] };
  const known = await listKnownRows(connection, run, file.part ?? '', range);
  return { ...(await compare(services, connection, plan, digested, known)), counts: [] };
}

type Digested = FlowRow & { readonly cells: readonly FlowCell[]; readonly digest: Buffer };

function digestOf(cells: readonly FlowCell[]): Buffer {
  return createHash('sha256')
    .update(JSON.stringify(cells.map((cell) => cell ?? null)))
    .digest();
}

function marked({ personId, cells }: ToldRow, change: 'new' | 'changed' | 'removed'): ToldRow {
  return { personId, cells: [change, ...cells] };
}

/** Tells rows that are new, that say something else, and that are no more. */
async function compare(
  services: RowServices,
  connection: Connection,
  plan: RunPlan,
  rows: readonly Digested[],
  known: readonly KnownRow[],
): Promise<Pick<ReadRows, 'told' | 'changes'>> {
  const keyOf = ({ personId, rowKey }: Pick<KnownRow, 'personId' | 'rowKey'>) => `${personId} ${rowKey}`;
  const before = new Map(known.map((row) => [keyOf(row), row.digest]));
  const now = new Set(rows.map(keyOf));
  const different = rows.filter((row) => before.get(keyOf(row))?.equals(row.digest) !== true);
  const gone = known.filter((row) => !now.has(keyOf(row)));
  const numbers = await listNumbers(
    connection,
    gone.map(({ personId }) => personId),
  );
  return {
    told: [
      ...different.map((row) => marked(row, before.has(keyOf(row)) ? 'changed' : 'new')),
      ...gone.flatMap((row) => removedRow(services, plan, row, numbers.get(row.personId))),
    ],
    changes: [...different, ...gone.map((row) => ({ ...row, digest: null }))],
  };
}

/** Says of a row that is no more by what it is found again, and nothing else; of who was erased nothing is said. */
function removedRow(
  services: RowServices,
  { format }: RunPlan,
  { personId, rowKey }: KnownRow,
  sealed: Buffer | undefined,
): ToldRow[] {
  const ssin = openSsin(services, sealed);
  if (ssin === undefined) return [];
  const [source, ...rest] = rowKey.split('/');
  const named: Readonly<Record<string, FlowCell>> = {
    ssin,
    source: source || undefined,
    reference: rest.join('/') || undefined,
  };
  return [marked({ personId, cells: format.columns.map(({ field }) => named[field]) }, 'removed')];
}

/** Counts the rows of a range by what their columns have in common. */
function countRows(services: RowServices, plan: RunPlan, rows: readonly FlowRow[]): readonly FlowCount[] {
  const columns = plan.format.columns.filter(({ field }) => !isCount(field));
  const groups = new Map<
    string,
    { columns: string[]; persons: Set<string>; periods: number; totalDays: number }
  >();
  for (const row of rows) {
    const values = cellsOf(services, plan, columns, row).map((cell) => String(cell ?? ''));
    const key = JSON.stringify(values);
    const group = groups.get(key) ?? { columns: values, persons: new Set(), periods: 0, totalDays: 0 };
    group.persons.add(row.personId);
    group.periods += 1;
    group.totalDays += Number(row.fields.days ?? 0);
    groups.set(key, group);
  }
  return [...groups.values()].map(({ persons, ...rest }) => ({ ...rest, persons: persons.size }));
}
