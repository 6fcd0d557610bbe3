/** A chunk of a batch that was chosen on the register: its cases are settled and prepared, as after a report of their facts. */
import { endRows, markAcceptedAll } from '../database/batch-row-sets.ts';
import { listOpenRows } from '../database/batch-rows.ts';
import type { Connection } from '../database/database.ts';
import { lockNames } from '../database/locks.ts';
import { listPersons } from '../database/person-sets.ts';
import type { PersonRow } from '../database/persons.ts';
import { parseCaseId } from '../domain/case.ts';
import type { Chunk } from './batch-row.ts';
import { citizenKeyOf } from './declaration-key.ts';
import type { OpenBatch } from './name-rows.ts';
import type { PrepareServices } from './prepare.ts';
import { settleCases } from './settle-cases.ts';
import type { HeldKey } from './write-rows.ts';

/** Settles the cases of a chunk; what was prepared waits in its rows. Whoever was erased, or goes by another number, has none. */
export async function prepareCases(
  services: PrepareServices,
  connection: Connection,
  batch: OpenBatch,
  { batchId, from, to }: Chunk,
): Promise<void> {
  const open = await listOpenRows(connection, batchId, from, to, 'checked');
  const rows = open.map(({ rowNumber, body }) => {
    const caseId = batch.key.open(body, batchId).toString('utf8');
    return { rowNumber, caseId, personId: parseCaseId(caseId)?.personId ?? '' };
  });
  const personIds = [...new Set(rows.map(({ personId }) => personId))];
  await lockNames(
    connection,
    personIds.map((personId) => `worker/${personId}`),
  );
  const persons = new Map((await listPersons(connection, personIds)).map((one) => [one.namedId, one]));
  const keys = new Map<string, HeldKey>();
  for (const person of persons.values()) {
    const key = person.erasedAt === null ? await citizenKeyOf(services, connection, person) : undefined;
    if (key !== undefined) keys.set(person.personId, key);
  }
  const cases = new Map<string, PersonRow>();
  for (const { caseId, personId } of rows) {
    const person = persons.get(personId);
    if (person?.personId === personId && keys.has(personId)) cases.set(caseId, person);
  }
  const told = rows.map((row) => ({ ...row, declarationId: null, anomalies: [] }));
  const accepted = told.filter(({ caseId }) => cases.has(caseId));
  if (accepted.length > 0) await markAcceptedAll(connection, batchId, accepted);
  const gone = told.filter(({ caseId }) => !cases.has(caseId));
  await endRows(
    connection,
    batchId,
    gone.map((row) => ({ ...row, outcome: 'notEntitled' as const })),
  );
  await settleCases(services, connection, cases, keys);
}
