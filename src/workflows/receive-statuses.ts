/** Step 1 for statuses: a source's reports are staged as they arrive, and kept once the whole file is there. */
import type { Connection } from '../database/database.ts';
import { type LeasedJob, queueJob } from '../database/jobs.ts';
import {
  breakAbandonedFiles,
  closeRegisterFile,
  insertStatusFile,
  moveStatusFile,
} from '../database/register-files.ts';
import {
  COPY_REPORTS,
  countDelivery,
  dropReports,
  type ReportRow,
  reportLine,
} from '../database/status-reports.ts';
import { brusselsDate } from '../domain/period.ts';
import { sourcesOf } from '../domain/status.ts';
import { type DeliveryDoubt, judgeDelivery } from '../domain/status-report.ts';
import { type RecordRow, type RowForm, readRows } from '../flow/record-rows.ts';
import { readStatusRecord } from '../flow/status-record.ts';
import { createFileKey } from './file-key.ts';
import { isInstitution } from './institution.ts';
import type { LoadServices, SourceAccess } from './load-person.ts';
import { noteRefusals, type Refusals } from './refuse-rows.ts';
import {
  findRecordIssues,
  type PlacedRecord,
  resolveRecords,
  type StatusDelivery,
} from './stage-statuses.ts';
import { writeBehind } from './write-behind.ts';

/** What the caller says of a delivery. */
export interface DeliveryAsked {
  /** Needed where the organisation delivers for several sources. */
  readonly source: string | undefined;
  /** All there is of this status, as known at `changedAt`; missing: what changed. */
  readonly wholeOf: string | undefined;
  readonly changedAt: Date | undefined;
}

const ROWS_A_COPY = 5000;
const ABANDONED_MINUTES = 24 * 60;

/** Finds for which source an organisation delivers; several where it does not say for which of its own. */
export function sourceOf(
  services: Pick<LoadServices, 'catalogue'>,
  { ground }: SourceAccess,
  asked: string | undefined,
): { readonly kind: 'source'; readonly source: string } | { readonly kind: 'none' | 'several' } {
  const { organization } = ground;
  const own = sourcesOf(
    services.catalogue.statusList,
    organization,
    isInstitution(services, { organization }),
  );
  const [source, ...others] = asked === undefined ? own : own.filter((one) => one === asked);
  if (source === undefined) return { kind: 'none' };
  return others.length > 0 ? { kind: 'several' } : { kind: 'source', source };
}

/** Opens a delivery: its file and its key. */
export async function openDelivery(
  services: LoadServices,
  connection: Connection,
  { actor, ground }: SourceAccess,
  { source, wholeOf, changedAt }: DeliveryAsked & { readonly source: string },
  form?: RowForm,
): Promise<StatusDelivery> {
  const fileId = services.newId();
  const delivery = { fileId, source, wholeOf, changedAt: changedAt ?? services.clock() };
  const { organization } = ground;
  await insertStatusFile(connection, { ...delivery, organization, clientId: actor.id, form });
  return { ...delivery, key: await createFileKey(services, connection, fileId) };
}

/**
 * Stages a file of reports and gives its id. What is refused does not stop the rest. Nothing of it is kept before the
 * whole file is there. Throws what `chunks` throws; then the file says `broken` and nothing of it was kept.
 */
export async function receiveStatusFile(
  services: LoadServices,
  access: SourceAccess,
  asked: DeliveryAsked & { readonly source: string },
  form: RowForm,
  chunks: AsyncIterable<Buffer>,
): Promise<string> {
  const { database } = services;
  const delivery = await database.transaction(async (connection) => {
    await breakAbandonedFiles(connection, ABANDONED_MINUTES);
    return openDelivery(services, connection, access, asked, form);
  });
  const refusals = noteRefusals(services, delivery.fileId, delivery.key);
  try {
    await stageRows(services, delivery, readRows(form, chunks), refusals);
    await refusals.close();
    await database.transaction((connection) => completeDelivery(services, connection, delivery, refusals));
  } catch (error) {
    await refusals.close();
    await database.transaction((connection) => breakOff(connection, delivery.fileId, refusals));
    throw error;
  }
  return delivery.fileId;
}

async function stageRows(
  services: LoadServices,
  delivery: StatusDelivery,
  rows: AsyncIterable<RecordRow>,
  refusals: Refusals,
): Promise<void> {
  const today = brusselsDate(services.clock());
  const writer = writeBehind<PlacedRecord>(ROWS_A_COPY, (block) => stageBlock(services, delivery, block));
  try {
    for await (const row of rows) {
      const read = readStatusRecord(row.content, today);
      const issues =
        read.kind === 'refused' ? read.issues : findRecordIssues(services, delivery, read.record);
      if (issues.length > 0) await refusals.note(row, issues);
      else if (read.kind === 'status') await writer.add({ rowNumber: row.number, record: read.record });
    }
    await writer.flush();
  } finally {
    // However reading ended, nothing of the file is written any more afterwards.
    await writer.settled();
  }
}

async function stageBlock(
  services: LoadServices,
  delivery: StatusDelivery,
  block: readonly PlacedRecord[],
): Promise<void> {
  const resolved = await services.database.transaction((connection) =>
    resolveRecords(services, connection, delivery, block),
  );
  await services.database.copyIn(COPY_REPORTS, linesOf(resolved));
}

function* linesOf(rows: readonly ReportRow[]): Generator<string> {
  for (const row of rows) yield reportLine(row);
}

/** The whole file is there: it is kept, or held as a whole. */
async function completeDelivery(
  { catalogue }: LoadServices,
  connection: Connection,
  { fileId, source, wholeOf }: StatusDelivery,
  refusals: Refusals,
): Promise<void> {
  let doubts: readonly DeliveryDoubt[] = [];
  if (wholeOf !== undefined) {
    const counts = await countDelivery(connection, { fileId, source, code: wholeOf });
    doubts = judgeDelivery({ ...counts, refused: refusals.count }, catalogue.statusList.doubts);
  }
  const { count: refusedCount, listed: refused } = refusals;
  await closeRegisterFile(connection, { fileId, state: 'loading', loadedCount: 0, refusedCount, refused });
  await moveStatusFile(connection, fileId, doubts.length > 0 ? 'held' : 'applying', doubts);
  if (doubts.length === 0) await queueApplying(connection, { fileId, after: 0 });
}

/** The reports of a file that come after a row: whatever comes before was done. */
export interface ReportsBehind {
  readonly fileId: string;
  readonly after: number;
}

/** The reports that a job is for; one that was queued before jobs named a row begins anew. */
export function reportsOf({ payload }: Pick<LeasedJob, 'payload'>): ReportsBehind {
  return { fileId: String(payload.fileId), after: Number(payload.after ?? 0) };
}

/** Queues the keeping of what a file holds. */
export function queueApplying(connection: Connection, { fileId, after }: ReportsBehind): Promise<void> {
  return queueJob(connection, {
    lane: 'bulk',
    kind: 'applyReports',
    payload: { fileId, after },
    dedupeKey: fileId,
  });
}

async function breakOff(connection: Connection, fileId: string, refusals: Refusals): Promise<void> {
  const { count: refusedCount, listed: refused } = refusals;
  await closeRegisterFile(connection, { fileId, state: 'broken', loadedCount: 0, refusedCount, refused });
  await dropReports(connection, fileId);
}
