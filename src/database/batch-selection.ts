/** A batch that is chosen on the register: who is meant, some persons at a time, and the rows that stand for their cases. */
import type { RunPlan } from '../domain/flow.ts';
import { columnsOf } from './columns.ts';
import type { Connection } from './database.ts';
import type { PersonRange } from './flow-reads.ts';
import { selectionOf } from './flow-selection.ts';
import { bindTo } from './grounds.ts';

/** Lists who of a range of persons is meant; whoever was erased or goes by another number is not. */
export async function listSelected(
  connection: Connection,
  plan: RunPlan,
  range: PersonRange,
): Promise<readonly string[]> {
  const values: unknown[] = [range.after, range.last];
  const { columns, sets, joins, isMeant } = selectionOf(plan, bindTo(values), 'some');
  const rows = await connection.query<{ personId: string }>(
    `with asked as materialized (
       select p.person_id, p.birth_date, p.household ${columns} from person p
       where p.person_id > $1 and p.person_id <= $2 and p.replaced_by is null and p.erased_at is null)${sets}
     select a.person_id as "personId" from asked a ${joins} where ${isMeant} order by a.person_id`,
    values,
  );
  return rows.map(({ personId }) => personId);
}

/** Adds rows that need no checking. */
export async function insertCheckedRows(
  connection: Connection,
  batchId: string,
  rows: readonly { readonly rowNumber: number; readonly body: Buffer; readonly caseId: string }[],
): Promise<void> {
  await connection.query(
    `insert into batch_row (batch_id, row_number, body, anomalies, state, foreseen_cases)
     select $1, number, body, '{}', 'checked', array[case_id]
     from unnest($2::int[], $3::bytea[], $4::text[]) as g (number, body, case_id)`,
    [batchId, ...columnsOf(rows, [({ rowNumber }) => rowNumber, ({ body }) => body, ({ caseId }) => caseId])],
  );
}

/** Says that all of a selection was found, with so many rows, none of which needs checking. */
export async function completeSelection(
  connection: Connection,
  batchId: string,
  rows: number,
): Promise<void> {
  await connection.query(
    `update batch set state = 'checked', row_count = $2, checked_count = $2, checked_at = clock_timestamp()
     where batch_id = $1`,
    [batchId, rows],
  );
}
