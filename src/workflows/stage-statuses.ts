/** Reports of statuses made ready to be judged: checked against the list of statuses, persons and employers found. */
import type { Connection } from '../database/database.ts';
import { keepEmployers } from '../database/employers.ts';
import { findPersonIds } from '../database/persons.ts';
import type { ReportRow } from '../database/status-reports.ts';
import { codesOf } from '../domain/entitlement-rule.ts';
import { hasForm } from '../domain/fact-form.ts';
import type { StatusRecord } from '../flow/status-record.ts';
import type { FileKey } from '../keys/vault.ts';
import { markSubject } from './file-key.ts';
import type { LoadServices, RecordIssue } from './load-person.ts';

/** The file that records came with. */
export interface StatusDelivery {
  readonly fileId: string;
  readonly source: string;
  readonly wholeOf: string | undefined;
  /** When the source decided what says nothing of it. */
  readonly changedAt: Date;
  /** Opens what is known of persons whom the register does not know. */
  readonly key: FileKey;
}

/** A record and its place in the file. */
export interface PlacedRecord {
  readonly rowNumber: number;
  readonly record: StatusRecord;
}

/** Finds what is wrong with a record in the light of the list of statuses and of what can be printed. */
export function findRecordIssues(
  { catalogue, renderer, clock }: LoadServices,
  { source, wholeOf }: Pick<StatusDelivery, 'source' | 'wholeOf'>,
  record: StatusRecord,
): RecordIssue[] {
  const issues: RecordIssue[] = [];
  const kind = catalogue.statusList.statuses.get(record.status);
  if (kind === undefined) issues.push({ name: 'status', detail: 'is no status of the register' });
  else if (!kind.sources.includes(source))
    issues.push({ name: 'status', detail: 'is not reported by this source' });
  else if (wholeOf !== undefined && record.status !== wholeOf)
    issues.push({ name: 'status', detail: 'is not the one that the delivery is all of' });
  if (record.changedAt !== undefined && Date.parse(record.changedAt) > clock().getTime() + FAST_CLOCK_MS)
    issues.push({ name: 'changedAt', detail: 'lies in the future' });
  for (const [name, text] of Object.entries(record.attributes)) {
    if (!renderer.canPrint(text))
      issues.push({
        name: `attributes.${name}`,
        detail: 'holds a character that the typeface of documents does not have',
      });
  }
  return [...issues, ...findMisfits(catalogue, record)];
}

/** What a document would print of an attribute must have the form that its type wants. */
function findMisfits(
  { types }: LoadServices['catalogue'],
  { status, attributes }: StatusRecord,
): RecordIssue[] {
  const resting = [...types.values()].filter(({ rules }) =>
    rules.some((rule) => codesOf(rule).includes(status)),
  );
  return Object.entries(attributes).flatMap(([name, text]) => {
    const facts = resting.flatMap((type) => type.facts.get(name) ?? []).filter(({ of }) => of === 'row');
    const misfit = facts.find((fact) => !hasForm(fact, text));
    return misfit ? [{ name: `attributes.${name}`, detail: `expected a ${misfit.format}` }] : [];
  });
}

/** How far the clock of a source may be ahead. */
const FAST_CLOCK_MS = 5 * 60_000;

/** Finds the persons and employers of records, many at once. */
export async function resolveRecords(
  { vault }: Pick<LoadServices, 'vault'>,
  connection: Connection,
  delivery: StatusDelivery,
  records: readonly PlacedRecord[],
): Promise<readonly ReportRow[]> {
  const persons = await findPersons(
    vault,
    connection,
    records.map(({ record }) => record.ssin),
  );
  const numbers = records.flatMap(({ record }) => record.enterpriseNumber ?? []);
  const employers = await keepEmployers(connection, [...new Set(numbers)]);
  return records.map(({ rowNumber, record }): ReportRow => {
    const personId = persons.get(record.ssin);
    const isUnknown = personId === undefined;
    return {
      fileId: delivery.fileId,
      rowNumber,
      personId: personId ?? null,
      sealedSsin: isUnknown
        ? delivery.key.seal(Buffer.from(record.ssin), contextOf(delivery.fileId, rowNumber))
        : null,
      subjectMark: isUnknown ? markSubject(vault, record.ssin) : null,
      source: delivery.source,
      code: record.status,
      reference: record.reference,
      changedAt: record.changedAt === undefined ? delivery.changedAt : new Date(record.changedAt),
      validFrom: record.validFrom,
      validUntil: record.validUntil ?? null,
      employerId: employers.get(record.enterpriseNumber ?? '') ?? null,
      attributes: record.attributes,
      isWithdrawn: record.withdrawn,
    };
  });
}

/** Finds who has each number. A source tells all it knows of somebody in a row: each number is looked up once. */
async function findPersons(
  vault: LoadServices['vault'],
  connection: Connection,
  numbers: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const marks = [...new Set(numbers)].map((ssin) => ({
    ssin,
    hashes: vault.lookUps(ssin).map(({ ssinHmac }) => ssinHmac),
  }));
  const found = await findPersonIds(
    connection,
    marks.flatMap(({ hashes }) => hashes),
  );
  // Whoever has the hash under any version in use is that person.
  return new Map(
    marks.flatMap(({ ssin, hashes }) => {
      const ids = hashes.map((hash) => found.get(hash.toString('hex')));
      const personId = ids.find((id) => id !== undefined);
      return personId === undefined ? [] : [[ssin, personId] as const];
    }),
  );
}

/** What the number of an unknown person is bound to. */
export function contextOf(fileId: string, rowNumber: number): string {
  return `${fileId}/${rowNumber}`;
}
