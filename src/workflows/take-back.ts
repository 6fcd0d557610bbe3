/** Takes back what rows of a recalled batch declared: each is judged as a CANCEL by itself, and all are written together. */
import { insertAuditRows } from '../database/audit.ts';
import { keepRecalls, type RecallableRow } from '../database/batch-recall.ts';
import type { StoredBatch } from '../database/batches.ts';
import type { Connection } from '../database/database.ts';
import { insertDeclarations, insertFirstAnswers, listSent } from '../database/declaration-sets.ts';
import { lockNames } from '../database/locks.ts';
import { cancelPeriods, type DeclaredPeriod, listPeriods } from '../database/periods.ts';
import { listPersons } from '../database/person-sets.ts';
import type { PersonRow } from '../database/persons.ts';
import { correctStatuses } from '../database/statuses.ts';
import { toDeclaration } from '../dimona/json.ts';
import { casesOf } from './apply.ts';
import { senderOf } from './batch-row.ts';
import { answerOf, declarationOf, reportEntry } from './declared.ts';
import { queueChangedFlows } from './flow-due.ts';
import { type Judgement, judgeFound, readNames } from './judge.ts';
import { type Mark, markOf } from './recognise.ts';
import type { Report, ReportServices } from './report.ts';
import type { Services } from './services.ts';
import { settleTaken } from './settle-taken.ts';

export type TakeBackServices = ReportServices & Pick<Services, 'clock'>;

/** A row whose period still stands. */
export type StandingRow = RecallableRow & { readonly periodId: string };

/** The CANCEL of what a row declared. Made twice it is the same declaration. */
export function cancelOf(
  { clock }: Pick<Services, 'clock'>,
  batch: StoredBatch,
  { rowNumber, periodId }: StandingRow,
): Report {
  const body = { dimonaCancel: { periodId: Number(periodId) } };
  const receivedAt = clock();
  return {
    declaration: toDeclaration(body, receivedAt),
    body: Buffer.from(JSON.stringify(body)),
    channel: 'json',
    lane: 'bulk',
    messageKey: { kind: 'key', value: `recall/${batch.batchId}/${rowNumber}` },
    sender: senderOf(batch),
    receivedAt,
  };
}

/** A row beside its CANCEL and whom that concerns. */
interface TakenRow {
  readonly row: StandingRow;
  readonly report: Report;
  readonly mark: Mark;
  readonly period: DeclaredPeriod;
  readonly person: PersonRow & { readonly citizenKeyId: string; readonly wrappedKey: Buffer };
}

/**
 * Takes back rows as far as they can be judged at once, and settles their cases. Gives the others: what was declared by a
 * mandate, by somebody who is no longer who they were, or has its CANCEL already.
 */
export async function takeBackRows(
  services: TakeBackServices,
  connection: Connection,
  batch: StoredBatch,
  rows: readonly StandingRow[],
): Promise<readonly StandingRow[]> {
  if (batch.mandateId !== null || rows.length === 0) return rows;
  const taken = await readTaken(services, connection, batch, rows);
  if (taken.length > 0) await writeTaken(services, connection, batch, taken);
  const done = new Set(taken.map(({ row }) => row));
  return rows.filter((row) => !done.has(row));
}

/** Locks what is sent and the workers, and only then reads what these locks protect. */
async function readTaken(
  services: TakeBackServices,
  connection: Connection,
  batch: StoredBatch,
  rows: readonly StandingRow[],
): Promise<readonly TakenRow[]> {
  const { organization } = batch;
  const cancels = rows.map((row) => {
    const report = cancelOf(services, batch, row);
    return { row, report, mark: markOf(services, report) };
  });
  await lockNames(
    connection,
    cancels.map(({ mark }) => `message/${organization}/${mark.key}`),
  );
  const before = await personsOf(connection, rows);
  await lockNames(
    connection,
    [...before.values()].map(({ person }) => `worker/${person.personId}`),
  );
  const locked = await personsOf(connection, rows);
  const keys = cancels.map(({ mark }) => mark.key);
  const sent = new Set((await listSent(connection, organization, keys, [])).map((one) => one.messageKey));
  return cancels.flatMap((cancel): TakenRow[] => {
    const found = locked.get(cancel.row.periodId);
    if (found === undefined || sent.has(cancel.mark.key)) return [];
    const { period, person } = found;
    const { citizenKeyId, wrappedKey } = person;
    const isSame = before.get(cancel.row.periodId)?.person.personId === person.personId;
    if (!isSame || period.declaredBy !== organization) return [];
    if (citizenKeyId === null || wrappedKey === null || person.erasedAt !== null) return [];
    return [{ ...cancel, period, person: { ...person, citizenKeyId, wrappedKey } }];
  });
}

async function personsOf(connection: Connection, rows: readonly StandingRow[]) {
  const periods = await listPeriods(
    connection,
    rows.map(({ periodId }) => periodId),
  );
  const named = periods.flatMap(({ personId }) => personId ?? []);
  const persons = new Map((await listPersons(connection, named)).map((one) => [one.namedId, one]));
  return new Map(
    periods.flatMap((period) => {
      const person = persons.get(period.personId ?? '');
      return person === undefined ? [] : [[period.periodId, { period, person }] as const];
    }),
  );
}

async function writeTaken(
  services: TakeBackServices,
  connection: Connection,
  batch: StoredBatch,
  taken: readonly TakenRow[],
): Promise<void> {
  const judged = taken.map((one) => ({
    ...one,
    declarationId: services.newId(),
    judgement: judge(services, one),
  }));
  await insertDeclarations(
    connection,
    judged.map(({ report, mark, person, declarationId }) => {
      const { citizenKeyId, wrappedKey } = person;
      const key = services.vault.openCitizenKey(citizenKeyId, wrappedKey);
      const { key: messageKey, bodyHmac } = mark;
      return declarationOf(report, declarationId, { messageKey, bodyHmac }, { citizenKeyId, key });
    }),
  );
  await cancelAll(
    services,
    connection,
    judged.filter(({ judgement }) => judgement.assessment.period !== undefined),
  );
  await insertFirstAnswers(
    connection,
    judged.map(({ judgement, period, declarationId }) => {
      const periodId = judgement.assessment.period && period.periodId;
      return { ...answerOf(judgement, periodId), declarationId };
    }),
  );
  await insertAuditRows(
    connection,
    judged.map(({ report, declarationId, judgement }) =>
      reportEntry(report.sender, declarationId, judgement),
    ),
  );
  const refused = judged.filter(({ judgement }) => judgement.assessment.result === 'B');
  const results = refused.map(({ row: { rowNumber } }) => ({ rowNumber, result: 'kept' as const }));
  await keepRecalls(connection, batch.batchId, results);
}

/** A CANCEL looks at its own period alone. */
function judge(services: TakeBackServices, { report, period, person }: TakenRow): Judgement {
  const { declaration, ...names } = readNames(services, report.declaration);
  return judgeFound(services.catalogue, declaration, {
    ...names,
    declared: undefined,
    period,
    person,
    employers: [],
    others: [],
    mayChange: true,
  });
}

async function cancelAll(
  services: TakeBackServices,
  connection: Connection,
  cancelled: readonly TakenRow[],
): Promise<void> {
  const [first] = cancelled;
  if (first === undefined) return;
  const periodIds = cancelled.map(({ period }) => period.periodId);
  await cancelPeriods(connection, periodIds, first.report.declaration.declaredAt);
  const facts = await correctStatuses(connection, 'dimona', periodIds);
  const types = [...services.catalogue.types.values()];
  const persons = new Map(cancelled.map(({ period, person }) => [period.periodId, person]));
  const cases = new Map<string, PersonRow>();
  for (const fact of facts) {
    const person = persons.get(fact.reference);
    if (person === undefined) continue;
    for (const caseId of casesOf(types, [{ ...fact, personId: person.personId }])) cases.set(caseId, person);
  }
  await settleTaken(services, connection, cases);
  await queueChangedFlows(
    services,
    connection,
    facts.map(({ code }) => code),
  );
}
