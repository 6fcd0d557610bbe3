/** Reports many rows in one transaction: each is judged by the rules of one, and all are written together. */
import { insertAuditRows } from '../database/audit.ts';
import type { EndedRow } from '../database/batch-rows.ts';
import { keepCitizenKeys } from '../database/citizen-keys.ts';
import type { Connection } from '../database/database.ts';
import { insertDeclarations, insertFirstAnswers } from '../database/declarations.ts';
import type { EmployerNumbers, EmployerRow } from '../database/employers.ts';
import { lockNames } from '../database/locks.ts';
import { insertPeriods, nextPeriodNumbers } from '../database/periods.ts';
import type { PersonRow } from '../database/persons.ts';
import { insertStatuses } from '../database/statuses.ts';
import { insertAllWaiting } from '../database/waiting-declarations.ts';
import type { RowOutcome } from '../domain/batch.ts';
import { periodIdOf } from '../domain/declaration.ts';
import type { CitizenKey } from '../keys/vault.ts';
import { casesOf, factOf, keepEmployer } from './apply.ts';
import { senderOf } from './batch-row.ts';
import type { BodyKey } from './declaration-key.ts';
import type { Judgement } from './judge.ts';
import { divideRows, type OpenBatch, opensPeriod } from './name-rows.ts';
import { type Excerpt, findSubjects, type NamedRow, readExcerpt, subjectOf } from './register-excerpt.ts';
import { answerOf, declarationOf, queueResolving, type ReportServices, reportEntry } from './report.ts';

/** A row that was reported and belongs to cases: the first of them gives it its outcome. */
export interface ReportedRow {
  readonly rowNumber: number;
  readonly declarationId: string;
  readonly anomalies: readonly string[];
  readonly caseIds: readonly string[];
  readonly person: PersonRow;
  /** Whether rows that are reported later may be about the same cases. */
  readonly isOpen: boolean;
}

export interface ReportedRows {
  readonly accepted: readonly ReportedRow[];
  readonly ended: readonly EndedRow[];
  /** The keys of the persons of accepted rows. */
  readonly keys: ReadonlyMap<string, HeldKey>;
  /** Rows that are to be reported one after the other, in their order. */
  readonly apart: readonly number[];
}

/** A citizen key that is open. */
export interface HeldKey {
  readonly citizenKeyId: string;
  readonly key: CitizenKey;
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

interface JudgedRow {
  readonly row: NamedRow;
  readonly judgement: Judgement;
  readonly declarationId: string;
  /** Of what is accepted. */
  readonly employerId: string | undefined;
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

async function writeRows(
  services: ReportServices,
  connection: Connection,
  batch: OpenBatch,
  judged: readonly JudgedRow[],
  keys: ReadonlyMap<string, HeldKey>,
): Promise<Outcomes> {
  if (judged.length === 0) return { accepted: [], ended: [] };
  const sender = senderOf(batch);
  const declarations = judged.map(({ row, judgement, declarationId }) =>
    declarationOf(
      { ...row, sender, receivedAt: batch.createdAt },
      declarationId,
      { messageKey: row.mark.key, bodyHmac: row.mark.bodyHmac },
      bodyKeyOf(batch, judgement.person, keys),
    ),
  );
  await insertDeclarations(connection, declarations);
  const opened = await openPeriods(services, connection, batch.organization, judged);
  const answers = judged.map(({ judgement, declarationId }) => ({
    ...answerOf(judgement, opened.get(declarationId)?.periodId),
    declarationId,
  }));
  await insertFirstAnswers(connection, answers);
  await insertAuditRows(
    connection,
    judged.map(({ declarationId, judgement }) => reportEntry(sender, declarationId, judgement)),
  );
  await keepWaiting(services, connection, judged);
  return outcomesOf(judged, opened);
}

function bodyKeyOf(
  { batchId, key }: OpenBatch,
  person: PersonRow | undefined,
  keys: ReadonlyMap<string, HeldKey>,
): BodyKey {
  return (person && keys.get(person.personId)) ?? { fileKeyId: batchId, key };
}

/** What a declaration opened: its period, and the cases of the fact it stands for. */
interface Opened {
  readonly periodId: string;
  readonly caseIds: readonly string[];
}

async function openPeriods(
  { catalogue, newId }: ReportServices,
  connection: Connection,
  declaredBy: string,
  judged: readonly JudgedRow[],
): Promise<ReadonlyMap<string, Opened>> {
  const accepted = judged.flatMap(({ judgement, employerId, declarationId }) => {
    const { period } = judgement.assessment;
    const personId = judgement.person?.personId;
    return period === undefined || employerId === undefined || personId === undefined
      ? []
      : [{ ...period, employerId, personId, declarationId }];
  });
  if (accepted.length === 0) return new Map();
  const numbers = await nextPeriodNumbers(connection, accepted.length);
  const periods = accepted.map((period, index) => ({
    ...period,
    periodId: periodIdOf(numbers[index] ?? 0n),
    declaredBy,
  }));
  await insertPeriods(connection, periods);
  const facts = periods.map((period) => factOf(catalogue, period));
  await insertStatuses(
    connection,
    facts.flatMap((fact) => (fact === undefined ? [] : [{ ...fact, statusPeriodId: newId() }])),
  );
  return new Map(
    periods.map(({ declarationId, periodId }, index) => {
      const fact = facts[index];
      return [declarationId, { periodId, caseIds: fact === undefined ? [] : casesOf(catalogue, [fact]) }];
    }),
  );
}

async function keepWaiting(
  { vault }: ReportServices,
  connection: Connection,
  judged: readonly JudgedRow[],
): Promise<void> {
  const waiting = judged.flatMap(({ judgement: { assessment, lookUps }, declarationId }) => {
    const lookUp = lookUps?.find(({ keyVersion }) => keyVersion === vault.version);
    return assessment.result === 'S' && lookUp !== undefined ? [{ ...lookUp, declarationId }] : [];
  });
  if (waiting.length === 0) return;
  await insertAllWaiting(connection, waiting);
  await queueResolving(connection);
}

interface Outcomes {
  readonly accepted: readonly (Omit<ReportedRow, 'isOpen'> & { readonly row: NamedRow })[];
  readonly ended: readonly EndedRow[];
}

function outcomesOf(judged: readonly JudgedRow[], opened: ReadonlyMap<string, Opened>): Outcomes {
  const accepted: Outcomes['accepted'][number][] = [];
  const ended: EndedRow[] = [];
  for (const { row, judgement, declarationId } of judged) {
    const { result, anomalies } = judgement.assessment;
    const told = { rowNumber: row.rowNumber, declarationId, anomalies: anomalies.map(({ code }) => code) };
    const caseIds = opened.get(declarationId)?.caseIds ?? [];
    if (judgement.person !== undefined && caseIds.length > 0)
      accepted.push({ ...told, caseIds, person: judgement.person, row });
    else ended.push({ ...told, outcome: endOf(result) });
  }
  return { accepted, ended };
}

/** What a declaration that leads to no case comes to. */
export function endOf(result: Judgement['assessment']['result']): RowOutcome {
  switch (result) {
    case 'B':
      return 'refused';
    case 'S':
      return 'waiting';
    case 'A':
    case 'W':
      return 'notEntitled';
  }
}
