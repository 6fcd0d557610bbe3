/** Runs flows to their end without the rest of the service, and reads what their files say, whatever form these have. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openArchive } from '../../src/archive/archive.ts';
import { listFiles, listParts } from '../../src/database/flow-files.ts';
import { findOrder, replaceOrder } from '../../src/database/flow-orders.ts';
import { type FlowRun, findRun } from '../../src/database/flow-runs.ts';
import { claimJobs } from '../../src/database/jobs.ts';
import type { Flow } from '../../src/domain/flow.ts';
import { writtenFormatOf } from '../../src/domain/flow-plan.ts';
import { startS3 } from '../../src/embedded/s3/server.ts';
import { closeFlow } from '../../src/workflows/flow-close.ts';
import { readContent } from '../../src/workflows/flow-content.ts';
import { needsOf } from '../../src/workflows/flow-order.ts';
import { findRunKey } from '../../src/workflows/flow-part.ts';
import { readFlow } from '../../src/workflows/flow-read.ts';
import { startRun } from '../../src/workflows/flow-start.ts';
import { AGENCY, newDeliberation } from '../support/grounds.ts';
import type { RegisterServices } from '../support/population.ts';

/** A row by its headings; what is not there has no key. */
export type FlowRecord = Readonly<Record<string, string>>;
/** Rows by the part of their file; of a flow that is not split under `all`. */
export type FlowContent = ReadonlyMap<string, readonly FlowRecord[]>;

export interface FlowRunner {
  /** Runs a flow as of a day; its receiver ordered it without encryption, which other tests look at. */
  run(flowId: string, today: string): Promise<{ readonly run: FlowRun; readonly content: FlowContent }>;
  stop(): Promise<void>;
}

export async function openRunner(register: RegisterServices): Promise<FlowRunner> {
  const folder = mkdtempSync(join(tmpdir(), 'flows-'));
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' };
  const server = await startS3({ folder, port: 0, ...credentials });
  const archive = openArchive({ ...server, region: 'us-east-1', bucket: 'flows', ...credentials });
  await archive.prepare();
  return {
    run: async (flowId, today) => {
      const clock = () => new Date(`${today}T10:00:00Z`);
      // These are the services that the steps of a flow take; nothing is put down.
      const services = { ...register, archive, clock } as unknown as Parameters<typeof closeFlow>[0] &
        RegisterServices;
      const flow = services.catalogue.flows.get(flowId) ?? assert.fail(flowId);
      await order(services, flow);
      const runId = await begin(services, flow);
      await workOff(services);
      return read(services, runId);
    },
    stop: async () => {
      archive.close();
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

type RunServices = Parameters<typeof closeFlow>[0] & RegisterServices;

async function order(services: RunServices, flow: Flow): Promise<void> {
  const { statuses, attributes, attestationType } = needsOf(services, flow);
  await services.database.transaction(async (connection) => {
    if (await findOrder(connection, flow.id, AGENCY)) return;
    const { deliberationId } = await newDeliberation(connection, {
      legalContext: flow.legalContext,
      flows: [flow.id],
      statuses,
      attributes,
      attestationTypes: attestationType === undefined ? [] : [attestationType],
    });
    await replaceOrder(connection, {
      orderId: services.newId(),
      flow: flow.id,
      organization: AGENCY,
      deliberationId,
      choices: {},
      certificate: null,
      mail: null,
      mailLanguage: null,
      putsDown: false,
      orderedBy: 'test',
    });
  });
}

async function begin(services: RunServices, flow: Flow): Promise<string> {
  const actor = { kind: 'client', id: 'test' } as const;
  const outcome = await services.database.transaction(async (connection) => {
    const ordered = (await findOrder(connection, flow.id, AGENCY)) ?? assert.fail(flow.id);
    return startRun(services, connection, { flow, order: ordered }, { cause: 'asked', actor });
  });
  return outcome.kind === 'begun' ? outcome.runId : assert.fail(`${flow.id}: ${outcome.kind}`);
}

async function workOff(services: RunServices): Promise<void> {
  for (;;) {
    const jobs = await services.database.transaction((connection) =>
      claimJobs(connection, ['bulk'], 100, 600),
    );
    const ours = jobs.filter(({ kind }) => kind === 'readFlow' || kind === 'closeFlow');
    if (ours.length === 0) return;
    for (const job of ours)
      await (job.kind === 'readFlow' ? readFlow : closeFlow)(services, job, String(job.payload.runId));
  }
}

async function read(services: RunServices, runId: string): Promise<Awaited<ReturnType<FlowRunner['run']>>> {
  const { database } = services;
  return database.transaction(async (connection) => {
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
      return lines.map((line) => {
        let at = 0;
        return named(columns.map(({ width = 0 }) => line.slice(at, (at += width)).trimEnd()));
      });
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
