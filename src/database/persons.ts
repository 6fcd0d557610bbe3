/** Persons, their domicile and their citizen key. */
import type { DocumentLanguage } from '../domain/language.ts';
import type { LocalDate } from '../domain/period.ts';
import type { Connection } from './database.ts';

export interface PersonRow {
  readonly personId: string;
  readonly ssinCiphertext: Buffer;
  readonly familyName: string;
  readonly givenName: string;
  readonly birthDate: LocalDate | null;
  readonly language: DocumentLanguage | null;
  readonly email: string | null;
  readonly hasEbox: boolean;
  /** NIS code of the domicile today, as Brussels counts days. */
  readonly nisCode: string | null;
}

const PERSON = `p.person_id as "personId", p.ssin_ciphertext as "ssinCiphertext", p.family_name as "familyName",
  p.given_name as "givenName", p.birth_date as "birthDate", p.language, p.email, p.has_ebox as "hasEbox",
  (select d.nis_code from domicile d where d.person_id = p.person_id
     and d.valid_from <= (clock_timestamp() at time zone 'Europe/Brussels')::date
   order by d.valid_from desc limit 1) as "nisCode"`;

/** Finds the person an SSIN stands for now, also by a number that was replaced. */
export async function findPersonBySsin(
  connection: Connection,
  ssinHmac: Buffer,
): Promise<PersonRow | undefined> {
  const [row] = await connection.query<PersonRow>(
    `select ${PERSON} from person named join person p on p.person_id = coalesce(named.replaced_by, named.person_id)
     where named.ssin_hmac = $1`,
    [ssinHmac],
  );
  return row;
}

/** Finds a person by id; a replaced one gives the person that replaced it. */
export async function findPerson(connection: Connection, personId: string): Promise<PersonRow | undefined> {
  const [row] = await connection.query<PersonRow>(
    `select ${PERSON} from person named join person p on p.person_id = coalesce(named.replaced_by, named.person_id)
     where named.person_id = $1`,
    [personId],
  );
  return row;
}

export interface LoadedPerson {
  readonly personId: string;
  readonly ssinHmac: Buffer;
  readonly ssinCiphertext: Buffer;
  readonly familyName: string;
  readonly givenName: string;
  readonly birthDate: string | null;
  readonly language: DocumentLanguage | null;
  readonly email: string | null;
  readonly hasEbox: boolean;
}

/** Inserts a person or brings the one with the same SSIN up to date; gives the id that counts. */
export async function savePerson(connection: Connection, person: LoadedPerson): Promise<string> {
  const [row] = await connection.query<{ personId: string }>(
    `insert into person (person_id, ssin_hmac, ssin_ciphertext, family_name, given_name, birth_date, language, email, has_ebox)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (ssin_hmac) do update set family_name = excluded.family_name, given_name = excluded.given_name,
       birth_date = excluded.birth_date, language = excluded.language, email = excluded.email,
       has_ebox = excluded.has_ebox, updated_at = clock_timestamp()
     returning person_id as "personId"`,
    [
      person.personId,
      person.ssinHmac,
      person.ssinCiphertext,
      person.familyName,
      person.givenName,
      person.birthDate,
      person.language,
      person.email,
      person.hasEbox,
    ],
  );
  return row?.personId ?? person.personId;
}

/** Keeps where a person lives from a day on; the same day again corrects it. */
export async function saveDomicile(
  connection: Connection,
  personId: string,
  nisCode: string,
  validFrom: string,
): Promise<void> {
  await connection.query(
    `insert into domicile (person_id, nis_code, valid_from) values ($1, $2, $3)
     on conflict (person_id, valid_from) do update set nis_code = excluded.nis_code`,
    [personId, nisCode, validFrom],
  );
}

/** Finds who replaced a person, undefined when nobody did. */
export async function findReplacement(connection: Connection, personId: string): Promise<string | undefined> {
  const [row] = await connection.query<{ replacedBy: string | null }>(
    'select replaced_by as "replacedBy" from person where person_id = $1',
    [personId],
  );
  return row?.replacedBy ?? undefined;
}

/**
 * Points a person, and everybody it had replaced, at the person whose number replaced theirs, or at the one who has
 * replaced that one since. Nobody is pointed at themselves.
 */
export async function replacePerson(
  connection: Connection,
  personId: string,
  replacedBy: string,
): Promise<void> {
  await connection.query(
    `with last as (select coalesce(replaced_by, person_id) as person_id from person where person_id = $2)
     update person p set replaced_by = last.person_id, updated_at = clock_timestamp() from last
     where (p.person_id = $1 or p.replaced_by = $1) and p.person_id <> last.person_id
       and p.replaced_by is distinct from last.person_id`,
    [personId, replacedBy],
  );
}

/** Gives every id under which one person's rows may stand: the person's own and those it replaced. */
export async function listAliases(connection: Connection, personId: string): Promise<readonly string[]> {
  const rows = await connection.query<{ personId: string }>(
    'select person_id as "personId" from person where person_id = $1 or replaced_by = $1',
    [personId],
  );
  return rows.map((row) => row.personId);
}

export interface CitizenKeyRow {
  readonly citizenKeyId: string;
  readonly wrappedKey: Buffer;
}

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

/** Gives a person's current key, keeping `fresh` when there is none yet. */
export async function keepCitizenKey(
  connection: Connection,
  personId: string,
  fresh: CitizenKeyRow,
): Promise<CitizenKeyRow> {
  await connection.query(
    `insert into citizen_key (citizen_key_id, person_id, wrapped_key) values ($1, $2, $3)
     on conflict (person_id) where destroyed_at is null do nothing`,
    [fresh.citizenKeyId, personId, fresh.wrappedKey],
  );
  const [row] = await connection.query<CitizenKeyRow>(
    `select citizen_key_id as "citizenKeyId", wrapped_key as "wrappedKey" from citizen_key
     where person_id = $1 and destroyed_at is null`,
    [personId],
  );
  return row ?? fresh;
}
