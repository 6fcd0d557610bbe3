/** Everything around the service in a campaign, each part behind a proxy that spoils what passes it. */
import { spawn } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brusselsDate } from '../../../src/domain/period.ts';
import { demoClients, demoPersons, INBOX_CLIENT } from '../../../src/embedded/demo.ts';
import { clientKeyPath } from '../../../src/embedded/login/keys.ts';
import { startLogin } from '../../../src/embedded/login/login.ts';
import { startPki } from '../../../src/embedded/pki/pki.ts';
import { freePort } from '../../../src/embedded/ports.ts';
import { startSmtp } from '../../../src/embedded/smtp/smtp.ts';
import { createLog } from '../../../src/log.ts';
import { projectRoot } from '../../support/needs.ts';
import { testProgram } from '../../support/program.ts';
import { type Receiver, startReceiver } from '../../support/receiver.ts';
import { startRegistry, type TestRegistry } from '../../support/registry.ts';
import { type DatabasePart, startDatabasePart } from './database-part.ts';
import type { Dice } from './dice.ts';
import { type FaultProxy, httpRefusal, type Refusal, smtpRefusal, startFaultProxy } from './fault-proxy.ts';

const S3_SECRET = 'a-secret-of-a-campaign';
const S3_KEY = 'campaign';
/** Seconds of a lease: short, so that what a dead worker held is soon taken up. */
export const LEASE_SECONDS = 3;

export interface World {
  readonly folder: string;
  readonly database: DatabasePart;
  readonly registry: TestRegistry;
  readonly receiver: Receiver;
  readonly login: { readonly issuer: string; readonly folder: string };
  readonly proxies: Readonly<Record<Outside, FaultProxy>>;
  /** Where the store is reached past its proxy. */
  readonly store: {
    readonly endpoint: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
  };
  readonly mails: string;
  readonly publicUrl: string;
  readonly ingressPort: number;
  /** Settings of every process of the service; its port and folder are its own. */
  readonly settings: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export const OUTSIDES = ['database', 'store', 'mail', 'tsa', 'registry', 'webhook'] as const;
export type Outside = (typeof OUTSIDES)[number];

const REFUSALS: Readonly<Partial<Record<Outside, Refusal>>> = {
  store: httpRefusal(500, 503, 429),
  mail: smtpRefusal,
  tsa: httpRefusal(400, 429, 500, 503),
  registry: httpRefusal(401, 429, 500, 502, 503),
  webhook: httpRefusal(400, 404, 429, 500, 503),
};

/** Where the parts lie; those of them that can be filled lie on file systems of their own. */
export interface Places {
  readonly folder: string;
  readonly database: string;
  readonly store: string;
}

/** Starts everything but the service itself. */
export async function startWorld(
  places: Places,
  dice: Dice,
  storeProgram?: readonly string[],
): Promise<World> {
  const { folder } = places;
  const ingressPort = await freePort();
  const publicUrl = `http://localhost:${ingressPort}`;
  const proxies = await startProxies(dice);
  const database = await startDatabasePart(places.database);
  const store = await startStore(places.store, storeProgram);
  const pki = await startPki({
    folder: join(folder, 'pki'),
    port: await freePort(),
    issuerName: { organisation: 'Campaign', enterpriseNumber: '1912345694' as never, country: 'BE' },
  });
  const smtp = await startSmtp({ folder: join(folder, 'mails'), port: await freePort() });
  const login = await startLogin({
    folder: join(folder, 'login'),
    port: await freePort(),
    audience: 'urn:citizen-ebox',
    clients: demoClients(publicUrl),
    persons: demoPersons(brusselsDate(new Date())),
    log: createLog('silent'),
  });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const registryKey = write(
    folder,
    'registry.pem',
    String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  );
  const registry = await startRegistry({ clientId: 'campaign', publicKey: createPublicKey(privateKey) });
  const receiver = await startReceiver();
  const ports: Record<Outside, number> = {
    database: database.port,
    store: store.port,
    mail: smtp.port,
    tsa: pki.port,
    registry: portOf(registry.url),
    webhook: portOf(receiver.origin),
  };
  for (const name of OUTSIDES) proxies[name].lead(ports[name]);
  const through = (url: string, name: Outside) => {
    const changed = new URL(url);
    changed.port = String(proxies[name].port);
    return changed.href.replace(/\/$/, '');
  };
  const evidenceKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const settings = {
    PUBLIC_URL: publicUrl,
    DATABASE_URL: through(database.url, 'database'),
    S3_ENDPOINT: `http://127.0.0.1:${proxies.store.port}`,
    S3_ACCESS_KEY_ID: S3_KEY,
    S3_SECRET_ACCESS_KEY: S3_SECRET,
    SMTP_URL: `smtp://127.0.0.1:${proxies.mail.port}`,
    OIDC_ISSUER: login.issuer,
    OIDC_CLIENT_ID: INBOX_CLIENT,
    OIDC_CLIENT_KEY_FILE: clientKeyPath(join(folder, 'login'), INBOX_CLIENT),
    SEAL_KEY_FILE: write(folder, 'seal.pem', pki.sealKeyPem),
    SEAL_CERTIFICATES_FILE: write(folder, 'seal.crt', pki.sealCertificatesPem),
    SEAL_TRUST_FILE: write(folder, 'root.crt', pki.rootPem),
    TSA_URLS: through(`${pki.url}/tsa`, 'tsa'),
    TSA_TRUST_FILE: write(folder, 'tsa.crt', pki.rootPem),
    VAULT_SECRET_FILE: write(folder, 'vault.secret', randomBytes(32)),
    CODE_KEY_FILE: write(folder, 'code.pem', pemOf()),
    EVIDENCE_KEY_FILE: write(
      folder,
      'evidence.pem',
      String(evidenceKey.export({ type: 'pkcs8', format: 'pem' })),
    ),
    EVIDENCE_HEAD_SECONDS: '5',
    REGISTRY_PUBLISH_URL: through(registry.publishUrl, 'registry'),
    REGISTRY_STATUS_URL: through(registry.statusUrl, 'registry'),
    REGISTRY_STATUS_SECONDS: '5',
    REGISTRY_TOKEN_URL: registry.tokenUrl,
    REGISTRY_CLIENT_ID: 'campaign',
    REGISTRY_CLIENT_KEY_FILE: registryKey,
    REGISTRY_SCOPE: 'publish',
    WEBHOOK_ORIGINS: `http://127.0.0.1:${proxies.webhook.port}`,
    WEBHOOK_ADDRESSES: 'any',
    RETENTION: 'apply',
    SETTLE_AFTER_SECONDS: '0',
    MAIL_AFTER_SECONDS: '0',
    LEASE_SECONDS: String(LEASE_SECONDS),
    SEAL_THREADS: '0',
    VERIFIERS: '0',
    LOG_LEVEL: 'warn',
    ...Object.fromEntries(['CLIENT', 'PERSON', 'ADDRESS'].map((who) => [`LIMIT_${who}`, '0'])),
  };
  return {
    folder,
    database,
    registry,
    receiver,
    login: { issuer: login.issuer, folder: join(folder, 'login') },
    proxies,
    store: { endpoint: store.endpoint, accessKeyId: S3_KEY, secretAccessKey: S3_SECRET },
    mails: join(folder, 'mails'),
    publicUrl,
    ingressPort,
    settings,
    stop: async () => {
      for (const name of OUTSIDES) proxies[name].stop();
      await Promise.all([
        database.stop(),
        store.stop(),
        pki.stop(),
        smtp.stop(),
        login.stop(),
        registry.stop(),
        receiver.stop(),
      ]);
    },
  };
}

async function startProxies(dice: Dice): Promise<Record<Outside, FaultProxy>> {
  const started = await Promise.all(
    OUTSIDES.map(async (name) => [name, await startFaultProxy(name, dice, REFUSALS[name])] as const),
  );
  // One of each name.
  return Object.fromEntries(started) as Record<Outside, FaultProxy>;
}

/** The store in a process of its own. */
async function startStore(folder: string, program: readonly string[] = testProgram('bench/store.ts')) {
  mkdirSync(folder, { recursive: true });
  const child = spawn(process.execPath, [...program, folder, S3_KEY, S3_SECRET], {
    cwd: projectRoot,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the store ended (${code}) before it said where it is`);
  });
  const said = once(child.stdout.setEncoding('utf8'), 'data');
  const [endpoint] = (await Promise.race([said, ended])) as [string];
  return {
    endpoint: endpoint.trim(),
    port: portOf(endpoint.trim()),
    stop: async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}

function pemOf(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
}

function write(folder: string, name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}
