/** Persons, by which hashes they are found, and their domicile. */
import type { DocumentLanguage, PageLanguage } from '../domain/language.ts';
import type { LocalDate } from '../domain/period.ts';
import type { Sex } from '../domain/ssin.ts';
import { ServiceError } from '../errors.ts';
import type { LookUp } from '../keys/vault.ts';
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
  readonly isExclusivelyElectronic: boolean;
  /** The language of mail where it is another than that of documents. */
  readonly mailLanguage: PageLanguage | null;
  /** Whom they live with has the same. */
  readonly household: string | null;
  /** NIS code of the domicile today, as Brussels counts days. */
  readonly nisCode: string | null;
  /** The present citizen key; null while there is none. */
  readonly citizenKeyId: string | null;
  readonly wrappedKey: Buffer | null;
  readonly erasedAt: Date | null;
}

/** The columns of a person `p` with the key `k` of now. */
export const PERSON = `p.person_id as "personId", p.ssin_ciphertext as "ssinCiphertext", p.family_name as "familyName",
  p.given_name as "givenName", p.birth_date as "birthDate", p.language, p.email, p.has_ebox as "hasEbox",
  p.is_exclusively_electronic as "isExclusivelyElectronic", p.mail_language as "mailLanguage", p.household,
  (select d.nis_code from domicile d where d.person_id = p.person_id
     and d.valid_from <= (clock_timestamp() at time zone 'Europe/Brussels')::date
   order by d.valid_from desc limit 1) as "nisCode", k.citizen_key_id as "citizenKeyId", k.wrapped_key as "wrappedKey",
  p.erased_at as "erasedAt"`;

/** A person under the number that counts, with the key of now. */
export const COUNTING = `join person p on p.person_id = coalesce(named.replaced_by, named.person_id)
     left join citizen_key k on k.person_id = p.person_id and k.destroyed_at is null`;

/** Finds the person whom an SSIN names, by any of its hashes: under a number that was replaced, the person of the newest. */
export async function findPersonBySsin(
  connection: Connection,
  lookUps: readonly Pick<LookUp, 'ssinHmac'>[],
): Promise<PersonRow | undefined> {
  const [row] = await connection.query<PersonRow>(
    `select ${PERSON} from person_look_up l join person named using (person_id) ${COUNTING}
     where l.ssin_hmac = any($1) limit 1`,
    [lookUps.map(({ ssinHmac }) => ssinHmac)],
  );
  return row;
}

/** Finds the persons whom SSINs name, each by any of its hashes: `hmac` is the one that was found. */
export async function findPersonsBySsin(
  connection: Connection,
  ssinHmacs: readonly Buffer[],
): Promise<(PersonRow & { readonly hmac: Buffer })[]> {
  return connection.query(
    `select l.ssin_hmac as hmac, ${PERSON} from person_look_up l join person named using (person_id) ${COUNTING}
     where l.ssin_hmac = any($1)`,
    [ssinHmacs],
  );
}

/** Finds a person by id; a replaced one gives the person that replaced it. */
export async function findPerson(connection: Connection, personId: string): Promise<PersonRow | undefined> {
  const [row] = await connection.query<PersonRow>(
    `select ${PERSON} from person named ${COUNTING} where named.person_id = $1`,
    [personId],
  );
  return row;
}

export interface LoadedPerson {
  readonly personId: string;
  /** Under every version in use, the oldest first. */
  readonly lookUps: readonly LookUp[];
  readonly ssinCiphertext: Buffer;
  /** The version that the ciphertext is under. */
  readonly keyVersion: number;
  readonly familyName: string;
  readonly givenName: string;
  readonly birthDate: string | null;
  readonly language: DocumentLanguage | null;
  readonly email: string | null;
  readonly hasEbox: boolean;
  readonly isExclusivelyElectronic?: boolean;
  readonly mailLanguage?: PageLanguage | null;
  /** Missing: as it was. */
  readonly household?: string | undefined;
  /** As the number tells it. */
  readonly sex?: Sex | undefined;
}

/**
 * Inserts a person or brings the one with the same SSIN up to date; gives the id that counts. Whoever has the hash under
 * the oldest version is that person: every process that may write knows that version, so two at once agree.
 * Throws `unexpected` when the hashes name two persons.
 */
export async function savePerson(connection: Connection, person: LoadedPerson): Promise<string> {
  const personId = await claimLookUps(connection, person);
  await connection.query(
    `insert into person (person_id, ssin_ciphertext, key_version, family_name, given_name, birth_date, language, email, has_ebox,
       is_exclusively_electronic, mail_language, household, sex)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
     on conflict (person_id) do update set family_name = excluded.family_name, given_name = excluded.given_name,
       birth_date = excluded.birth_date, language = excluded.language, email = excluded.email,
       has_ebox = excluded.has_ebox, is_exclusively_electronic = excluded.is_exclusively_electronic,
       mail_language = excluded.mail_language, household = coalesce(excluded.household, person.household),
       sex = coalesce(excluded.sex, person.sex), updated_at = clock_timestamp()`,
    [
      personId,
      person.ssinCiphertext,
      person.keyVersion,
      person.familyName,
      person.givenName,
      person.birthDate,
      person.language,
      person.email,
      person.hasEbox,
      person.isExclusivelyElectronic ?? false,
      person.mailLanguage ?? null,
      person.household ?? null,
      person.sex ?? null,
    ],
  );
  return personId;
}

async function claimLookUps(
  connection: Connection,
  { personId, lookUps }: Pick<LoadedPerson, 'personId' | 'lookUps'>,
): Promise<string> {
  let holder: string | undefined;
  for (const { ssinHmac, keyVersion } of lookUps) {
    const found = await claimLookUp(connection, { ssinHmac, keyVersion }, holder ?? personId);
    if (holder !== undefined && found !== holder)
      throw new ServiceError('unexpected', `persons ${holder} and ${found} have one number`);
    holder = found;
  }
  return holder ?? personId;
}

/** Says that a hash stands for a person; gives the person that it stands for already, else this one. */
export async function claimLookUp(
  connection: Connection,
  { ssinHmac, keyVersion }: LookUp,
  personId: string,
): Promise<string> {
  const [row] = await connection.query<{ personId: string }>(
    `insert into person_look_up (ssin_hmac, key_version, person_id) values ($1, $2, $3)
     on conflict (ssin_hmac) do update set person_id = person_look_up.person_id returning person_id as "personId"`,
    [ssinHmac, keyVersion, personId],
  );
  return row?.personId ?? personId;
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

/** Finds the ids under which hashes stand, by their hexadecimal form; who is not in the register is left out. */
export async function findPersonIds(
  connection: Connection,
  ssinHmacs: readonly Buffer[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await connection.query<{ mark: string; personId: string }>(
    `select encode(ssin_hmac, 'hex') as mark, person_id as "personId" from person_look_up where ssin_hmac = any($1)`,
    [ssinHmacs],
  );
  return new Map(rows.map(({ mark, personId }) => [mark, personId]));
}

/** Lists where a person lived and lives, in order of time. */
export async function listDomiciles(
  connection: Connection,
  personId: string,
): Promise<readonly { readonly nisCode: string; readonly validFrom: LocalDate }[]> {
  return connection.query(
    `select nis_code as "nisCode", valid_from as "validFrom" from domicile where person_id = $1 order by valid_from`,
    [personId],
  );
}

/** Counts the persons of a person's household, themselves too; undefined where none is known. */
export async function countHousehold(connection: Connection, personId: string): Promise<number | undefined> {
  const [row] = await connection.query<{ size: number }>(
    `select count(*)::int as size from person other where other.replaced_by is null and other.erased_at is null
       and other.household = (select p.household from person p where p.person_id = $1)`,
    [personId],
  );
  return row === undefined || row.size === 0 ? undefined : row.size;
}
