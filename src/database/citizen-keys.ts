/** The keys of citizens: each opens one person's documents and declarations, and nothing once it was destroyed. */
import { columnsOf } from './columns.ts';
import type { Connection } from './database.ts';

export interface CitizenKeyRow {
  readonly citizenKeyId: string;
  readonly wrappedKey: Buffer;
}

/** A key just made, and the version of the secret that wraps it. */
export type NewCitizenKey = CitizenKeyRow & { readonly keyVersion: number };

/** Finds the key that opens what was encrypted under an id; undefined once it was destroyed. */
export async function findCitizenKey(
  connection: Connection,
  citizenKeyId: string,
): Promise<CitizenKeyRow | undefined> {
  const [row] = await connection.query<CitizenKeyRow>(
    `select citizen_key_id as "citizenKeyId", wrapped_key as "wrappedKey" from citizen_key
     where citizen_key_id = $1 and wrapped_key is not null`,
    [citizenKeyId],
  );
  return row;
}

/** Lists the keys of these ids that were not destroyed. */
export async function listCitizenKeys(
  connection: Connection,
  citizenKeyIds: readonly string[],
): Promise<CitizenKeyRow[]> {
  return connection.query<CitizenKeyRow>(
    `select citizen_key_id as "citizenKeyId", wrapped_key as "wrappedKey" from citizen_key
     where citizen_key_id = any($1) and wrapped_key is not null`,
    [citizenKeyIds],
  );
}

/**
 * Gives a person's current key, keeping `fresh` when there is none yet; undefined for a person who was erased. Whoever
 * erases waits for the row that this holds on to.
 */
export async function keepCitizenKey(
  connection: Connection,
  personId: string,
  fresh: NewCitizenKey,
): Promise<CitizenKeyRow | undefined> {
  const present = await findCurrent(connection, personId);
  if (present !== undefined) return present;
  await connection.query(
    `insert into citizen_key (citizen_key_id, person_id, wrapped_key, key_version)
     select $1, p.person_id, $3, $4
     from (select person_id from person where person_id = $2 and erased_at is null for share) p
     on conflict (person_id) where destroyed_at is null do nothing`,
    [fresh.citizenKeyId, personId, fresh.wrappedKey, fresh.keyVersion],
  );
  return findCurrent(connection, personId);
}

/** As `keepCitizenKey`, for many: gives each person's current key. */
export async function keepCitizenKeys(
  connection: Connection,
  fresh: readonly (NewCitizenKey & { readonly personId: string })[],
): Promise<readonly (CitizenKeyRow & { readonly personId: string })[]> {
  await connection.query(
    `insert into citizen_key (citizen_key_id, person_id, wrapped_key, key_version)
     select g.id, p.person_id, g.wrapped_key, g.key_version
     from unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::int[]) as g (id, person_id, wrapped_key, key_version)
       join (select person_id from person where person_id = any($2) and erased_at is null order by person_id for share) p
         on p.person_id = g.person_id
     on conflict (person_id) where destroyed_at is null do nothing`,
    columnsOf(fresh, [
      (one) => one.citizenKeyId,
      (one) => one.personId,
      (one) => one.wrappedKey,
      (one) => one.keyVersion,
    ]),
  );
  return connection.query(
    `select person_id as "personId", citizen_key_id as "citizenKeyId", wrapped_key as "wrappedKey" from citizen_key
     where person_id = any($1) and destroyed_at is null`,
    [fresh.map(({ personId }) => personId)],
  );
}

async function findCurrent(connection: Connection, personId: string): Promise<CitizenKeyRow | undefined> {
  const [row] = await connection.query<CitizenKeyRow>(
    `select citizen_key_id as "citizenKeyId", wrapped_key as "wrappedKey" from citizen_key
     where person_id = $1 and destroyed_at is null`,
    [personId],
  );
  return row;
}
