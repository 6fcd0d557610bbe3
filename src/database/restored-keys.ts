/** What a restore does about keys: each is put back to where it was, and what was erased meanwhile is erased again. */
import type { Connection } from './database.ts';
import { queueJobs } from './jobs.ts';

/**
 * Takes keys over from a table beside (`restored_…`) into the rows that wait for one (`destroyed_at` is infinity);
 * one that was destroyed since stays so. Gives how many were put back.
 */
export async function takeKeysOver(
  connection: Connection,
  table: 'citizen_key' | 'file_key',
): Promise<number> {
  const rows = await connection.query(
    `update ${table} k set wrapped_key = r.wrapped_key, destroyed_at = r.destroyed_at, key_version = r.key_version
     from restored_${table} r where r.${table}_id = k.${table}_id and k.destroyed_at = 'infinity'
     returning 1`,
  );
  return rows.length;
}

/** Counts a key as destroyed that nobody gave back; gives how many there are. */
export async function giveUpKeys(connection: Connection, table: 'citizen_key' | 'file_key'): Promise<number> {
  const rows = await connection.query(
    `update ${table} set destroyed_at = clock_timestamp() where destroyed_at = 'infinity' returning 1`,
  );
  return rows.length;
}

/** Asks again for each erasure that the register does not know of; gives how many. */
export async function askErasuresAgain(connection: Connection): Promise<number> {
  const rows = await connection.query<{ erasureId: string }>(
    `insert into erasure (erasure_id, person_id, reason, requested_by, requested_at)
     select r.erasure_id, r.person_id, r.reason, r.requested_by, r.requested_at from restored_erasure r
     join person p on p.person_id = r.person_id and p.erased_at is null
     on conflict do nothing returning erasure_id as "erasureId"`,
  );
  const ids = rows.map(({ erasureId }) => erasureId);
  await queueJobs(connection, { lane: 'single', kind: 'erase', idName: 'erasureId' }, ids);
  return ids.length;
}
