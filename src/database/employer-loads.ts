/** Enterprises loaded many at once; what stands here does to each what its namesake in `employers` does to one. */
import { columnsOf } from './columns.ts';
import type { Connection } from './database.ts';
import type { EmployerNumbers } from './employers.ts';

/** An enterprise with the id that it has or gets. */
export interface LoadedEmployer extends EmployerNumbers {
  readonly employerId: string;
  readonly name: string;
  readonly activeUntil: string | null;
}

/** Inserts enterprises; gives the ids of those that were not there under any of their numbers. */
export async function insertEmployers(
  connection: Connection,
  employers: readonly LoadedEmployer[],
): Promise<ReadonlySet<string>> {
  if (employers.length === 0) return new Set();
  const rows = await connection.query<{ employerId: string }>(
    `insert into employer (employer_id, enterprise_number, nsso_number, name, active_until)
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::date[])
     on conflict do nothing returning employer_id as "employerId"`,
    columnsOf(employers, [
      (one) => one.employerId,
      (one) => one.enterpriseNumber,
      (one) => one.nssoNumber,
      (one) => one.name,
      (one) => one.activeUntil,
    ]),
  );
  return new Set(rows.map(({ employerId }) => employerId));
}

/** Names employers, says until when they are active, and adds numbers that they did not have yet; `null` adds none. */
export async function describeEmployers(
  connection: Connection,
  employers: readonly LoadedEmployer[],
): Promise<void> {
  if (employers.length === 0) return;
  await connection.query(
    `update employer e set name = d.name, active_until = d.active_until,
       enterprise_number = coalesce(e.enterprise_number, d.enterprise_number),
       nsso_number = coalesce(e.nsso_number, d.nsso_number)
     from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::date[])
       as d (employer_id, enterprise_number, nsso_number, name, active_until)
     where e.employer_id = d.employer_id`,
    columnsOf(employers, [
      (one) => one.employerId,
      (one) => one.enterpriseNumber,
      (one) => one.nssoNumber,
      (one) => one.name,
      (one) => one.activeUntil,
    ]),
  );
}

/** What an enterprise is made of: all there is of it. */
export interface EmployerParts {
  readonly employerId: string;
  readonly parts: readonly string[];
}

const PARTS = {
  units: { table: 'establishment_unit', column: 'unit_number', key: 'unit_number' },
  committees: {
    table: 'employer_joint_committee',
    column: 'joint_committee',
    key: 'employer_id, joint_committee',
  },
} as const;

/** Keeps which establishment units, or joint committees, employers have; what is not named is theirs no more. */
export async function saveParts(
  connection: Connection,
  kind: keyof typeof PARTS,
  employers: readonly EmployerParts[],
): Promise<void> {
  if (employers.length === 0) return;
  const { table, column, key } = PARTS[kind];
  const rows = employers.flatMap(({ employerId, parts }) => parts.map((part) => ({ employerId, part })));
  const cells = columnsOf(rows, [(one) => one.employerId, (one) => one.part]);
  await connection.query(
    `delete from ${table} t where t.employer_id = any($3) and not exists (
       select from unnest($1::uuid[], $2::text[]) as n (employer_id, part)
       where n.employer_id = t.employer_id and n.part = t.${column})`,
    [...cells, employers.map(({ employerId }) => employerId)],
  );
  // A unit may have been handed over from another enterprise; of one that two of them name the last counts.
  await connection.query(
    `insert into ${table} (employer_id, ${column})
     select distinct on (${kind === 'units' ? 'part' : 'employer_id, part'}) employer_id, part
     from unnest($1::uuid[], $2::text[]) with ordinality as n (employer_id, part, place)
     order by ${kind === 'units' ? 'part' : 'employer_id, part'}, place desc
     on conflict (${key}) do update set employer_id = excluded.employer_id`,
    cells,
  );
}

/** Keeps under which enterprise persons are self-employed. */
export async function saveSelfEmployment(
  connection: Connection,
  persons: readonly { readonly personId: string; readonly employerId: string }[],
): Promise<void> {
  if (persons.length === 0) return;
  await connection.query(
    `insert into self_employment (person_id, employer_id) select * from unnest($1::uuid[], $2::uuid[])
     on conflict (person_id) do update set employer_id = excluded.employer_id`,
    columnsOf(persons, [(one) => one.personId, (one) => one.employerId]),
  );
}
