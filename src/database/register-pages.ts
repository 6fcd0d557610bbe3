/** The whole register, some persons at a time: what entitlement looks at of each. */
import type { LocalDate } from '../domain/period.ts';
import type { Status, StatusCode } from '../domain/status.ts';
import type { Connection } from './database.ts';

/** Somebody under the number that counts, with the facts reported under any of their numbers. */
export interface RegisteredPerson {
  readonly personId: string;
  readonly birthDate: LocalDate | null;
  readonly householdSize: number | null;
  /** NIS code and first day, in order of time. */
  readonly domiciles: readonly (readonly [string, LocalDate])[];
  readonly facts: readonly Status[];
}

type FactCells = readonly [
  code: string,
  source: string,
  reference: string,
  validFrom: LocalDate,
  validUntil: LocalDate | null,
  employerId: string | null,
  attributes: Record<string, string>,
];

interface PageRow extends Omit<RegisteredPerson, 'facts'> {
  readonly facts: readonly FactCells[];
}

/** The first of all ids. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Reads the persons behind one in the order of ids; the facts are those of some codes. One row each, as rows cost more. */
export async function listPersonsAfter(
  connection: Connection,
  after: string,
  limit: number,
  codes: readonly StatusCode[],
): Promise<readonly RegisteredPerson[]> {
  const rows = await connection.query<PageRow>(
    `with page as materialized (
       select p.person_id, p.birth_date, p.household from person p
       where p.person_id > $1 and p.replaced_by is null and p.erased_at is null order by p.person_id limit $2
     ), named as materialized (
       select person_id as holder_id, person_id from page
       union all select old.replaced_by, old.person_id from page join person old on old.replaced_by = page.person_id
     ), homes as (
       select d.person_id, json_agg(json_build_array(d.nis_code, d.valid_from) order by d.valid_from) as homes
       from page join domicile d using (person_id) group by 1
     ), sizes as (
       select other.household, count(*)::int as size from person other
       where other.household in (select household from page) and other.replaced_by is null and other.erased_at is null
       group by 1
     ), known as (
       select named.holder_id, json_agg(json_build_array(s.status, s.source, s.reference, s.valid_from, s.valid_until,
         s.employer_id, s.attributes)) as facts
       from named join status_period s using (person_id)
       where s.corrected_at is null and s.status = any($3) group by 1
     )
     select page.person_id as "personId", page.birth_date as "birthDate", sizes.size as "householdSize",
       coalesce(homes.homes, '[]') as domiciles, coalesce(known.facts, '[]') as facts
     from page left join homes using (person_id) left join sizes using (household)
       left join known on known.holder_id = page.person_id
     order by page.person_id`,
    [after, limit, codes],
  );
  return rows.map(({ facts, ...row }) => ({
    ...row,
    facts: facts.map((cells) => toFact(row.personId, cells)),
  }));
}

function toFact(
  personId: string,
  [code, source, reference, from, until, employerId, attributes]: FactCells,
): Status {
  return {
    personId,
    code,
    source,
    reference,
    period: { startDate: from, ...(until !== null && { endDate: until }) },
    attributes,
    ...(employerId !== null && { employerId }),
  };
}

/** Lists the cases of persons that have a document in force, or about to be. */
export async function listOpenCases(
  connection: Connection,
  personIds: readonly string[],
): Promise<readonly string[]> {
  const rows = await connection.query<{ caseId: string }>(
    `select distinct case_id as "caseId" from attestation
     where person_id = any($1) and state in ('prepared', 'issued')`,
    [personIds],
  );
  return rows.map(({ caseId }) => caseId);
}
