/** Persons, many at once. */
import type { Connection } from './database.ts';
import { COUNTING, PERSON, type PersonRow } from './persons.ts';

/** As `findPerson`, for many: `namedId` is the id that was asked for. */
export async function listPersons(
  connection: Connection,
  personIds: readonly string[],
): Promise<readonly (PersonRow & { readonly namedId: string })[]> {
  return connection.query(
    `select named.person_id as "namedId", ${PERSON} from person named ${COUNTING} where named.person_id = any($1)`,
    [personIds],
  );
}

/** As `listAliases`, for many: each alias beside the person whose it is. */
export async function listAliasesOf(
  connection: Connection,
  personIds: readonly string[],
): Promise<readonly { readonly alias: string; readonly personId: string }[]> {
  return connection.query(
    `select person_id as alias, person_id as "personId" from person where person_id = any($1)
     union all select person_id, replaced_by from person where replaced_by = any($1)`,
    [personIds],
  );
}
