/**
 * A service as many processes on one machine, each of which can be killed: a database and a store, one process that takes
 * requests, and workers that share nothing but these two and their keys.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clientToken } from '../../src/embedded/login/tokens.ts';
import { startPki } from '../../src/embedded/pki/pki.ts';
import { freePort, knownPort } from '../../src/embedded/ports.ts';
import { findPostmaster } from '../../src/embedded/postgres/postmaster.ts';
import { startPostgres } from '../../src/embedded/postgres/server.ts';
import { startS3 } from '../../src/embedded/s3/server.ts';
import { until } from '../support/client.ts';
import { type ServiceProcess, startProcess } from '../support/process.ts';

export interface FleetOptions {
  readonly workers: number;
  /** The nodes of a cluster that tells workers of chunks. */
  readonly queueUrls?: readonly string[] | undefined;
}

export interface Fleet {
  readonly databaseUrl: string;
  readonly workers: number;
  /** Calls the service, again and again where it does not answer. */
  call(path: string, request: RequestInit, clientId?: string, scope?: string): Promise<Response>;
  /** Kills a process without a warning and starts it anew. */
  killApi(): Promise<void>;
  killWorker(at: number): Promise<void>;
  /** Kills every process of the database at once, and starts it anew. */
  killDatabase(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts all of it with an empty register. */
export async function startFleet({ workers, queueUrls }: FleetOptions): Promise<Fleet> {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-'));
  const database = { folder: join(folder, 'postgres'), port: await freePort() };
  let postgres = await startPostgres(database);
  const secretAccessKey = 'fleet-fleet-fleet';
  mkdirSync(join(folder, 'store'));
  const access = { accessKeyId: 'fleet', secretAccessKey };
  const s3 = await startS3({ folder: join(folder, 'store'), port: 0, ...access });
  // One institution has one seal: what another worker sealed before it died is adopted by who takes its job over.
  const pki = await startPki({
    folder: join(folder, 'pki'),
    port: await freePort(),
    issuerName: { organisation: 'Fleet', enterpriseNumber: '1912345694' as never, country: 'BE' },
  });
  const keep = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  const codeKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const common = {
    DATABASE_URL: postgres.url,
    S3_ENDPOINT: s3.endpoint,
    S3_ACCESS_KEY_ID: access.accessKeyId,
    S3_SECRET_ACCESS_KEY: secretAccessKey,
    SEAL_KEY_FILE: keep('seal.pem', pki.sealKeyPem),
    SEAL_CERTIFICATES_FILE: keep('seal.crt', pki.sealCertificatesPem),
    SEAL_TRUST_FILE: keep('root.crt', pki.rootPem),
    TSA_URLS: `${pki.url}/tsa`,
    TSA_TRUST_FILE: keep('tsa.crt', pki.rootPem),
    CODE_KEY_FILE: keep('code.pem', String(codeKey.export({ type: 'pkcs8', format: 'pem' }))),
    SETTLE_AFTER_SECONDS: '0',
    LEASE_SECONDS: '3',
    LOG_LEVEL: 'error',
    VERIFIERS: '0',
    SEAL_THREADS: '0',
    LIMIT_CLIENT: '1000000',
    LIMIT_ADDRESS: '1000000',
    ...(queueUrls && { QUEUE_URL: queueUrls.join(',') }),
  };
  const dataOf = (name: string) => join(folder, name);
  const start = async (name: string, roles: string): Promise<ServiceProcess> => {
    const vault = name === 'api' ? {} : { VAULT_SECRET_FILE: join(dataOf('api'), 'vault.secret') };
    for (let patience = 20; ; patience -= 1) {
      const PORT = String(await freePort());
      const settings = { ...common, ...vault, DATA_DIR: dataOf(name), ROLES: roles, PORT };
      try {
        return await startProcess(settings);
      } catch (error) {
        // While the database is away a process may end before it is up.
        if (patience === 0) throw error;
      }
    }
  };
  let api = await start('api', 'api,scheduler');
  const running = await Promise.all(
    Array.from({ length: workers }, (_, at) => start(`worker-${at}`, 'worker')),
  );
  const call: Fleet['call'] = async (
    path,
    request,
    clientId = 'issuer',
    scope = 'batches:submit batches:approve',
  ) => {
    const ask = async () => {
      const issuer = `http://127.0.0.1:${knownPort(dataOf('api'), 'login')}`;
      const login = { issuer, folder: join(dataOf('api'), 'login'), publicUrl: api.url };
      const authorization = `Bearer ${await clientToken({ ...login, clientId, scope })}`;
      const headers = { ...(request.headers as object), authorization };
      return fetch(new URL(path, api.url), { ...request, headers });
    };
    const answer = await until(
      () => ask().catch(() => undefined),
      (found) => found !== undefined && found.status < 500,
    );
    if (!answer?.ok) throw new Error(`${path} answered ${answer?.status} ${await answer?.text()}`);
    return answer;
  };
  return {
    databaseUrl: postgres.url,
    workers,
    call,
    killApi: async () => {
      await api.kill('SIGKILL');
      api = await start('api', 'api,scheduler');
    },
    killWorker: async (at) => {
      await running[at]?.kill('SIGKILL');
      running[at] = await start(`worker-${at}`, 'worker');
    },
    killDatabase: async () => {
      const server = findPostmaster(postgres.data);
      // Its own process group holds all its processes.
      if (server !== undefined) process.kill(-server.pid, 'SIGKILL');
      await until(
        async () => findPostmaster(postgres.data),
        (found) => found === undefined,
      );
      postgres = await startPostgres(database);
    },
    stop: async () => {
      await Promise.all([api, ...running].map((one) => one.kill('SIGKILL')));
      await Promise.all([s3.stop(), pki.stop(), postgres.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
