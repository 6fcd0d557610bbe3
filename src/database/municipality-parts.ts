/** Which municipality became part of which, as the reference data say: deliberations go on covering who lives there. */
import type { MunicipalityPart } from '../domain/municipality.ts';
import type { Connection } from './database.ts';

/** Makes the parts those of the reference data. */
export async function saveMunicipalityParts(
  connection: Connection,
  parts: readonly MunicipalityPart[],
): Promise<void> {
  const columns = [
    parts.map(({ nisCode }) => nisCode),
    parts.map(({ part }) => part),
    parts.map(({ since }) => since),
  ];
  // Two processes that start at once write the same.
  await connection.query('lock table municipality_part in share row exclusive mode');
  await connection.query(
    `delete from municipality_part p where not exists (
       select from unnest($1::text[], $2::text[], $3::date[]) as one (nis_code, part, since)
       where one.nis_code = p.nis_code and one.part = p.part and one.since = p.since)`,
    columns,
  );
  await connection.query(
    `insert into municipality_part (nis_code, part, since)
     select * from unnest($1::text[], $2::text[], $3::date[]) on conflict do nothing`,
    columns,
  );
}
