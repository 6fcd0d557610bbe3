/** The embedded S3 server: S3's protocol over HTTP, path style, on files. Meant for one machine. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { describeError, ServiceError } from '../../errors.ts';
import type { Log } from '../../log.ts';
import { Buckets } from './buckets.ts';
import type { Stores } from './call.ts';
import { answer } from './exchange.ts';
import { KeyIndex } from './key-index.ts';
import { prepareLayout } from './layout.ts';
import { Objects } from './objects.ts';
import { Traffic } from './traffic.ts';
import { Uploads } from './uploads.ts';

export interface S3Options {
  /** Where everything is kept; made when it is not there. Servers of one machine may share it. */
  readonly folder: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0 is any free one. */
  readonly port: number;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Default us-east-1. */
  readonly region?: string;
  /** Buckets that exist from the start and have object lock. */
  readonly lockedBuckets?: readonly string[];
  readonly log?: Log;
  /** After how many milliseconds without a byte either way a connection in use is dropped. Default 30 000. */
  readonly idleTimeout?: number;
  /** The clock, in milliseconds since 1970: of signatures, dates and retention. Default the system's. */
  readonly now?: () => number;
}

export interface S3Server {
  /** `http://host:port`. */
  readonly endpoint: string;
  readonly port: number;
  /** Takes no new connection, finishes those under way, and closes. */
  stop(): Promise<void>;
}

const IDLE_MS = 30_000;
const HEADERS_MS = 20_000;
/** The longest a whole request may take to arrive: 5 GiB at 3 MB/s. */
const REQUEST_MS = 30 * 60_000;
const KEEP_ALIVE_MS = 65_000;
/** How long `stop` waits for requests under way. */
const GRACE_MS = 10_000;

/** Starts the server. Throws `embeddedPartFailed` when the folder or the port cannot be used. */
export async function startS3(options: S3Options): Promise<S3Server> {
  try {
    const stores = await openStores(options);
    return await listen(options, stores);
  } catch (cause) {
    throw new ServiceError(
      'embeddedPartFailed',
      `the embedded S3 server does not start in ${options.folder} on port ${options.port}: ${describeError(cause)}`,
      { cause },
    );
  }
}

async function openStores(options: S3Options): Promise<Stores> {
  const { folder, region = 'us-east-1', lockedBuckets = [], now = Date.now } = options;
  const layout = await prepareLayout(folder);
  const objects = new Objects(layout);
  const buckets = new Buckets(layout);
  for (const name of lockedBuckets) {
    const isNew = await buckets.create({ name, created: now(), lock: {} });
    const bucket = isNew ? undefined : await buckets.get(name);
    if (bucket !== undefined && bucket.lock === undefined) await buckets.write({ ...bucket, lock: {} });
  }
  return {
    buckets,
    objects,
    uploads: new Uploads(layout),
    index: new KeyIndex(layout, objects),
    region,
    now,
  };
}

async function listen(options: S3Options, stores: Stores): Promise<S3Server> {
  const { host = '127.0.0.1', idleTimeout = IDLE_MS, accessKeyId, secretAccessKey, log } = options;
  const settings = { credentials: { accessKeyId, secretAccessKey, region: stores.region }, idleTimeout, log };
  const traffic = new Traffic();
  const server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: HEADERS_MS });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.timeout = idleTimeout;
  const take = (message: IncomingMessage, response: ServerResponse, proceed: () => void) =>
    traffic.follow(message.socket, answer({ ...settings, stores, message, response, proceed }));
  server.on('connection', (socket) => traffic.add(socket));
  server.on('request', (message, response) => take(message, response, () => {}));
  server.on('checkContinue', (message, response) => take(message, response, () => response.writeContinue()));
  const port = await bind(server, options.port, host);
  return {
    endpoint: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    stop: async () => {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      const grace = setTimeout(() => server.closeAllConnections(), GRACE_MS);
      await traffic.end();
      await closed;
      clearTimeout(grace);
      await stores.objects.close();
    },
  };
}

function bind(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
