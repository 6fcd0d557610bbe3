/** Persons loaded many at once; what stands here does to each what its namesake in `persons` does to one. */
import type { LookUp } from '../keys/vault.ts';
import { columnsOf } from './columns.ts';
import type { Connection } from './database.ts';
import type { LoadedPerson } from './persons.ts';

/** A hash that stands for a person. */
export interface Claim extends LookUp {
  readonly personId: string;
}

/** Says that hashes stand for persons; gives by its hexadecimal form whom each stands for, already or from now on. */
export async function claimLookUps(
  connection: Connection,
  claims: readonly Claim[],
): Promise<ReadonlyMap<string, string>> {
  // In one order for all, so that two that load the same persons wait for each other and not both for both.
  const ordered = claims.toSorted((one, other) => Buffer.compare(one.ssinHmac, other.ssinHmac));
  // A hash that is there is held on to, so that who erases the person waits and finds what was loaded, or was first.
  const rows = await connection.query<{ mark: string; personId: string }>(
    `insert into person_look_up (ssin_hmac, key_version, person_id)
     select * from unnest($1::bytea[], $2::smallint[], $3::uuid[])
     on conflict (ssin_hmac) do update set person_id = person_look_up.person_id
     returning encode(ssin_hmac, 'hex') as mark, person_id as "personId"`,
    columnsOf(ordered, [(one) => one.ssinHmac, (one) => one.keyVersion, (one) => one.personId]),
  );
  return new Map(rows.map(({ mark, personId }) => [mark, personId]));
}

/** Inserts persons or brings those who are there up to date; each is there once. */
export async function savePersons(
  connection: Connection,
  persons: readonly Omit<LoadedPerson, 'lookUps'>[],
): Promise<void> {
  await connection.query(
    `insert into person (person_id, ssin_ciphertext, key_version, family_name, given_name, birth_date, language, email, has_ebox,
       is_exclusively_electronic, mail_language, household, sex)
     select * from unnest($1::uuid[], $2::bytea[], $3::smallint[], $4::text[], $5::text[], $6::date[], $7::text[], $8::text[],
       $9::boolean[], $10::boolean[], $11::text[], $12::text[], $13::text[])
     on conflict (person_id) do update set family_name = excluded.family_name, given_name = excluded.given_name,
       birth_date = excluded.birth_date, language = excluded.language, email = excluded.email,
       has_ebox = excluded.has_ebox, is_exclusively_electronic = excluded.is_exclusively_electronic,
       mail_language = excluded.mail_language, household = coalesce(excluded.household, person.household),
       sex = coalesce(excluded.sex, person.sex), updated_at = clock_timestamp()`,
    columnsOf(persons, [
      (one) => one.personId,
      (one) => one.ssinCiphertext,
      (one) => one.keyVersion,
      (one) => one.familyName,
      (one) => one.givenName,
      (one) => one.birthDate,
      (one) => one.language,
      (one) => one.email,
      (one) => one.hasEbox,
      (one) => one.isExclusivelyElectronic ?? false,
      (one) => one.mailLanguage,
      (one) => one.household,
      (one) => one.sex,
    ]),
  );
}

/** Points persons of whom nothing is known yet at those whose number took the place of theirs. */
export async function pointAt(
  connection: Connection,
  replaced: readonly { readonly personId: string; readonly replacedBy: string }[],
): Promise<void> {
  if (replaced.length === 0) return;
  await connection.query(
    `update person p set replaced_by = r.replaced_by
     from unnest($1::uuid[], $2::uuid[]) as r (person_id, replaced_by) where p.person_id = r.person_id`,
    columnsOf(replaced, [(one) => one.personId, (one) => one.replacedBy]),
  );
}

/** Where somebody lives from a day on. */
export interface NewDomicile {
  readonly personId: string;
  readonly nisCode: string;
  readonly validFrom: string;
}

/** Keeps where persons live from a day on; the same day again corrects it. */
export async function saveDomiciles(
  connection: Connection,
  domiciles: readonly NewDomicile[],
): Promise<void> {
  await connection.query(
    `insert into domicile (person_id, nis_code, valid_from) select * from unnest($1::uuid[], $2::text[], $3::date[])
     on conflict (person_id, valid_from) do update set nis_code = excluded.nis_code`,
    columnsOf(domiciles, [(one) => one.personId, (one) => one.nisCode, (one) => one.validFrom]),
  );
}

/** What rules look at of a person beside statuses. */
export interface LookedAt {
  readonly personId: string;
  readonly replacedBy: string | null;
  readonly household: string | null;
  readonly birthDate: string | null;
  /** Code and first day of each, in order of time. */
  readonly domiciles: string | null;
}

/** Looks at persons, each under the id asked for. */
export async function lookAtPersons(
  connection: Connection,
  personIds: readonly string[],
): Promise<ReadonlyMap<string, LookedAt>> {
  if (personIds.length === 0) return new Map();
  const rows = await connection.query<LookedAt>(
    `select p.person_id as "personId", p.replaced_by as "replacedBy", p.household, p.birth_date as "birthDate",
       (select string_agg(d.nis_code || ' ' || d.valid_from, ' ' order by d.valid_from) from domicile d
        where d.person_id = p.person_id) as domiciles
     from person p where p.person_id = any($1)`,
    [personIds],
  );
  return new Map(rows.map((row) => [row.personId, row]));
}

/** Lists the persons of households. */
export async function listHouseholds(
  connection: Connection,
  households: readonly string[],
): Promise<readonly string[]> {
  if (households.length === 0) return [];
  const rows = await connection.query<{ personId: string }>(
    `select person_id as "personId" from person
     where household = any($1) and replaced_by is null and erased_at is null`,
    [households],
  );
  return rows.map(({ personId }) => personId);
}
