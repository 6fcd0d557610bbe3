/** Employers by the numbers that declarants use for them. */
import type { LocalDate } from '../domain/period.ts';
import type { KnownEmployer } from '../domain/register-checks.ts';
import { columnsOf } from './columns.ts';
import type { Connection } from './database.ts';

/** Numbers that passed their check. */
export interface EmployerNumbers {
  readonly enterpriseNumber: string | null;
  readonly nssoNumber: string | null;
  readonly provisionalNssoNumber: string | null;
}

export interface EmployerRow extends EmployerNumbers {
  readonly employerId: string;
  readonly name: string | null;
  readonly activeUntil: LocalDate | null;
}

const EMPLOYER = `employer_id as "employerId", enterprise_number as "enterpriseNumber", nsso_number as "nssoNumber",
  provisional_nsso_number as "provisionalNssoNumber", name, active_until as "activeUntil"`;

/** Lists the employers that any of the numbers belongs to: the NSSO number's first, as it has precedence (zone 00014). */
export async function listEmployers(
  connection: Connection,
  numbers: EmployerNumbers,
): Promise<EmployerRow[]> {
  return connection.query<EmployerRow>(
    `select ${EMPLOYER} from employer
     where enterprise_number = $1 or nsso_number = $2 or provisional_nsso_number = $3
     order by (nsso_number = $2) desc nulls last, (provisional_nsso_number = $3) desc nulls last`,
    [numbers.enterpriseNumber, numbers.nssoNumber, numbers.provisionalNssoNumber],
  );
}

/** As `listEmployers`, for many: `position` says whose numbers an employer has, from 0. */
export async function listEmployersOf(
  connection: Connection,
  numbers: readonly EmployerNumbers[],
): Promise<(EmployerRow & { readonly position: number })[]> {
  return connection.query(
    `select e.*, asked.position::int - 1 as position
     from unnest($1::text[], $2::text[], $3::text[]) with ordinality as asked (enterprise, nsso, provisional, position)
       cross join lateral (
         select ${EMPLOYER} from employer
         where enterprise_number = asked.enterprise or nsso_number = asked.nsso
           or provisional_nsso_number = asked.provisional
         order by (nsso_number = asked.nsso) desc nulls last, (provisional_nsso_number = asked.provisional) desc nulls last
       ) e`,
    columnsOf(numbers, [
      ({ enterpriseNumber }) => enterpriseNumber,
      ({ nssoNumber }) => nssoNumber,
      ({ provisionalNssoNumber }) => provisionalNssoNumber,
    ]),
  );
}

/** Finds an employer by id. */
export async function findEmployer(
  connection: Connection,
  employerId: string,
): Promise<EmployerRow | undefined> {
  const [row] = await connection.query<EmployerRow>(
    `select ${EMPLOYER} from employer where employer_id = $1`,
    [employerId],
  );
  return row;
}

/** Inserts an employer; one that has any of the numbers already is left as it is. */
export async function insertEmployer(
  connection: Connection,
  employerId: string,
  numbers: EmployerNumbers,
): Promise<void> {
  await connection.query(
    `insert into employer (employer_id, enterprise_number, nsso_number, provisional_nsso_number)
     values ($1, $2, $3, $4) on conflict do nothing`,
    [employerId, numbers.enterpriseNumber, numbers.nssoNumber, numbers.provisionalNssoNumber],
  );
}

/** Adds the numbers that an employer did not have yet. */
export async function completeEmployer(
  connection: Connection,
  employerId: string,
  numbers: EmployerNumbers,
): Promise<void> {
  await connection.query(
    `update employer set enterprise_number = coalesce(enterprise_number, $2), nsso_number = coalesce(nsso_number, $3),
       provisional_nsso_number = coalesce(provisional_nsso_number, $4)
     where employer_id = $1 and (enterprise_number, nsso_number, provisional_nsso_number) is distinct from
       (coalesce(enterprise_number, $2), coalesce(nsso_number, $3), coalesce(provisional_nsso_number, $4))`,
    [employerId, numbers.enterpriseNumber, numbers.nssoNumber, numbers.provisionalNssoNumber],
  );
}

/** What assessing needs to know of the employers found: the first counts, a second means contradictory numbers. */
export function knownEmployer(rows: readonly EmployerRow[]): KnownEmployer | undefined {
  const [first, second] = rows;
  if (first === undefined) return undefined;
  return {
    employerId: first.employerId,
    isContradictory: second !== undefined,
    ...(first.activeUntil !== null && { activeUntil: first.activeUntil }),
  };
}

/** Finds the employers with these enterprise numbers, and makes those that are not there; gives their ids by number. */
export async function keepEmployers(
  connection: Connection,
  enterpriseNumbers: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const known = await findEmployerIds(connection, enterpriseNumbers);
  const added = enterpriseNumbers.filter((number) => !known.has(number));
  if (added.length === 0) return known;
  await connection.query(
    `insert into employer (employer_id, enterprise_number)
     select gen_random_uuid(), number from unnest($1::text[]) as number order by number on conflict do nothing`,
    [added],
  );
  // Somebody else may have made one of them at this moment.
  return new Map([...known, ...(await findEmployerIds(connection, added))]);
}

async function findEmployerIds(
  connection: Connection,
  enterpriseNumbers: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (enterpriseNumbers.length === 0) return new Map();
  const rows = await connection.query<{ number: string; employerId: string }>(
    `select enterprise_number as number, employer_id as "employerId" from employer where enterprise_number = any($1)`,
    [enterpriseNumbers],
  );
  return new Map(rows.map(({ number, employerId }) => [number, employerId]));
}

/** Lists employers by their ids. */
export async function listEmployersById(
  connection: Connection,
  employerIds: readonly string[],
): Promise<readonly EmployerRow[]> {
  if (employerIds.length === 0) return [];
  return connection.query<EmployerRow>(`select ${EMPLOYER} from employer where employer_id = any($1)`, [
    employerIds,
  ]);
}
