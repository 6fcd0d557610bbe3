/** The whole register, some persons at a time: what entitlement looks at of each. */
import type { LocalDate } from '../domain/period.ts';
import type { Status, StatusCode } from '../domain/status.ts';
import { beside } from './columns.ts';
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

/** Queues one job for each range of so many persons, in the order of their ids; the last one is open, for whoever comes after. */
export async function queueRanges(connection: Connection, kind: string, size: number): Promise<void> {
  await connection.query(
    `insert into job (lane, kind, payload, dedupe_key)
     select 'bulk', $1, jsonb_strip_nulls(jsonb_build_object('after', after, 'last', last)), after::text
     from (
       select coalesce(lag(edge) over (order by edge nulls last), $3::uuid) as after, edge as last
       from (
         select person_id as edge from (
           select person_id, row_number() over (order by person_id) as place from person
           where replaced_by is null and erased_at is null
         ) as persons where place % $2 = 0
         union all select null
       ) as edges
     ) as ranges
     on conflict (kind, dedupe_key) where lease_token is null and dead_at is null do nothing`,
    [kind, size, NOBODY],
  );
}

/** The persons behind one in the order of ids, up to another where one is named. */
export interface PersonsBehind {
  readonly after: string;
  readonly last?: string | undefined;
}

/** Reads the first persons of a range; the facts are those of some codes. One row each, as rows cost more. */
export async function listPersonsBehind(
  connection: Connection,
  { after, last }: PersonsBehind,
  limit: number,
  codes: readonly StatusCode[],
): Promise<readonly RegisteredPerson[]> {
  // Each question is a scalar one, asked person by person through an index: as joins they are planned by what the tables
  // looked like before the register was loaded, and each page reads all of it.
  const rows = await connection.query<PageRow>(
    `with page as materialized (
       select p.person_id, p.birth_date, p.household from person p
       where p.person_id > $1 and ($4::uuid is null or p.person_id <= $4) and p.replaced_by is null
         and p.erased_at is null order by p.person_id limit $2
     )
     select page.person_id as "personId", page.birth_date as "birthDate",
       (select nullif(count(*), 0)::int from person other
        where other.household = page.household and other.replaced_by is null and other.erased_at is null) as "householdSize",
       (select coalesce(json_agg(json_build_array(d.nis_code, d.valid_from) order by d.valid_from), '[]')
        from domicile d where d.person_id = page.person_id) as domiciles,
       (select coalesce(json_agg(json_build_array(s.status, s.source, s.reference, s.valid_from, s.valid_until,
          s.employer_id, s.attributes)), '[]')
        from status_period s
        where s.person_id = any(page.person_id || array(select old.person_id from person old
            where old.replaced_by = page.person_id))
          and s.corrected_at is null and ${beside('s.status')} = any($3)) as facts
     from page order by page.person_id`,
    [after, limit, codes, last ?? null],
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
