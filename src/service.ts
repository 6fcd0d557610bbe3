/** The whole service in one process: embedded parts, API and worker. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Composition, compose } from './compose.ts';
import type { Api } from './compose-api.ts';
import { composeLine } from './compose-line.ts';
import { counted, type MetricsPort, measured, openMetrics } from './compose-metrics.ts';
import { startWorker, yieldProcessor } from './compose-worker.ts';
import type { Config } from './config.ts';
import { LOOPBACK } from './embedded/loopback.ts';
import { freePort } from './embedded/ports.ts';
import { ServiceError } from './errors.ts';
import { armFailpoints } from './failpoint.ts';
import { closeListener, type Listener } from './http/listener.ts';
import { SAFE_HEADERS } from './http/raw-answer.ts';
import { healthRoute } from './http/routes/operations.ts';
import { createServer as createApp } from './http/server.ts';
import { startScheduler } from './jobs/scheduler.ts';
import type { Log } from './log.ts';
import type { Role } from './operation-settings.ts';
import type { RegistryConfig } from './registry-settings.ts';
import { openPatience } from './start-patience.ts';
import { announceExpiries } from './workflows/announce.ts';
import { queueDueDigests } from './workflows/digest.ts';
import { runDueFlows } from './workflows/flow-due.ts';
import { keepEvidence } from './workflows/keep-evidence.ts';
import { keepMunicipalities } from './workflows/keep-municipalities.ts';
import { keepVault } from './workflows/keep-vault.ts';
import { pollRead } from './workflows/poll-read.ts';
import { reconcile } from './workflows/reconcile.ts';
import { remindReaders } from './workflows/remind.ts';
import { applyRetention } from './workflows/retain.ts';
import type { Services } from './workflows/services.ts';
import { sweepObjects } from './workflows/sweep-objects.ts';
import { takeUpEvents } from './workflows/tell-senders.ts';
import { sweepUploads } from './workflows/upload.ts';

export interface RunningService {
  /** Where the service is reached, without a slash at its end. */
  readonly url: string;
  readonly composition: Composition;
  /** Reads again what may change while it runs: seal keys, token issuers, TLS. */
  reload(): Promise<void>;
  /** Stops taking requests and jobs, waits for those under way, and stops the embedded parts. */
  stop(): Promise<void>;
}

/** How long a start waits for a database or a store that is away, in all. */
const START_SECONDS = 60;
/** How long the evidence log rests between two turns of being kept. */
const EVIDENCE_REST_MS = 1000;
/** How long it takes a process to notice that another version of the secret is used. */
const VAULT_REST_MS = 5000;
/** Between two parts of holding the archive against the register. */
const RECONCILE_REST_MS = 60_000;
/** Between two looks for files of messages that never came. */
const SWEEP_REST_MS = 60_000;
/** Between two looks at whose digest was put off until today. */
const DIGEST_REST_MS = 60_000;
/** Between two looks at which flows are due. */
const FLOWS_REST_MS = 30_000;
/** Between two looks at whose messages are to be asked of. */
const POLL_REST_MS = 5 * 60_000;
const RETENTION_REST_MS = 60 * 60 * 1000;
/** Between two looks at which deliberations are about to expire. */
const ANNOUNCE_REST_MS = 10 * 60_000;
/** Between two looks at which messages have been unread for long, or expired. */
const REMIND_REST_MS = 60_000;
/** How long senders wait for what the evidence log has. */
const SENDERS_REST_MS = 1000;

/**
 * Starts the service; until it stands, callers are answered that it is starting. Throws the first fault, with everything stopped
 * that was started.
 */
export async function startService(config: Config, log: Log): Promise<RunningService> {
  if (config.failpoints !== undefined) armFailpoints(config.failpoints);
  yieldProcessor(config, log);
  const port = config.port === 0 ? await freePort() : config.port;
  const url = config.publicUrl ?? `${config.tls === undefined ? 'http' : 'https'}://localhost:${port}`;
  // The port is taken first: a second service on it is refused before anything is started.
  const line = composeLine(config, log);
  const { server } = line;
  server.on('request', answerStarting);
  await listen(server, port, config.listenAddress);
  const stopping = new AbortController();
  let composition: Composition | undefined;
  let taking: Api | undefined;
  let metrics: MetricsPort | undefined;
  const patience = openPatience(log, START_SECONDS);
  const does = (role: Role) => config.roles.includes(role);
  try {
    composition = await compose(config, log, url, patience);
    metrics = await openMetrics(config, composition.services);
    if (metrics) composition = { ...composition, services: measured(composition.services, metrics.metrics) };
    const { services } = composition;
    await patience(() => keepMunicipalities(services));
    // A worker starts in less time, and with less memory, without it.
    const api = does('api') ? await import('./compose-api.ts') : undefined;
    taking = await api?.composeApi(config, composition, stopping.signal);
    server.off('request', answerStarting);
    const app = appOf(config, log, composition, taking);
    server.on('request', metrics === undefined ? app : counted(app, metrics.metrics));
    const runner = does('worker') ? await startWorker(config, services, metrics, patience) : IDLE;
    taking?.begin(url);
    const scheduler = does('scheduler') ? startScheduler(stepsOf(config, services), log) : IDLE;
    const running = { pages: taking?.pages, composition, metrics };
    return {
      url,
      composition,
      reload: () => {
        line.reload();
        return running.composition.reload();
      },
      stop: () => {
        stopping.abort();
        return stop(server, [scheduler, runner, ...simulators(running)], running);
      },
    };
  } catch (error) {
    server.close();
    metrics?.close();
    taking?.pages.close();
    await composition?.stop();
    throw error;
  }
}

/** What answers requests once everything is composed. */
function appOf(
  { environment, proxies, certificateProxies }: Config,
  log: Log,
  { services, tokens, limits }: Composition,
  taking: Api | undefined,
) {
  return createApp({
    publicUrl: services.settings.publicUrl,
    routes: taking?.routes ?? [healthRoute(services)],
    tokens,
    limits,
    log,
    environment: environment === 'production' ? 'production' : 'development',
    proxies,
    certificateProxies,
    ...(taking && { pages: taking.pages.app }),
  });
}

/** What a process does not do needs no stopping. */
const IDLE = { stop: () => Promise.resolve() };

function simulators({ composition }: { readonly composition: Composition }) {
  const { simulator } = composition.parts;
  return simulator === undefined ? [] : [simulator];
}

/** What is done again and again, whoever calls. */
function stepsOf(config: Config, services: Services) {
  return [
    { name: 'evidence', restMs: EVIDENCE_REST_MS, run: () => keepEvidence(services) },
    { name: 'announce', restMs: ANNOUNCE_REST_MS, run: () => announceExpiries(services) },
    { name: 'remind', restMs: REMIND_REST_MS, run: () => remind(services) },
    { name: 'senders', restMs: SENDERS_REST_MS, run: () => takeUpEvents(services) },
    { name: 'digests', restMs: DIGEST_REST_MS, run: () => queueDueDigests(services) },
    { name: 'flows', restMs: FLOWS_REST_MS, run: () => runDueFlows(services) },
    ...(config.registry === undefined ? [] : [pollStep(config.registry, services)]),
    { name: 'vault', restMs: VAULT_REST_MS, run: () => keepVault(services) },
    { name: 'reconcile', restMs: RECONCILE_REST_MS, run: () => reconcile(services) },
    { name: 'sweep', restMs: SWEEP_REST_MS, run: () => sweep(services) },
    ...(config.retention === 'apply'
      ? [{ name: 'retention', restMs: RETENTION_REST_MS, run: () => retain(services) }]
      : []),
  ];
}

async function sweep(services: Pick<Services, 'database' | 'archive'>): Promise<void> {
  await sweepObjects(services);
  await sweepUploads(services);
}

/** Looked at often, each message asked of rarely: so they are spread over the time. */
function pollStep({ statusSeconds }: RegistryConfig, services: Services) {
  const restMs = Math.min(statusSeconds * 1000, POLL_REST_MS);
  return { name: 'poll', restMs, run: () => pollRead(services, statusSeconds) };
}

async function retain(services: Pick<Services, 'database' | 'clock'>): Promise<void> {
  await applyRetention(services, { kind: 'service', id: 'retain' });
}

async function remind(services: Pick<Services, 'database' | 'catalogue'>): Promise<void> {
  await remindReaders(services);
}

/** Until everything is composed, callers are asked to come back. */
function answerStarting(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(503, { ...SAFE_HEADERS, 'Retry-After': '1', 'Content-Type': 'application/json' });
  response.end('{"status":"DOWN"}');
}

function listen(server: Listener, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason =
        cause.code === 'EADDRINUSE'
          ? 'is in use; set PORT to another one'
          : `cannot be had: ${cause.message}`;
      reject(new ServiceError('configurationInvalid', `port ${port} of ${address} ${reason}`, { cause }));
    });
    server.listen(port, address === '127.0.0.1' ? LOOPBACK : address, resolve);
  });
}

async function stop(
  server: Listener,
  workers: readonly { stop(): Promise<void> }[],
  running: {
    readonly pages: Api['pages'] | undefined;
    readonly composition: Composition;
    readonly metrics: MetricsPort | undefined;
  },
): Promise<void> {
  const closed = closeListener(server);
  await Promise.all(workers.map((one) => one.stop()));
  await closed;
  running.pages?.close();
  running.metrics?.close();
  await running.composition.stop();
}
