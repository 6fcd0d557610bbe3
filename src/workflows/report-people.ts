/** A source reports some persons or enterprises at once: all of them are kept, or none where one of them is wrong. */
import { queueJob } from '../database/jobs.ts';
import { brusselsDate } from '../domain/period.ts';
import { readRegisterRecord } from '../flow/register-record.ts';
import { findUnprintable } from './load.ts';
import { loadEnterprises } from './load-enterprises.ts';
import { loadPeople } from './load-people.ts';
import type { LoadServices, RecordIssue, SourceAccess } from './load-person.ts';

export type PeopleOutcome =
  | { readonly kind: 'reported'; readonly count: number }
  | { readonly kind: 'faulty'; readonly issues: readonly RecordIssue[] };

/** Undoes what the transaction did. */
class Faulty extends Error {
  readonly issues: readonly RecordIssue[];
  constructor(issues: readonly RecordIssue[]) {
    super('one of the records is wrong in the light of the register');
    this.issues = issues;
  }
}

/** Keeps records, each as its line of a file would be. */
export async function reportPeople(
  services: LoadServices,
  access: SourceAccess,
  values: readonly unknown[],
): Promise<PeopleOutcome> {
  const today = brusselsDate(services.clock());
  const records = values.map((value) => readRegisterRecord({ content: { kind: 'value', value } }, today));
  const issues = records.flatMap((record, at) =>
    (record.kind === 'refused' ? record.issues : findUnprintable(services, record)).map(placed(at)),
  );
  if (issues.length > 0) return { kind: 'faulty', issues };
  try {
    await services.database.transaction(async (connection) => {
      const people = records.flatMap((one, line) =>
        one.kind === 'person' ? [{ line, person: one.person }] : [],
      );
      const enterprises = records.flatMap((one, line) =>
        one.kind === 'enterprise' ? [{ line, enterprise: one.enterprise }] : [],
      );
      const refused = [
        ...(await loadEnterprises(services, connection, enterprises)),
        ...(await loadPeople(services, connection, access, people)),
      ];
      if (refused.length > 0) throw new Faulty(refused.map(({ line, issue }) => placed(line)(issue)));
      await queueJob(connection, { lane: 'single', kind: 'resolve', payload: {}, dedupeKey: 'now' });
    });
  } catch (error) {
    if (error instanceof Faulty) return { kind: 'faulty', issues: error.issues };
    throw error;
  }
  return { kind: 'reported', count: records.length };
}

function placed(at: number) {
  return ({ name, detail }: RecordIssue): RecordIssue => ({
    name: name === '' ? `items[${at}]` : `items[${at}].${name}`,
    detail,
  });
}
