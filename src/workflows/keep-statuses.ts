/** Brings reports of one source into the register: judged one after the other, kept all at once, settled case by case. */
import { insertAuditEntries } from '../database/audit.ts';
import type { Connection } from '../database/database.ts';
import { lockName } from '../database/locks.ts';
import {
  closeFacts,
  confirmFacts,
  insertFacts,
  listKnownReports,
  listPresentFacts,
  lockHolders,
  momentOf,
  saveWithdrawals,
} from '../database/status-history.ts';
import type { ReportRow } from '../database/status-reports.ts';
import { brusselsDate } from '../domain/period.ts';
import type { Status } from '../domain/status.ts';
import {
  type Doubt,
  judgeReport,
  type KnownReport,
  type ReportVerdict,
  type StatusReport,
} from '../domain/status-report.ts';
import { queueSettling } from './apply.ts';
import type { LoadServices, SourceAccess } from './load-person.ts';

/** A report that waits, and what became of it. */
export interface KeptReport {
  readonly row: ReportRow;
  readonly verdict: ReportVerdict;
}

export interface KeepOptions {
  readonly access: SourceAccess;
  /** A person looked at them: nothing is doubtful any more. */
  readonly isReleased: boolean;
}

/** Waits until nobody else keeps reports of a source, and keeps others waiting until the transaction ends. */
export function lockSource(connection: Connection, source: string): Promise<void> {
  return lockName(connection, `source/${source}`);
}

/** Keeps reports of one source, under its lock, in their order; gives what became of each. */
export async function keepReports(
  services: LoadServices,
  connection: Connection,
  source: string,
  rows: readonly ReportRow[],
  { access, isReleased }: KeepOptions,
): Promise<readonly KeptReport[]> {
  const present = await findPresent(connection, source, rows);
  const today = brusselsDate(services.clock());
  const { doubts: rules } = services.catalogue.statusList;
  const kept = rows.map((row): KeptReport => {
    const report = reportOf(row, present.holders);
    if (report === undefined) return { row, verdict: held('unknownPerson') };
    const known = present.known.get(row.reference);
    const others = [...(present.facts.get(report.status.personId)?.values() ?? [])];
    const verdict = judgeReport(report, { known, others, rules, today, isReleased });
    present.note(report, verdict);
    return { row, verdict };
  });
  await writeChanges(services, connection, source, present, access);
  return kept;
}

const held = (doubt: Doubt): ReportVerdict => ({ kind: 'held', doubts: [doubt] });

/** The person under the number of now; undefined for one whom the register does not know, or no longer. */
function reportOf(row: ReportRow, holders: ReadonlyMap<string, string>): StatusReport | undefined {
  const personId = row.personId === null ? undefined : holders.get(row.personId);
  if (personId === undefined) return undefined;
  const { code, source, reference, attributes, employerId, validFrom, validUntil } = row;
  const status: Status = {
    personId,
    code,
    source,
    reference,
    attributes,
    period: { startDate: validFrom, ...(validUntil !== null && { endDate: validUntil }) },
    ...(employerId !== null && { employerId }),
  };
  return { status, changedAt: row.changedAt.getTime(), isWithdrawn: row.isWithdrawn };
}

/** What the register knows of the persons and references of some reports, as it will be with those judged so far. */
interface Present {
  readonly holders: ReadonlyMap<string, string>;
  readonly known: Map<string, KnownReport>;
  /** Facts by person and source's reference. */
  readonly facts: ReadonlyMap<string, Map<string, Status>>;
  /** As it was before the first of them. */
  readonly before: ReadonlyMap<string, KnownReport>;
  /** Who is spoken of, by the source's reference. */
  readonly persons: Map<string, string>;
  note(report: StatusReport, verdict: ReportVerdict): void;
}

async function findPresent(
  connection: Connection,
  source: string,
  rows: readonly ReportRow[],
): Promise<Present> {
  const personIds = [...new Set(rows.flatMap(({ personId }) => personId ?? []))];
  const before = await listKnownReports(connection, source, [...new Set(rows.map((row) => row.reference))]);
  const earlier = [...before.values()].flatMap(({ status }) => status?.personId ?? []);
  const locked = await lockHolders(connection, [...new Set([...personIds, ...earlier])]);
  const erased = new Set(locked.flatMap(({ holderId, isErased }) => (isErased ? [holderId] : [])));
  const holders = new Map(
    locked.flatMap(({ personId, holderId }) => (erased.has(holderId) ? [] : [[personId, holderId] as const])),
  );
  const facts = new Map<string, Map<string, Status>>();
  const noteFact = (fact: Status) => {
    const ofPerson = facts.get(fact.personId) ?? new Map<string, Status>();
    facts.set(fact.personId, ofPerson.set(`${fact.source}/${fact.reference}`, fact));
  };
  for (const fact of await listPresentFacts(connection, [...new Set(holders.values())])) noteFact(fact);
  const known = new Map(before);
  const persons = new Map<string, string>();
  const note: Present['note'] = ({ status, changedAt, isWithdrawn }, { kind }) => {
    persons.set(status.reference, status.personId);
    if (kind === 'unchanged' || kind === 'outdated' || kind === 'held') return;
    const earlierFact = known.get(status.reference)?.status;
    if (earlierFact) facts.get(earlierFact.personId)?.delete(`${status.source}/${status.reference}`);
    const fact = kind === 'confirmed' ? earlierFact : status;
    const after = isWithdrawn ? undefined : fact;
    known.set(status.reference, { changedAt, status: after });
    if (after) noteFact(after);
  };
  return { holders, known, facts, before, persons, note };
}

/** Of several reports under one reference only the last is kept: nobody ever knew the others. */
async function writeChanges(
  services: LoadServices,
  connection: Connection,
  source: string,
  { known, before, persons }: Present,
  access: SourceAccess,
): Promise<void> {
  const changes = [...known].filter(([reference, after]) => after !== before.get(reference));
  const confirmed = changes.filter(([reference, after]) => isSameFact(before.get(reference), after));
  const changed = changes.filter(([reference, after]) => !isSameFact(before.get(reference), after));
  const at = await momentOf(connection);
  const earlier = changed.flatMap(([reference]) => before.get(reference)?.status ?? []);
  await closeFacts(
    connection,
    source,
    earlier.map(({ reference }) => reference),
    at,
  );
  const facts = changed.flatMap(([, { status, changedAt }]) =>
    status === undefined
      ? []
      : [{ statusPeriodId: services.newId(), status, changedAt: new Date(changedAt) }],
  );
  await insertFacts(connection, facts, at);
  const withdrawn = changed.flatMap(([reference, { status, changedAt }]) => {
    const personId = persons.get(reference);
    return status !== undefined || personId === undefined
      ? []
      : [{ reference, personId, changedAt: new Date(changedAt) }];
  });
  await saveWithdrawals(connection, source, withdrawn);
  await confirmFacts(
    connection,
    source,
    confirmed.map(([reference, { changedAt }]) => ({ reference, changedAt: new Date(changedAt) })),
  );
  await queueSettling(services, connection, [...earlier, ...facts.map(({ status }) => status)], 'bulk');
  await auditReports(connection, access, [...new Set(persons.values())], source);
}

function isSameFact(before: KnownReport | undefined, after: KnownReport): boolean {
  if (before === undefined) return false;
  return before.status === after.status || (before.status === undefined && after.status === undefined);
}

/** One entry a person. */
export function auditReports(
  connection: Connection,
  { actor, ground, traceId }: SourceAccess,
  personIds: readonly string[],
  source: string,
): Promise<void> {
  const entry = { actor, action: 'status.report', ground: ground.kind, object: source } as const;
  return insertAuditEntries(connection, { ...entry, ...(traceId !== undefined && { traceId }) }, personIds);
}
