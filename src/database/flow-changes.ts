/** What a receiver knows of persons, row by row: differences are told against it. Contents stand here by their hash. */
import type { Connection } from './database.ts';
import type { PersonRange } from './flow-reads.ts';

/** The receiver of a flow. */
export interface Receiver {
  readonly flow: string;
  readonly organization: string;
}

export interface KnownRow {
  readonly personId: string;
  readonly rowKey: string;
  readonly digest: Buffer;
}

/** Lists what the receiver knows of the persons of a range in one file. */
export async function listKnownRows(
  connection: Connection,
  { flow, organization }: Receiver,
  part: string,
  { after, last }: PersonRange,
): Promise<KnownRow[]> {
  return connection.query<KnownRow>(
    `select person_id as "personId", row_key as "rowKey", digest from flow_row
     where flow = $1 and organization = $2 and part = $3 and person_id > $4 and person_id <= $5
     order by person_id, row_key`,
    [flow, organization, part, after, last],
  );
}

/** Numbers of persons of whom something is told no more, sealed; of who was erased none is known. */
export async function listNumbers(
  connection: Connection,
  personIds: readonly string[],
): Promise<ReadonlyMap<string, Buffer>> {
  const rows = await connection.query<{ personId: string; ssin: Buffer }>(
    `select person_id as "personId", ssin_ciphertext as ssin from person where person_id = any($1) and erased_at is null`,
    [personIds],
  );
  return new Map(rows.map(({ personId, ssin }) => [personId, ssin]));
}

/** A row that the run tells; without a digest it is no more. */
export type ChangedRow = Omit<KnownRow, 'digest'> & { readonly digest: Buffer | null };

/** Notes what a run says of rows, until it is done. */
export async function insertChanges(
  connection: Connection,
  runId: string,
  part: string,
  rows: readonly ChangedRow[],
): Promise<void> {
  await connection.query(
    `insert into flow_row_change (run_id, part, person_id, row_key, digest)
     select $1, $2, * from unnest($3::uuid[], $4::text[], $5::bytea[])`,
    [
      runId,
      part,
      rows.map(({ personId }) => personId),
      rows.map(({ rowKey }) => rowKey),
      rows.map(({ digest }) => digest),
    ],
  );
}

/** From now on the receiver knows what the run said: all there is, or what changed. */
export async function applyChanges(
  connection: Connection,
  { flow, organization }: Receiver,
  runId: string,
  extent: 'whole' | 'differences',
): Promise<void> {
  if (extent === 'whole')
    await connection.query('delete from flow_row where flow = $1 and organization = $2', [
      flow,
      organization,
    ]);
  else
    await connection.query(
      `delete from flow_row r using flow_row_change c where c.run_id = $3 and r.flow = $1 and r.organization = $2
         and r.part = c.part and r.person_id = c.person_id and r.row_key = c.row_key`,
      [flow, organization, runId],
    );
  await connection.query(
    `insert into flow_row (flow, organization, part, person_id, row_key, digest)
     select $1, $2, part, person_id, row_key, digest from flow_row_change where run_id = $3 and digest is not null`,
    [flow, organization, runId],
  );
  await dropChanges(connection, runId);
}

/** Forgets what a run said that was stopped. */
export async function dropChanges(connection: Connection, runId: string): Promise<void> {
  await connection.query('delete from flow_row_change where run_id = $1', [runId]);
}

/** Forgets what a receiver knows: what it is told next is new to it. */
export async function dropKnownRows(connection: Connection, { flow, organization }: Receiver): Promise<void> {
  await connection.query('delete from flow_row where flow = $1 and organization = $2', [flow, organization]);
}
