/** Writes rows that were judged together: declarations, answers, periods, facts and evidence, a statement for each table. */
import { insertAuditRows } from '../database/audit.ts';
import type { EndedRow } from '../database/batch-rows.ts';
import type { Connection } from '../database/database.ts';
import { insertDeclarations, insertFirstAnswers } from '../database/declaration-sets.ts';
import { insertPeriods, nextPeriodNumbers } from '../database/periods.ts';
import type { PersonRow } from '../database/persons.ts';
import { insertStatuses } from '../database/statuses.ts';
import { insertAllWaiting } from '../database/waiting-declarations.ts';
import type { RowOutcome } from '../domain/batch.ts';
import { periodIdOf } from '../domain/declaration.ts';
import type { CitizenKey } from '../keys/vault.ts';
import { casesOf, factOf } from './apply.ts';
import { senderOf } from './batch-row.ts';
import type { BodyKey } from './declaration-key.ts';
import { answerOf, declarationOf, reportEntry } from './declared.ts';
import type { Judgement } from './judge.ts';
import type { OpenBatch } from './name-rows.ts';
import type { NamedRow } from './register-excerpt.ts';
import { queueResolving, type ReportServices } from './report.ts';

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

/** A citizen key that is open. */
export interface HeldKey {
  readonly citizenKeyId: string;
  readonly key: CitizenKey;
}

export interface JudgedRow {
  readonly row: NamedRow;
  readonly judgement: Judgement;
  readonly declarationId: string;
  /** Of what is accepted. */
  readonly employerId: string | undefined;
}

/** Writes what was judged; the keys of its persons are open. */
export async function writeRows(
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
      return [
        declarationId,
        { periodId, caseIds: fact === undefined ? [] : casesOf([...catalogue.types.values()], [fact]) },
      ];
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
