/** Makes a table of counts: what the caller may count is counted, small cells are hidden, and evidence keeps that it was. */
import { insertAuditEntry } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import {
  type CountRow,
  countEmployers,
  countPersons,
  countUses,
  type PersonColumn,
} from '../database/statistics.ts';
import { dimensionOf, rangeOf, USES } from '../domain/dimension.ts';
import { groundIdOf } from '../domain/ground.ts';
import { municipalityOn } from '../domain/municipality.ts';
import { brusselsDate, type LocalDate } from '../domain/period.ts';
import {
  AGE_CLASSES,
  type Dimension,
  type DimensionName,
  fillCells,
  SIZES,
  type Table,
  type TableKind,
  type Tally,
  UNKNOWN,
} from '../domain/statistics.ts';
import type { StatusCode } from '../domain/status.ts';
import { type DeliberatedAccess, findGround } from './deliberated.ts';
import { groupBy } from './group.ts';
import type { OrganizationAccess } from './institution.ts';
import type { Services } from './services.ts';

type TableServices = Pick<Services, 'database' | 'catalogue' | 'clock'>;

/** What is asked for. */
export interface TableWish {
  readonly tableId: string;
  /** Of tables of persons and employers: whose. */
  readonly status: StatusCode | undefined;
  /** `yyyy-MM`, in order and not many. */
  readonly months: readonly string[];
}

/** Who asks: for counts of persons on a deliberation, for counts of uses as any organisation that may. */
export type TableAccess = OrganizationAccess & { readonly deliberated: DeliberatedAccess | undefined };

export type TableOutcome =
  | { readonly kind: 'made'; readonly table: Table }
  | { readonly kind: 'unknownTable' | 'statusWanted' | 'statusUnfit' | 'notAllowed' };

/** Makes a table. A deliberation that does not allow the status is like one that is not there. */
export async function makeTable(
  services: TableServices,
  access: TableAccess,
  wish: TableWish,
): Promise<TableOutcome> {
  const { catalogue, database, clock } = services;
  const kind = catalogue.statistics.tables.get(wish.tableId);
  if (kind === undefined) return { kind: 'unknownTable' };
  const code = wish.status ?? (kind.statuses?.length === 1 ? kind.statuses[0] : undefined);
  if (kind.counts !== 'uses' && code === undefined) return { kind: 'statusWanted' };
  if (code !== undefined && !fits(kind, code, catalogue.statusList.statuses)) return { kind: 'statusUnfit' };
  const today = brusselsDate(clock());
  const dimensions = kind.across.map((name) => dimensionOf(name, { ...catalogue, today }));
  const rows = await database.transaction((connection) =>
    countRows(connection, access, kind, { ...wish, status: code }),
  );
  if (rows === undefined) return { kind: 'notAllowed' };
  const byMonth = groupBy(rows, ({ month }) => month);
  const smallest = catalogue.statistics.smallestCount;
  const blocks: Table['blocks'][number][] = [];
  for (const month of wish.months) {
    const tallies = (byMonth.get(month) ?? []).map((row) => tallyOf(services, row, dimensions, today));
    blocks.push(fillCells(dimensions, tallies, smallest));
    // A month may take a tenth of a second, and others wait for this thread.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { title, counts } = kind;
  const name = code === undefined ? undefined : catalogue.statusList.statuses.get(code)?.name;
  const status = code !== undefined && name !== undefined ? { code, name } : undefined;
  return {
    kind: 'made',
    table: { id: wish.tableId, title, counts, status, months: wish.months, dimensions, blocks, smallest },
  };
}

function fits(
  { counts, statuses }: TableKind,
  code: StatusCode,
  known: ReadonlyMap<StatusCode, unknown>,
): boolean {
  return counts !== 'uses' && known.has(code) && (statuses?.includes(code) ?? true);
}

const COLUMN_OF: Readonly<Partial<Record<DimensionName, PersonColumn>>> = {
  place: 'nisCode',
  region: 'nisCode',
  sex: 'sex',
  ageClass: 'ageClass',
  jointCommittee: 'jointCommittee',
};

/** Counts within the caller's transaction, with the entry of it; undefined where no deliberation allows it. */
async function countRows(
  connection: Connection,
  access: TableAccess,
  { counts, across }: TableKind,
  { tableId, status = '', months }: TableWish,
): Promise<readonly (CountRow & { readonly use?: string })[] | undefined> {
  const { actor, traceId, deliberated } = access;
  const period = { status, from: `${months[0]}-01`, until: `${months.at(-1)}-01` };
  const object = [tableId, status, months[0], months.at(-1)].filter(Boolean).join(' ');
  const entry = { actor, action: 'statistics.table', object, traceId } as const;
  if (counts === 'uses') {
    await insertAuditEntry(connection, { ...entry, ground: 'duty' });
    return countUses(connection, Object.keys(USES), period);
  }
  const found = deliberated && (await findGround(connection, deliberated));
  if (!found?.allowed.statuses.includes(status)) return undefined;
  const { ground } = found;
  const purpose = ground.legalContext;
  await insertAuditEntry(connection, {
    ...entry,
    ground: ground.kind,
    groundId: groundIdOf(ground),
    purpose,
  });
  if (counts === 'employers') return countEmployers(connection, ground, period);
  return countPersons(
    connection,
    ground,
    period,
    across.flatMap((name) => COLUMN_OF[name] ?? []),
  );
}

function tallyOf(
  services: Pick<Services, 'catalogue'>,
  row: CountRow & { readonly use?: string },
  dimensions: readonly Dimension[],
  today: LocalDate,
): Tally {
  const keys = dimensions.map(({ name, categories }) => {
    const key = keyOf(services, row, name, today) ?? UNKNOWN;
    return categories.some(({ id }) => id === key) ? key : UNKNOWN;
  });
  return { keys, count: row.count };
}

/** The category of a row; undefined where the register does not know. */
function keyOf(
  { catalogue }: Pick<Services, 'catalogue'>,
  row: CountRow & { readonly use?: string },
  name: DimensionName,
  today: LocalDate,
): string | undefined {
  const classOf = (classes: readonly number[], at: number | null | undefined) =>
    at === null || at === undefined || at < 1 ? undefined : rangeOf(classes, at - 1);
  switch (name) {
    case 'place':
      return municipalityOn(catalogue.municipalities, row.nisCode ?? '', today)?.nisCode;
    case 'region':
      return municipalityOn(catalogue.municipalities, row.nisCode ?? '', today)?.region;
    case 'sex':
      return row.sex ?? undefined;
    case 'ageClass':
      return classOf(AGE_CLASSES, row.ageClass);
    case 'jointCommittee':
      return row.jointCommittee ?? undefined;
    case 'size':
      return classOf(SIZES, row.size);
    case 'use':
      return row.use;
  }
}
