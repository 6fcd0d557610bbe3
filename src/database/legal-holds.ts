/** Legal hold: persons and cases of which nothing may be erased while it lasts. */
import type { Connection } from './database.ts';

export interface HoldRow {
  readonly holdId: string;
  readonly personId: string | null;
  readonly caseId: string | null;
  readonly reason: string;
  readonly placedBy: string;
  readonly placedAt: Date;
  readonly releasedAt: Date | null;
  readonly releasedBy: string | null;
  readonly releaseReason: string | null;
}

const HOLD = `select hold_id as "holdId", person_id as "personId", case_id as "caseId", reason, placed_by as "placedBy",
  placed_at as "placedAt", released_at as "releasedAt", released_by as "releasedBy",
  release_reason as "releaseReason" from legal_hold`;

/** Places a hold on a person or on one case. */
export async function insertHold(
  connection: Connection,
  hold: Pick<HoldRow, 'holdId' | 'personId' | 'caseId' | 'reason' | 'placedBy'>,
): Promise<void> {
  await connection.query(
    'insert into legal_hold (hold_id, person_id, case_id, reason, placed_by) values ($1, $2, $3, $4, $5)',
    [hold.holdId, hold.personId, hold.caseId, hold.reason, hold.placedBy],
  );
}

/** Lists the holds that last, or all there ever were. */
export async function listHolds(connection: Connection, isAll: boolean): Promise<HoldRow[]> {
  return connection.query<HoldRow>(`${HOLD} where $1 or released_at is null order by placed_at, hold_id`, [
    isAll,
  ]);
}

/** Ends a hold; gives whom it was on, undefined when it does not last (any more). */
export async function releaseHold(
  connection: Connection,
  holdId: string,
  by: string,
  reason: string,
): Promise<Pick<HoldRow, 'personId' | 'caseId'> | undefined> {
  const [row] = await connection.query<Pick<HoldRow, 'personId' | 'caseId'>>(
    `update legal_hold set released_at = clock_timestamp(), released_by = $2, release_reason = $3
     where hold_id = $1 and released_at is null returning person_id as "personId", case_id as "caseId"`,
    [holdId, by, reason],
  );
  return row;
}

/** Tells whether one of a person's ids, or a case of one of them, is held. */
export async function isHeld(connection: Connection, personIds: readonly string[]): Promise<boolean> {
  const [row] = await connection.query<{ held: boolean }>(
    'select coalesce(bool_or(is_held(id)), false) as held from unnest($1::uuid[]) id',
    [personIds],
  );
  return row?.held ?? false;
}

/** Finds whose a case is, by its attestations. */
export async function findCasePerson(connection: Connection, caseId: string): Promise<string | undefined> {
  const [row] = await connection.query<{ personId: string }>(
    'select person_id as "personId" from attestation where case_id = $1 limit 1',
    [caseId],
  );
  return row?.personId;
}
