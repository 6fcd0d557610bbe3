/** What the status lists say: read from the attestations that stand in them. */
import type { AttestationState } from '../domain/attestation.ts';
import type { Connection } from './database.ts';

/** An attestation of a list that is not simply valid. */
export interface EndedEntry {
  readonly index: number;
  readonly state: Extract<AttestationState, 'superseded' | 'revoked' | 'withdrawn' | 'erased'>;
}

/** Lists what ended in a list. */
export async function listEnded(connection: Connection, list: number): Promise<EndedEntry[]> {
  return connection.query<EndedEntry>(
    `select status_index as index, state from attestation
     where status_list = $1 and state in ('superseded', 'revoked', 'withdrawn', 'erased') order by status_index`,
    [list],
  );
}

/** Tells whether a list has been begun. */
export async function isListBegun(connection: Connection, list: number): Promise<boolean> {
  const rows = await connection.query('select 1 from attestation where status_list = $1 limit 1', [list]);
  return rows.length > 0;
}

/** Gives the number of the list that was begun last; undefined before the first. */
export async function lastList(connection: Connection): Promise<number | undefined> {
  const [row] = await connection.query<{ last: number | null }>(
    'select max(status_list) as last from attestation',
  );
  return row?.last ?? undefined;
}
