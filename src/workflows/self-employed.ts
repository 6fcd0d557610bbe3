/** Persons who are an enterprise themselves. */
import type { Connection } from '../database/database.ts';
import { saveSelfEmployment } from '../database/employer-loads.ts';
import { keepEmployers } from '../database/employers.ts';
import type { PersonRecord } from '../flow/register-record.ts';

/** Keeps under which enterprise persons are self-employed; one that is not known yet is named later. */
export async function keepSelfEmployed(
  connection: Connection,
  kept: readonly { readonly personId: string; readonly person: Pick<PersonRecord, 'selfEmployedAs'> }[],
): Promise<void> {
  const named = kept.flatMap(({ personId, person: { selfEmployedAs } }) =>
    selfEmployedAs === undefined ? [] : [{ personId, number: selfEmployedAs.padStart(10, '0') }],
  );
  if (named.length === 0) return;
  const employers = await keepEmployers(connection, [...new Set(named.map(({ number }) => number))]);
  const rows = named.flatMap(({ personId, number }) => {
    const employerId = employers.get(number);
    return employerId === undefined ? [] : [{ personId, employerId }];
  });
  await saveSelfEmployment(connection, rows);
}
