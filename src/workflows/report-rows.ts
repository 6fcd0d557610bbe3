/** Reports many rows in one transaction: each is judged by the rules of one, and all are written together. */
import type { EndedRow } from '../database/batch-rows.ts';
import { keepCitizenKeys } from '../database/citizen-keys.ts';
import type { Connection } from '../database/database.ts';
import type { EmployerNumbers, EmployerRow } from '../database/employers.ts';
import { lockNames } from '../database/locks.ts';
import { keepEmployer } from './apply.ts';
import { divideRows, type OpenBatch, opensPeriod } from './name-rows.ts';
import { type Excerpt, findSubjects, type NamedRow, readExcerpt, subjectOf } from './register-excerpt.ts';
import type { ReportServices } from './report.ts';
import { type HeldKey, type JudgedRow, type ReportedRow, writeRows } from './write-rows.ts';

export interface ReportedRows {
  readonly accepted: readonly ReportedRow[];
  readonly ended: readonly EndedRow[];
  /** The keys of the persons of accepted rows. */
  readonly keys: ReadonlyMap<string, HeldKey>;
  /** Rows that are to be reported one after the other, in their order. */
  readonly apart: readonly number[];
}

/** Reports rows of a batch as far as they can be judged at once. */
export async function reportRows(
  services: ReportServices,
  connection: Connection,
  batch: OpenBatch,
  rows: readonly NamedRow[],
): Promise<ReportedRows> {
  const named = rows.filter((row) => opensPeriod(batch, row));
  const persons = await lockSubjects(connection, batch.organization, named);
  const excerpt = await readExcerpt(services, connection, batch.organization, named, persons.locked);
  const division = divideRows();
  const isSimple = (row: NamedRow) =>
    opensPeriod(batch, row) && !persons.moved.has(subjectOf(row) ?? '') && !excerpt.wasSent(row);
  const together = rows.filter((row) => division.take(row, isSimple(row)));
  const judged: JudgedRow[] = [];
  for (const row of together) judged.push(await judgeRow(services, connection, excerpt, row));
  const keys = await keysOf(services, connection, judged);
  const kept = new Set(together);
  const apart = rows.filter((row) => !kept.has(row));
  const written = await writeRows(services, connection, batch, judged, keys);
  const isOpen = mayTouch(apart);
  return {
    accepted: written.accepted.map(({ row, ...rest }) => ({ ...rest, isOpen: isOpen(row) })),
    ended: written.ended,
    keys,
    apart: apart.map(({ rowNumber }) => rowNumber),
  };
}

/** Tells whether rows that come later may be about the worker of a row. A change may be about anybody. */
function mayTouch(later: readonly NamedRow[]): (row: NamedRow) => boolean {
  const subjects = new Set(later.map(subjectOf));
  const hasChange = later.some(({ declaration }) => declaration.action !== 'in');
  return (row) => hasChange || subjects.has(subjectOf(row));
}

/** Locks what is sent and the workers, and only then reads who these are; who turned out to be somebody else is left. */
async function lockSubjects(connection: Connection, organization: string, rows: readonly NamedRow[]) {
  const before = await findSubjects(connection, rows);
  await lockNames(
    connection,
    rows.map(({ mark }) => `message/${organization}/${mark.key}`),
  );
  const subjects = rows.map(subjectOf).filter((subject) => subject !== undefined);
  await lockNames(
    connection,
    subjects.map((subject) => `worker/${before.get(subject)?.personId ?? subject}`),
  );
  const locked = await findSubjects(connection, rows);
  const moved = subjects.filter((subject) => before.get(subject)?.personId !== locked.get(subject)?.personId);
  return { locked, moved: new Set(moved) };
}

async function judgeRow(
  services: ReportServices,
  connection: Connection,
  excerpt: Excerpt,
  row: NamedRow,
): Promise<JudgedRow> {
  const judgement = excerpt.judge(row);
  const declarationId = services.newId();
  const { period } = judgement.assessment;
  if (period === undefined) return { row, judgement, declarationId, employerId: undefined };
  const isKnown = knowsAll(excerpt.employersOf(row)[0], judgement.employerNumbers);
  const employerId =
    (isKnown ? judgement.employerId : undefined) ?? (await keepEmployer(services, connection, judgement));
  if (!isKnown) await excerpt.rereadEmployers();
  const personId = judgement.person?.personId;
  excerpt.add({ ...period, employerId, ...(personId !== undefined && { personId }) });
  return { row, judgement, declarationId, employerId };
}

/** Whether the register has an employer under every number that was given. */
function knowsAll(employer: EmployerRow | undefined, given: EmployerNumbers): boolean {
  const names = ['enterpriseNumber', 'nssoNumber', 'provisionalNssoNumber'] as const;
  return employer !== undefined && names.every((name) => given[name] === null || employer[name] !== null);
}

/** Opens the keys of the persons who were named, making those that are missing. An erased person has none. */
async function keysOf(
  { vault, newId }: ReportServices,
  connection: Connection,
  judged: readonly JudgedRow[],
): Promise<ReadonlyMap<string, HeldKey>> {
  const persons = new Map(
    judged.flatMap(({ judgement: { person } }) => (person ? [[person.personId, person]] : [])),
  );
  const fresh = [...persons.values()]
    .filter(({ citizenKeyId, wrappedKey }) => citizenKeyId === null || wrappedKey === null)
    .map(({ personId }) => {
      const citizenKeyId = newId();
      const wrappedKey = vault.createCitizenKey(citizenKeyId);
      return { personId, citizenKeyId, wrappedKey, keyVersion: vault.version };
    });
  const made = fresh.length === 0 ? [] : await keepCitizenKeys(connection, fresh);
  const keys = new Map<string, HeldKey>();
  for (const { personId, citizenKeyId, wrappedKey } of [...persons.values(), ...made]) {
    if (citizenKeyId === null || wrappedKey === null) continue;
    keys.set(personId, { citizenKeyId, key: vault.openCitizenKey(citizenKeyId, wrappedKey) });
  }
  return keys;
}
