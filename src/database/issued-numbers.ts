/** Issued attestations by the number printed on them. */
import type { AttestationState } from '../domain/attestation.ts';
import type { Connection } from './database.ts';

/** What stands behind a number. */
export interface IssuedNumber {
  readonly attestationId: string;
  readonly personId: string;
  readonly state: Extract<AttestationState, 'issued' | 'superseded' | 'revoked' | 'erased'>;
  readonly statusList: number | null;
  readonly statusIndex: number | null;
}

/** Finds the issued attestation with this number. */
export async function findIssuedNumber(
  connection: Connection,
  number: string,
): Promise<IssuedNumber | undefined> {
  const [row] = await connection.query<IssuedNumber>(
    `select attestation_id as "attestationId", person_id as "personId", state, status_list as "statusList",
       status_index as "statusIndex"
     from attestation where number = $1 and issued_at is not null`,
    [number],
  );
  return row;
}
