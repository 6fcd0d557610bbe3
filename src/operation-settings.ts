/** The settings of how the service is run: which parts of it a process is, and where its metrics are read. */
import { choices, number, setting, text, urls } from './setting.ts';
import { LANES, type Lane } from './workflows/queue.ts';

/** What a process of the service does. */
export const ROLES = ['api', 'worker', 'scheduler'] as const;
export type Role = (typeof ROLES)[number];
const all: readonly Role[] = ROLES;
const everyLane: readonly Lane[] = LANES;

/** They stand among all others in `settings.ts`. */
export const OPERATION_SETTINGS = {
  roles: setting(
    'ROLES',
    'What this process does, of api (requests and pages), worker (jobs) and scheduler (what is due by the clock). Each may run in any number of processes; scheduler has to run in one at least.',
    choices(...ROLES),
    all,
    'api,worker,scheduler',
  ),
  lanes: setting(
    'LANES',
    'Which jobs this process takes as a worker, of single (attestations of one person), bulk (chunks of batches), tell (notices) and webhook (calls to senders). Each has to be taken by one process at least. One that takes bulk alone leaves the processors to others that want them, so that nobody waits for a batch.',
    choices(...LANES),
    everyLane,
    'single,tell,webhook',
  ),
  queueUrls: setting(
    'QUEUE_URL',
    'Where many hosts share batches: the nodes of a NATS cluster with JetStream, which tells workers of the chunks to be done. What is to be done stands in the database in any case. Without it workers look there alone.',
    urls('nats:', 'tls:'),
    undefined,
    'nats://a:4222,nats://b:4222,nats://c:4222',
    true,
  ),
  metricsPort: setting(
    'METRICS_PORT',
    'The port on which Prometheus reads /metrics, apart from the one of callers; without it there is none.',
    number(1, 65_535),
    undefined,
    '9464',
  ),
  metricsAddress: setting(
    'METRICS_ADDRESS',
    'The address it listens on: never one that the outside reaches.',
    text,
    '127.0.0.1',
    '10.0.0.5',
  ),
} as const;

/** What this process does, and where its metrics are read; undefined: nowhere. */
export interface OperationConfig {
  readonly roles: readonly Role[];
  /** The jobs it takes as a worker. */
  readonly lanes: readonly Lane[];
  /** The nodes of a cluster that tells workers of chunks; undefined: there is none. */
  readonly queueUrls: readonly string[] | undefined;
  readonly metrics: { readonly port: number; readonly address: string } | undefined;
}

/** Puts it together. */
export function readOperation({
  roles,
  lanes,
  queueUrls,
  metricsPort: port,
  metricsAddress: address,
}: {
  readonly roles: readonly Role[];
  readonly lanes: readonly Lane[];
  readonly queueUrls: readonly string[] | undefined;
  readonly metricsPort: number | undefined;
  readonly metricsAddress: string;
}): OperationConfig {
  return { roles, lanes, queueUrls, metrics: port === undefined ? undefined : { port, address } };
}
