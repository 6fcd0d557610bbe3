/** An S3 server in a folder of its own, clients for it, and requests signed by hand, for the tests of this folder. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { CreateBucketCommand, S3Client, type S3ClientConfig, S3ServiceException } from '@aws-sdk/client-s3';
import { type S3Options, type S3Server, startS3 } from '../../../src/embedded/s3/server.ts';
import { projectRoot } from '../../support/needs.ts';

export const credentials = { accessKeyId: 'test-access-key', secretAccessKey: 'test/secret+key' };

/** A new folder outside the project. */
export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 's3-test-'));
}

const started: S3Server[] = [];

// A test that fails half way must not keep its file from ending.
after(() => Promise.all(started.map((server) => server.stop())));

/** Starts a server, which stops with the test file at the latest. */
export async function start(folder: string, options: Partial<S3Options> = {}): Promise<S3Server> {
  const server = await startS3({ folder, port: 0, ...credentials, ...options });
  started.push(server);
  return server;
}

export function clientOf(endpoint: string, config: S3ClientConfig = {}): S3Client {
  return new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials,
    ...config,
  });
}

export interface Fixture {
  readonly folder: string;
  readonly server: S3Server;
  readonly client: S3Client;
  /** Makes a bucket of a new name. */
  bucket(withLock?: boolean): Promise<string>;
  stop(): Promise<void>;
}

/** Starts a server for one test file. */
export async function startFixture(options: Partial<S3Options> = {}): Promise<Fixture> {
  const folder = newFolder();
  const server = await start(folder, options);
  const client = clientOf(server.endpoint);
  return {
    folder,
    server,
    client,
    bucket: async (withLock = false) => {
      const name = `b-${randomUUID()}`;
      await client.send(new CreateBucketCommand({ Bucket: name, ObjectLockEnabledForBucket: withLock }));
      return name;
    },
    stop: async () => {
      client.destroy();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What a request was refused with. Fails when it was not. */
export async function refusalOf(
  request: Promise<unknown>,
): Promise<{ status: number | undefined; code: string }> {
  try {
    await request;
  } catch (error) {
    if (error instanceof S3ServiceException) {
      return { status: error.$metadata.httpStatusCode, code: error.name };
    }
    throw error;
  }
  throw new Error('the request was not refused');
}

export function md5(data: string | Buffer): string {
  return createHash('md5').update(data).digest('hex');
}

export function sha256(data: string | Buffer, encoding: 'hex' | 'base64' = 'hex'): string {
  return createHash('sha256').update(data).digest(encoding);
}

/** The code in an error document. */
export async function codeOf(response: Response): Promise<string | undefined> {
  return /<Code>(.*)<\/Code>/.exec(await response.text())?.[1];
}

export interface HandSigned {
  readonly method?: string;
  readonly path: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Value of x-amz-content-sha256. */
  readonly payload?: string;
  readonly time?: Date;
  /** Headers that are sent but not signed. */
  readonly unsigned?: Readonly<Record<string, string>>;
  readonly secret?: string;
  readonly region?: string;
}

/** A signature made without the SDK, with what signed chunks go on from. */
export function signByHand(endpoint: string, request: HandSigned) {
  const { method = 'GET', path, query = '', payload = sha256(''), time = new Date() } = request;
  const date = time.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${date.slice(0, 8)}/${request.region ?? 'us-east-1'}/s3/aws4_request`;
  const headers: Record<string, string> = {
    host: new URL(endpoint).host,
    'x-amz-content-sha256': payload,
    'x-amz-date': date,
    ...request.headers,
  };
  const names = Object.keys(headers).sort();
  const canonical = [
    method,
    path,
    query,
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    payload,
  ].join('\n');
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const day = hmac(`AWS4${request.secret ?? credentials.secretAccessKey}`, date.slice(0, 8));
  const key = hmac(hmac(hmac(day, request.region ?? 'us-east-1'), 's3'), 'aws4_request');
  const sign = (...lines: readonly string[]) => hmac(key, lines.join('\n')).toString('hex');
  const signature = sign('AWS4-HMAC-SHA256', date, scope, sha256(canonical));
  const { host: _, ...sent } = headers;
  return {
    url: `${endpoint}${path}${query === '' ? '' : `?${query}`}`,
    method,
    headers: {
      ...sent,
      ...request.unsigned,
      authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
    } as Record<string, string>,
    date,
    scope,
    signature,
    sign,
  };
}

/** Sends a request signed by hand. */
export function sendByHand(endpoint: string, request: HandSigned, body?: Buffer | string): Promise<Response> {
  const { url, method, headers } = signByHand(endpoint, request);
  return fetch(url, { method, headers, ...(body !== undefined && { body }) });
}

export interface ServerProcess {
  readonly endpoint: string;
  readonly process: ChildProcess;
  /** SIGKILL, and waits until the process is gone. */
  kill(): Promise<void>;
}

/** Starts a server in a process of its own. */
export async function startProcess(folder: string): Promise<ServerProcess> {
  const script = join(projectRoot, 'test', 'embedded', 's3', 'server-process.ts');
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', script, folder, credentials.accessKeyId, credentials.secretAccessKey],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const endpoint = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (line: Buffer) => resolve(line.toString().trim()));
    child.once('exit', () => reject(new Error('the server process ended before it was ready')));
  });
  return {
    endpoint,
    process: child,
    kill: () => {
      child.kill('SIGKILL');
      return gone;
    },
  };
}
