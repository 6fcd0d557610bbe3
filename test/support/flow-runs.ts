/** Runs flows to their end without the rest of the service, and reads what their files say, whatever form these have. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Archive, type ArchiveAddress, openArchive } from '../../src/archive/archive.ts';
import { listFiles, listParts } from '../../src/database/flow-files.ts';
import { findOrder, replaceOrder } from '../../src/database/flow-orders.ts';
import { type FlowRun, findRun } from '../../src/database/flow-runs.ts';
import { claimJobs } from '../../src/database/jobs.ts';
import type { FlowChoices } from '../../src/domain/flow.ts';
import { writtenFormatOf } from '../../src/domain/flow-plan.ts';
import { startS3 } from '../../src/embedded/s3/server.ts';
import { closeFlow } from '../../src/workflows/flow-close.ts';
import { readContent } from '../../src/workflows/flow-content.ts';
import { needsOf } from '../../src/workflows/flow-order.ts';
import { findRunKey } from '../../src/workflows/flow-part.ts';
import { readFlow } from '../../src/workflows/flow-read.ts';
import { startRun } from '../../src/workflows/flow-start.ts';
import { AGENCY, newDeliberation } from './grounds.ts';
import type { RegisterServices } from './population.ts';

/** What the steps of a flow take. */
export type FlowServices = Pick<
  RegisterServices,
  'database' | 'catalogue' | 'vault' | 'newId' | 'clock' | 'settings'
> & {
  readonly archive: Archive;
};

/** A row by its headings; what is not there has no key. */
export type FlowRecord = Readonly<Record<string, string>>;
/** Rows by the part of their file; of a flow that is not split under `all`. */
export type FlowContent = ReadonlyMap<string, readonly FlowRecord[]>;

export interface FlowStore {
  readonly address: ArchiveAddress;
  readonly archive: Archive;
  stop(): Promise<void>;
}

/** Starts a store for the parts of files, in a folder that goes with it. */
export async function startFlowStore(): Promise<FlowStore> {
  const folder = mkdtempSync(join(tmpdir(), 'flows-'));
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
  const server = await startS3({ folder, port: 0, ...credentials });
  const address = { endpoint: server.endpoint, region: 'us-east-1', bucket: 'flows', ...credentials };
  const archive = openArchive(address);
  await archive.prepare();
  return {
    address,
    archive,
    stop: async () => {
      archive.close();
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The same services on a day. */
export function onDay<T extends Pick<FlowServices, 'clock'>>(services: T, day: string): T {
  return { ...services, clock: () => new Date(`${day}T10:00:00Z`) };
}

/** Orders a flow on a deliberation of its own; without a certificate its files are not encrypted. */
export async function orderFlow(
  services: FlowServices,
  flowId: string,
  {
    choices = {},
    certificate = null,
  }: { readonly choices?: FlowChoices; readonly certificate?: Buffer | null } = {},
): Promise<void> {
  const flow = services.catalogue.flows.get(flowId) ?? assert.fail(flowId);
  const { statuses, attributes, attestationType } = needsOf(services, flow);
  await services.database.transaction(async (connection) => {
    const { deliberationId } = await newDeliberation(connection, {
      legalContext: flow.legalContext,
      flows: [flowId],
      statuses,
      attributes,
      attestationTypes: attestationType === undefined ? [] : [attestationType],
    });
    await replaceOrder(connection, {
      orderId: services.newId(),
      flow: flowId,
      organization: AGENCY,
      deliberationId,
      choices,
      certificate,
      mail: null,
      mailLanguage: null,
      putsDown: false,
      orderedBy: 'test',
    });
  });
}

/** Begins a run of a flow that was ordered. */
export async function beginRun(services: FlowServices, flowId: string): Promise<string> {
  const flow = services.catalogue.flows.get(flowId) ?? assert.fail(flowId);
  const actor = { kind: 'client', id: 'test' } as const;
  const outcome = await services.database.transaction(async (connection) => {
    const order = (await findOrder(connection, flowId, AGENCY)) ?? assert.fail(flowId);
    return startRun(services, connection, { flow, order }, { cause: 'asked', actor });
  });
  return outcome.kind === 'begun' ? outcome.runId : assert.fail(`${flowId}: ${outcome.kind}`);
}

/** Does the jobs of flows until there is none that may be taken; gives how many it did. */
export async function workOff(services: FlowServices, leaseSeconds = 600): Promise<number> {
  // Nothing is put down in the bucket of flows: no order here wants it.
  const all = services as FlowServices & Parameters<typeof closeFlow>[0];
  for (let done = 0; ; ) {
    const jobs = await services.database.transaction((connection) =>
      claimJobs(connection, ['bulk'], 100, leaseSeconds),
    );
    const ours = jobs.filter(({ kind }) => kind === 'readFlow' || kind === 'closeFlow');
    if (ours.length === 0) return done;
    for (const job of ours)
      await (job.kind === 'readFlow' ? readFlow : closeFlow)(all, job, String(job.payload.runId));
    done += ours.length;
  }
}

/** Runs a flow on a day from beginning to end. */
export async function runFlow(
  services: FlowServices,
  flowId: string,
  today: string,
): Promise<{ readonly run: FlowRun; readonly content: FlowContent }> {
  const then = onDay(services, today);
  const isOrdered = await services.database.transaction((connection) =>
    findOrder(connection, flowId, AGENCY),
  );
  if (isOrdered === undefined) await orderFlow(then, flowId);
  const runId = await beginRun(then, flowId);
  await workOff(then);
  return readRun(services, runId);
}

/** Reads what a run that is done tells, and looks whether its files are as it says. */
export async function readRun(
  services: FlowServices,
  runId: string,
): Promise<{ readonly run: FlowRun; readonly content: FlowContent }> {
  return services.database.transaction(async (connection) => {
    const run = (await findRun(connection, runId)) ?? assert.fail(runId);
    assert.equal(run.state, 'done');
    const key = (await findRunKey(services, connection, runId)) ?? assert.fail(runId);
    const content = new Map<string, readonly FlowRecord[]>();
    for (const file of await listFiles(connection, runId)) {
      const parts = await listParts(connection, file.fileId);
      const chunks: Buffer[] = [];
      for await (const chunk of readContent(services, { plan: run.plan, key, parts })) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      assert.equal(bytes.length, file.bytes);
      const rows = parse(bytes.toString('utf8'), run.plan);
      assert.equal(rows.length, file.rowCount, `${run.flow} ${file.part} has the rows that it says`);
      if (rows.length > 0) content.set(file.part ?? 'all', rows);
    }
    return { run, content };
  });
}

function parse(text: string, plan: FlowRun['plan']): readonly FlowRecord[] {
  const { kind, separator, columns } = writtenFormatOf(plan);
  const named = (cells: readonly string[]): FlowRecord =>
    Object.fromEntries(columns.flatMap(({ heading }, at) => (cells[at] ? [[heading, cells[at]]] : [])));
  const texts = (record: object): FlowRecord =>
    Object.fromEntries(Object.entries(record).map(([heading, value]) => [heading, String(value)]));
  const lines = text.split('\r\n').slice(0, -1);
  switch (kind) {
    case 'csv':
      assert.equal(lines[0], columns.map(({ heading }) => heading).join(separator));
      // No name of the population has a separator or a quotation mark in it.
      return lines.slice(1).map((line) => named(line.split(separator)));
    case 'fixed':
      return lines.map((line) =>
        named(
          cutAt(
            line,
            columns.map(({ width = 0 }) => width),
          ),
        ),
      );
    case 'json':
      return (JSON.parse(text) as object[]).map(texts);
    case 'ndjson':
      return text
        .split('\n')
        .slice(0, -1)
        .map((line) => texts(JSON.parse(line) as object));
    case 'xml':
      return [...text.matchAll(/<row>(.*?)<\/row>/gs)].map(([, row = '']) =>
        Object.fromEntries(
          [...row.matchAll(/<(\w+)>(.*?)<\/\1>/gs)].map(([, name = '', value = '']) => [name, value]),
        ),
      );
  }
}

function cutAt(line: string, widths: readonly number[]): readonly string[] {
  let at = 0;
  return widths.map((width) => {
    at += width;
    return line.slice(at - width, at).trimEnd();
  });
}
