/** What Prometheus reads: rates, errors and durations of every stage, and what waits. No label names a person, file or client. */
import { createServer, type Server } from 'node:http';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { ServiceError } from './errors.ts';
import type { Gauges } from './workflows/gauges.ts';

export interface Metrics {
  /** A request was answered; `operation` is that of the API document, or the name of a page. */
  answered(operation: string, status: number, seconds: number): void;
  /** A job came to an end in this process. */
  jobEnded(kind: string, outcome: string, seconds: number): void;
  /** A stage of the main job came to an end; `fault` is the code of what it threw. */
  stageEnded(stage: string, seconds: number, fault?: string): void;
  /** Everything, in Prometheus' text format, with the gauges as they are now; undefined where they cannot be read. */
  text(gauges: Gauges | undefined): Promise<string>;
}

/** From a database round trip to a batch's chunk. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Makes the metrics of this process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'ebox_request_seconds',
    help: 'Requests by operation and class of status',
    labelNames: ['operation', 'status'],
    buckets: SECONDS,
    registers,
  });
  const jobs = new Histogram({
    name: 'ebox_job_seconds',
    help: 'Jobs by kind and outcome: done, retried, dead (set aside), left (to another worker)',
    labelNames: ['kind', 'outcome'],
    buckets: SECONDS,
    registers,
  });
  const stages = new Histogram({
    name: 'ebox_stage_seconds',
    help: 'Stages of the main job: document (render, seal, check), store, fetch, mail, webhook, verify',
    labelNames: ['stage'],
    buckets: SECONDS,
    registers,
  });
  const faults = new Counter({
    name: 'ebox_stage_faults_total',
    help: 'Stages that threw, by code',
    labelNames: ['stage', 'code'],
    registers,
  });
  const show = createGauges(registry);
  return {
    answered: (operation, status, seconds) =>
      requests.observe({ operation, status: `${Math.floor(status / 100)}xx` }, seconds),
    jobEnded: (kind, outcome, seconds) => jobs.observe({ kind, outcome }, seconds),
    stageEnded: (stage, seconds, fault) => {
      stages.observe({ stage }, seconds);
      if (fault !== undefined) faults.inc({ stage, code: fault });
    },
    text: (gauges) => {
      show(gauges);
      return registry.metrics();
    },
  };
}

function createGauges(registry: Registry): (gauges: Gauges | undefined) => void {
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const open = gauge('ebox_jobs_open', 'Jobs queued, put off or under way', ['lane', 'kind']);
  const dead = gauge('ebox_jobs_dead', 'Jobs set aside for an operator', ['lane', 'kind']);
  const waiting = gauge('ebox_jobs_waiting_seconds', 'How long the oldest due job has waited', [
    'lane',
    'kind',
  ]);
  const leaves = gauge('ebox_evidence_leaves', 'Leaves of the evidence log');
  const lag = gauge('ebox_evidence_lag_seconds', 'Since the oldest record that no sealed head covers');
  const heads = gauge('ebox_evidence_unexported_heads', 'Heads that the locked bucket does not have yet');
  const untold = gauge('ebox_outbox_untold', 'Messages whose event nobody took up yet');
  const archive = createArchiveGauges(registry);
  const ends = gauge('ebox_certificate_end_seconds', 'When a seal certificate ends, since 1970', ['key']);
  const up = gauge('ebox_database_up', '1 when the gauges could be read');
  return (gauges) => {
    for (const one of [open, dead, waiting, ends]) one.reset();
    up.set(gauges === undefined ? 0 : 1);
    if (gauges === undefined) return;
    for (const { lane, kind, ...job } of gauges.jobs) {
      open.set({ lane, kind }, job.open);
      dead.set({ lane, kind }, job.dead);
      waiting.set({ lane, kind }, job.waitingSeconds);
    }
    leaves.set(gauges.evidence.leaves);
    lag.set(gauges.evidence.lagSeconds);
    heads.set(gauges.evidence.unexportedHeads);
    untold.set(gauges.untold);
    archive(gauges.archive);
    for (const { key, notAfter } of gauges.certificates) ends.set({ key }, notAfter.getTime() / 1000);
  };
}

/** Shown once a whole round was made. */
function createArchiveGauges(registry: Registry): (found: Gauges['archive']) => void {
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] });
  const objects = gauge(
    'ebox_archive_objects',
    'Objects in the archive when it was last held against the register',
  );
  const differences = gauge(
    'ebox_archive_differences',
    'Objects missing, objects that nothing names (unknown), attestations without their message (undelivered)',
    ['kind'],
  );
  const age = gauge(
    'ebox_archive_checked_seconds',
    'How long ago the archive was last held against the register',
  );
  return (found) => {
    for (const one of [objects, differences, age]) one.reset();
    if (found === undefined) return;
    objects.set(found.objects);
    for (const kind of ['missing', 'unknown', 'undelivered'] as const) differences.set({ kind }, found[kind]);
    age.set(found.seconds);
  };
}

/** Gives what a scrape is answered with. */
export type Reading = () => Promise<string>;

/** Serves them on a port of their own, and nothing else. Throws `configurationInvalid` when it cannot be had. */
export async function serveMetrics(read: Reading, port: number, address: string): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    read().then(
      (text) =>
        response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new ServiceError('configurationInvalid', `METRICS_PORT ${port} cannot be had: ${cause.message}`, {
          cause,
        }),
      ),
    );
    server.listen(port, address, resolve);
  });
  return server;
}
