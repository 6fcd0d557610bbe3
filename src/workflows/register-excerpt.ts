/** What the register has of all that many declarations name, read in a few statements; each is judged by its part of it. */
import type { Connection } from '../database/database.ts';
import { listSent } from '../database/declaration-sets.ts';
import {
  type EmployerNumbers,
  type EmployerRow,
  knownEmployer,
  listEmployersOf,
} from '../database/employers.ts';
import { type DeclaredPeriod, listLivePeriodsOf } from '../database/periods.ts';
import { listAliasesOf } from '../database/person-sets.ts';
import { findPersonsBySsin, type PersonRow } from '../database/persons.ts';
import type { DimonaPeriod } from '../domain/declaration.ts';
import type { RowDeclaration } from './batch-row.ts';
import { groupBy } from './group.ts';
import { type Judgement, judgeFound, type Names } from './judge.ts';
import type { Mark } from './recognise.ts';
import type { Services } from './services.ts';

/** A declaration of a row with what it names and by what it is known again. */
export interface NamedRow extends RowDeclaration {
  readonly rowNumber: number;
  readonly names: Names;
  readonly mark: Mark;
}

export interface Excerpt {
  /** Whether the sender sent this, or something under the same reference, before. */
  wasSent(row: NamedRow): boolean;
  personOf(row: NamedRow): PersonRow | undefined;
  employersOf(row: NamedRow): readonly EmployerRow[];
  /** Judges a declaration that opens a period. */
  judge(row: NamedRow): Judgement;
  /** From now on a declaration is judged beside this period too. */
  add(period: Omit<DimonaPeriod, 'periodId'>): void;
  /** Reads again who the employers are, after one was registered. */
  rereadEmployers(): Promise<void>;
}

/** Finds the persons whom rows name, by the key of `subjectOf`. */
export async function findSubjects(
  connection: Connection,
  rows: readonly NamedRow[],
): Promise<ReadonlyMap<string, PersonRow>> {
  const hmacs = rows.flatMap(({ names }) => (names.lookUps ?? []).map(({ ssinHmac }) => ssinHmac));
  const persons = await findPersonsBySsin(connection, hmacs);
  const byHmac = new Map(persons.map(({ hmac, ...person }) => [hmac.toString('hex'), person]));
  const found = new Map<string, PersonRow>();
  for (const row of rows) {
    const known = row.names.lookUps?.map(({ ssinHmac }) => byHmac.get(ssinHmac.toString('hex')));
    const person = known?.find((one) => one !== undefined);
    const subject = subjectOf(row);
    if (subject !== undefined && person !== undefined) found.set(subject, person);
  }
  return found;
}

/** What the worker of a row is called here, whether the register knows that person or not. */
export function subjectOf({ names }: Pick<NamedRow, 'names'>): string | undefined {
  return names.lookUps?.[0]?.ssinHmac.toString('hex');
}

/** Reads what rows of one sender name; `persons` are those of `findSubjects`. */
export async function readExcerpt(
  { catalogue }: Pick<Services, 'catalogue'>,
  connection: Connection,
  organization: string,
  rows: readonly NamedRow[],
  persons: ReadonlyMap<string, PersonRow>,
): Promise<Excerpt> {
  const sent = await findSent(connection, organization, rows);
  let employers = await findEmployersOf(connection, rows);
  const personIds = [...new Set([...persons.values()].map(({ personId }) => personId))];
  const periods = await findPeriodsOf(connection, personIds, [...employers.values()].flat());
  const personOf = (row: NamedRow) => persons.get(subjectOf(row) ?? '');
  const employersOf = ({ names }: NamedRow) => employers.get(numbersKey(names.employerNumbers)) ?? [];
  return {
    wasSent: ({ mark, messageKey }) =>
      sent.has(mark.key) || (messageKey.kind === 'body' && sent.has(mark.bodyHmac.toString('hex'))),
    personOf,
    employersOf,
    judge: (row) => {
      const { declaration, ...names } = row.names;
      const person = personOf(row);
      const employer = knownEmployer(employersOf(row));
      const key = person && employer && periodsKey(person.personId, employer.employerId);
      return judgeFound(catalogue, declaration, {
        ...names,
        declared: person,
        person,
        period: undefined,
        mayChange: false,
        employers: employersOf(row),
        others: (key === undefined ? undefined : periods.get(key)) ?? [],
      });
    },
    add: (period) => {
      const key = periodsKey(period.personId ?? '', period.employerId);
      // It has no number yet, and nothing that opens a period names one.
      periods.set(key, [...(periods.get(key) ?? []), { ...period, periodId: '', declaredBy: organization }]);
    },
    rereadEmployers: async () => {
      employers = await findEmployersOf(connection, rows);
    },
  };
}

async function findSent(
  connection: Connection,
  organization: string,
  rows: readonly NamedRow[],
): Promise<ReadonlySet<string>> {
  const marks = rows.map(({ mark }) => mark);
  const keys = marks.map(({ key }) => key);
  const ofBodies = rows.filter(({ messageKey }) => messageKey.kind === 'body');
  const hmacs = ofBodies.map(({ mark }) => mark.bodyHmac);
  const sent = await listSent(connection, organization, keys, hmacs);
  return new Set(sent.flatMap(({ messageKey, bodyHmac }) => [messageKey, bodyHmac.toString('hex')]));
}

async function findEmployersOf(
  connection: Connection,
  rows: readonly NamedRow[],
): Promise<ReadonlyMap<string, readonly EmployerRow[]>> {
  const distinct = new Map(
    rows.map(({ names }) => [numbersKey(names.employerNumbers), names.employerNumbers]),
  );
  const found = await listEmployersOf(connection, [...distinct.values()]);
  const keys = [...distinct.keys()];
  return groupBy(found, ({ position }) => keys[position] ?? '');
}

/** What numbers an employer is called by, as one text. */
export function numbersKey(numbers: EmployerNumbers): string {
  const { enterpriseNumber, nssoNumber, provisionalNssoNumber } = numbers;
  return [enterpriseNumber, nssoNumber, provisionalNssoNumber].join('/');
}

async function findPeriodsOf(
  connection: Connection,
  personIds: readonly string[],
  employers: readonly EmployerRow[],
): Promise<Map<string, DeclaredPeriod[]>> {
  const aliases = await listAliasesOf(connection, personIds);
  const holders = new Map(aliases.map(({ alias, personId }) => [alias, personId]));
  const employerIds = [...new Set(employers.map(({ employerId }) => employerId))];
  const periods = await listLivePeriodsOf(connection, [...holders.keys()], employerIds);
  return groupBy(periods, ({ personId = '', employerId }) =>
    periodsKey(holders.get(personId) ?? personId, employerId),
  );
}

function periodsKey(personId: string, employerId: string): string {
  return `${personId}/${employerId}`;
}
