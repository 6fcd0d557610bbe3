/** A run whose persons were all read: its files get their control totals and key, and the receiver is told. */
import type { Connection } from '../database/database.ts';
import { applyChanges } from '../database/flow-changes.ts';
import { dropCounts, type FlowCount, listCounts } from '../database/flow-counts.ts';
import {
  addRows,
  closeFile,
  type FlowFile,
  insertPart,
  listFiles,
  listParts,
  notePutDown,
} from '../database/flow-files.ts';
import { type FlowOrder, findOrderById } from '../database/flow-orders.ts';
import { addToRun, type FlowRun, findRun, moveRun } from '../database/flow-runs.ts';
import { adoptObjects } from '../database/publications.ts';
import type { RunPlan } from '../domain/flow.ts';
import { isCount } from '../domain/flow-field.ts';
import { writtenFormatOf } from '../domain/flow-plan.ts';
import { ServiceError } from '../errors.ts';
import { failpoint } from '../failpoint.ts';
import { createFlowWriter, type FlowCell } from '../flow/flow-writer.ts';
import { encryptContent, encryptionFor, measure, readContent } from './flow-content.ts';
import { findRunKey, type RunKey, storePart } from './flow-part.ts';
import { queueTelling } from './flow-tell.ts';
import { advanceLease, commitLease, type Lease } from './lease.ts';
import type { Services } from './services.ts';

type CloseServices = Pick<Services, 'database' | 'archive' | 'flowBucket' | 'vault' | 'newId' | 'clock'>;

/** A run that is being closed. */
interface Closing {
  readonly run: FlowRun;
  readonly order: FlowOrder;
  readonly key: RunKey;
}

/** Closes a run and ends the job; what was closed before it was killed stays closed. */
export async function closeFlow(services: CloseServices, lease: Lease, runId: string): Promise<void> {
  const { database } = services;
  const closing = await database.transaction((connection) => findClosing(services, connection, runId));
  if (closing === undefined) {
    await database.transaction((connection) => commitLease(connection, lease));
    return;
  }
  const { run, order } = closing;
  for (const file of await database.transaction((connection) => listFiles(connection, runId))) {
    if (file.sha256 !== null) continue;
    if (run.plan.row === 'count') await writeCounts(services, lease, closing, file);
    await closeOne(services, lease, closing, file);
    await failpoint('flow.closed');
  }
  await database.transaction(async (connection) => {
    await commitLease(connection, lease);
    if (run.plan.tellsChanges)
      await applyChanges(connection, run, runId, run.plan.differences ? 'differences' : 'whole');
    await dropCounts(connection, runId);
    await moveRun(connection, runId, 'closing', 'done');
    await queueTelling(connection, order, runId);
  });
}

async function findClosing(
  services: Pick<Services, 'vault'>,
  connection: Connection,
  runId: string,
): Promise<Closing | undefined> {
  const run = await findRun(connection, runId);
  const order = run && (await findOrderById(connection, run.orderId));
  const key = await findRunKey(services, connection, runId);
  if (run?.state !== 'closing' || order === undefined) return undefined;
  if (key === undefined) {
    await moveRun(connection, runId, 'closing', 'stopped');
    return undefined;
  }
  return { run, order, key };
}

/** Counts become rows once all of them are there; those of too few persons are left out. */
async function writeCounts(
  services: CloseServices,
  lease: Lease,
  { run, key }: Closing,
  file: FlowFile,
): Promise<void> {
  const { database } = services;
  if (file.rowCount > 0) return;
  const counts = await database.transaction((connection) =>
    listCounts(connection, run.runId, file.part ?? ''),
  );
  const rows = counts
    .filter(({ persons }) => persons >= run.plan.fewest)
    .map((count) => cellsOfCount(run.plan, count));
  if (rows.length === 0) return;
  const writer = createFlowWriter(writtenFormatOf(run.plan), run.flow);
  const part = await storePart(services, key, rows.map((cells, at) => writer.row(cells, at === 0)).join(''));
  await database.transaction(async (connection) => {
    await advanceLease(connection, lease);
    if (!(await adoptObjects(connection, [part.objectKey])))
      throw new ServiceError('leaseLost', `part ${part.partId} of a flow was given up meanwhile`);
    await insertPart(connection, file.fileId, part);
    await addRows(connection, file.fileId, rows.length);
    await addToRun(connection, run.runId, { rows: rows.length, persons: 0 });
  });
}

function cellsOfCount({ format }: RunPlan, { columns, ...counted }: FlowCount): readonly FlowCell[] {
  let at = 0;
  return format.columns.map(({ field }) => {
    if (isCount(field)) return counted[field];
    const text = columns[at];
    at += 1;
    return text === '' ? undefined : text;
  });
}

/** Measures a file, and what is handed over of it; where it is wanted it is put down for the receiver. */
async function closeOne(
  services: CloseServices,
  lease: Lease,
  { run, order, key }: Closing,
  file: FlowFile,
): Promise<void> {
  const { database } = services;
  const parts = await database.transaction((connection) => listParts(connection, file.fileId));
  const source = { plan: run.plan, key, parts };
  const content = await measure(readContent(services, source));
  const handed = order.certificate === null ? undefined : await encrypt(order.certificate);
  if (handed !== undefined && order.putsDown)
    await services.flowBucket.put({
      key: `${run.organization}/${run.flow}/${run.runNumber}/${nameOf(run, file, true)}`,
      bytes: handed.bytes,
      sha256: handed.sha256,
      open: () =>
        encryptContent(readContent(services, source), key, { ...file, ...handed, bytes: content.bytes }),
    });
  await database.transaction(async (connection) => {
    await advanceLease(connection, lease);
    await closeFile(connection, file.fileId, { ...content, ...(handed && { handed }) });
    if (order.putsDown) await notePutDown(connection, file.fileId);
  });

  async function encrypt(certificate: Buffer) {
    const made = encryptionFor(certificate, key, file.fileId);
    const encryption = { ...made, fileId: file.fileId, bytes: content.bytes };
    return { ...made, ...(await measure(encryptContent(readContent(services, source), key, encryption))) };
  }
}

/** What a file is called; one that is encrypted says so. */
export function nameOf(
  { flow, runNumber, plan }: Pick<FlowRun, 'flow' | 'runNumber' | 'plan'>,
  { part, handedSha256 }: Pick<FlowFile, 'part' | 'handedSha256'>,
  isEncrypted = handedSha256 !== null,
): string {
  const { extension } = createFlowWriter(writtenFormatOf(plan), flow);
  const ofPart = part === undefined ? '' : `-${part}`;
  return `${flow}-${runNumber}${ofPart}.${extension}${isEncrypted ? '.p7m' : ''}`;
}
