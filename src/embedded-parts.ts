/**
 * Starts the embedded part for each outside part that the configuration names none of, and gives all addresses. A part is
 * loaded where it is started.
 */
import { join } from 'node:path';
import type { ArchiveAddress } from './archive/archive.ts';
import type { Config, LoginClient } from './config.ts';
import type { Issuer } from './domain/attestation-type.ts';
import { brusselsDate } from './domain/period.ts';
import { claimFolder } from './embedded/claim.ts';
import { demoClients, demoPersons, INBOX_CLIENT } from './embedded/demo.ts';
import { clientKeyPath } from './embedded/login/keys.ts';
import { keptPort } from './embedded/ports.ts';
import { keptSecret } from './embedded/secret.ts';
import { createSimulator, type Simulator, simulatedPersons } from './embedded/simulator.ts';
import { describeError } from './errors.ts';
import { readKeyFile } from './keys/seal-files.ts';
import type { Log } from './log.ts';
import { type OwnKeys, openOwnKeys } from './own-keys.ts';
import { readSealFolder, type SealFolder } from './seal-folder.ts';
import type { TimeStampAddress } from './seal-settings.ts';

/** Where each outside part is reached, whether it is the institution's own or embedded. */
export interface Parts extends OwnKeys {
  readonly databaseUrl: string;
  readonly archive: Pick<ArchiveAddress, 'endpoint' | 'accessKeyId' | 'secretAccessKey'>;
  readonly smtpUrl: string;
  /** Where mails of the embedded mail server are read; undefined where mail goes elsewhere. */
  readonly mailPages: string | undefined;
  readonly issuer: string;
  /** The client through which people log in; undefined where none is configured. */
  readonly loginClient: LoginClient | undefined;
  readonly seal: SealPart;
  /** Undefined where no level asks for a time-stamp. */
  readonly timeStamps: TimeStampAddress | undefined;
  /** Recipients with a known outcome; undefined unless both mail server and login are embedded. */
  readonly simulator: Simulator | undefined;
  /** One line for each embedded part: what it is and where. */
  readonly places: readonly (readonly [string, string])[];
  stop(): Promise<void>;
}

/** Where the seal keys and what they are trusted by come from; both are read again while the service runs. */
export interface SealPart {
  /** Throws `keyUnfit` when a file cannot be read. */
  readKeys(): SealFolder;
  /** The roots, and former issuing authorities, PEM. */
  readTrust(): string;
}

/** Starts every embedded part that is needed. Throws the first fault, after stopping what was started. */
export async function startParts(
  config: Config,
  log: Log,
  issuer: Issuer,
  publicUrl: string,
): Promise<Parts> {
  const starter = new Starter(config, log);
  try {
    const login = await starter.login(publicUrl);
    const [databaseUrl, archive, mail, seal] = await Promise.all([
      starter.postgres(),
      starter.s3(),
      starter.smtp(),
      starter.pki(issuer),
    ]);
    const keys = starter.keys();
    const timeStamps = starter.timeStamps();
    const { places, simulator } = starter;
    return {
      databaseUrl,
      archive,
      smtpUrl: mail.url,
      mailPages: mail.pageUrl,
      ...login,
      seal,
      timeStamps,
      ...keys,
      simulator,
      places,
      stop: () => starter.stop(),
    };
  } catch (error) {
    await starter.stop();
    throw error;
  }
}

/** The institution's own seal: the key of the settings, those of the folder, or both. */
export function givenSeal(seal: Config['seal'] & { readonly kind: 'given' }): SealPart {
  const { keyFile, certificatesFile, passphrase, keysDir, trustFile } = seal;
  return {
    readKeys() {
      const { sources, requested } =
        keysDir === undefined ? { sources: [], requested: [] } : readSealFolder(keysDir);
      if (keyFile === undefined) return { sources, requested };
      const place = { kind: 'file' as const, keyFile, certificatesFile, passphrase };
      return { sources: [{ name: 'SEAL_KEY_FILE', place }, ...sources], requested };
    },
    readTrust: () => readKeyFile(trustFile).toString('latin1'),
  };
}

/** Remembers what was started, so that all of it is stopped again. */
class Starter {
  readonly places: [string, string][] = [];
  readonly simulator: Simulator | undefined;
  readonly #stops: (() => Promise<void>)[] = [];
  readonly #config: Config;
  readonly #log: Log;
  #release: (() => void) | undefined;
  #ownTimeStamps: TimeStampAddress | undefined;
  #lastPort: Promise<number> = Promise.resolve(0);

  constructor(config: Config, log: Log) {
    this.#config = config;
    this.#log = log;
    const { smtp, login } = config;
    const isOwn = smtp.kind === 'embedded' && login.kind === 'embedded';
    this.simulator = isOwn ? createSimulator(log) : undefined;
  }

  async postgres(): Promise<string> {
    const { database } = this.#config;
    if (database.kind === 'given') return database.url;
    const { startPostgres } = await import('./embedded/postgres/server.ts');
    const server = await startPostgres({
      folder: this.#folder('postgres'),
      port: await this.#port('postgres', 1),
    });
    this.#stops.push(() => server.stop());
    this.places.push(['PostgreSQL', `127.0.0.1:${server.port}, data in ${server.data}`]);
    if (server.isMoved)
      this.#log.warn(
        { data: server.data },
        'user nobody cannot reach the data folder: PostgreSQL lies elsewhere',
      );
    return server.url;
  }

  async s3(): Promise<Parts['archive']> {
    const { archive } = this.#config;
    if (archive.kind === 'given') return archive;
    const folder = this.#folder('s3');
    const accessKeyId = 'citizen-ebox';
    const secretAccessKey = keptSecret(join(folder, 'secret')).toString('hex');
    const port = await this.#port('s3', 2);
    const { startS3 } = await import('./embedded/s3/server.ts');
    const server = await startS3({ folder: join(folder, 'data'), port, accessKeyId, secretAccessKey });
    this.#stops.push(() => server.stop());
    this.places.push(['S3', server.endpoint]);
    return { endpoint: server.endpoint, accessKeyId, secretAccessKey };
  }

  async smtp(): Promise<{ readonly url: string; readonly pageUrl?: string }> {
    const { smtp } = this.#config;
    if (smtp.kind === 'given') return { url: smtp.url };
    const port = await this.#port('smtp', 3);
    const pagePort = await this.#port('mails', 4);
    const reaction = this.simulator && { reaction: this.simulator.reaction };
    const options = { folder: this.#folder('mails'), port, pagePort, log: this.#log, ...reaction };
    const { startSmtp } = await import('./embedded/smtp/smtp.ts');
    const server = await startSmtp(options);
    this.#stops.push(() => server.stop());
    this.places.push(['Mail', `${server.url}, read them at ${server.pageUrl ?? ''}`]);
    return server;
  }

  async login(publicUrl: string): Promise<Pick<Parts, 'issuer' | 'loginClient'>> {
    const { login, audience } = this.#config;
    if (login.kind === 'given') return { issuer: login.issuer, loginClient: login.client };
    const folder = this.#folder('login');
    const today = brusselsDate(new Date());
    const { startLogin } = await import('./embedded/login/login.ts');
    const server = await startLogin({
      folder,
      port: await this.#port('login', 5),
      mutualPort: await this.#port('login-mutual', 7),
      audience,
      clients: demoClients(publicUrl),
      persons: [...demoPersons(today), ...simulatedPersons(today)],
      log: this.#log,
    });
    this.#stops.push(() => server.stop());
    this.places.push(['Login', server.issuer]);
    const keyFile = clientKeyPath(folder, INBOX_CLIENT);
    return { issuer: server.issuer, loginClient: { clientId: INBOX_CLIENT, keyFile } };
  }

  async pki(issuer: Issuer): Promise<Parts['seal']> {
    const { seal, embeddedSealKey: sealKey } = this.#config;
    if (seal.kind === 'given') return givenSeal(seal);
    const issuerName = {
      organisation: issuer.name.en,
      enterpriseNumber: issuer.enterpriseNumber,
      country: 'BE',
    };
    const { startPki } = await import('./embedded/pki/pki.ts');
    const server = await startPki({
      folder: this.#folder('pki'),
      port: await this.#port('pki', 6),
      sealKey,
      issuerName,
    });
    this.#stops.push(() => server.stop());
    this.#ownTimeStamps = { urls: [`${server.url}/tsa`], policy: undefined, trustPem: server.rootPem };
    this.places.push(['Development PKI', `${server.url}, root at ${server.url}/root.crt`]);
    const { sealKeyPem: keyPem, sealCertificatesPem: certificatesPem, rootPem } = server;
    const source = { name: 'embedded', place: { kind: 'pem' as const, keyPem, certificatesPem } };
    return { readKeys: () => ({ sources: [source], requested: [] }), readTrust: () => rootPem };
  }

  /** Called once the PKI runs, which has an authority of its own. */
  timeStamps(): TimeStampAddress | undefined {
    const { timeStamps } = this.#config;
    if (timeStamps.kind !== 'given') return this.#ownTimeStamps;
    const { urls, policy, trustFile } = timeStamps;
    return { urls, policy, trustPem: readKeyFile(trustFile).toString('latin1') };
  }

  keys(): OwnKeys {
    return openOwnKeys(this.#config, (part) => this.#folder(part));
  }

  /** Stops everything that was started, the last first. */
  async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0).toReversed()) {
      await stop().catch((error: unknown) =>
        this.#log.warn({ reason: describeError(error) }, 'a part did not stop'),
      );
    }
    this.#release?.();
    this.#release = undefined;
  }

  /** The data folder is claimed when the first part needs it. */
  #folder(part: string): string {
    this.#release ??= claimFolder(this.#config.dataDir);
    return join(this.#config.dataDir, part);
  }

  /** Ports beside the service's own are easiest to remember. One after the other: they are kept in one file. */
  #port(part: string, offset: number): Promise<number> {
    const { dataDir, port } = this.#config;
    this.#lastPort = this.#lastPort.then(() => keptPort(dataDir, part, port === 0 ? 0 : port + offset));
    return this.#lastPort;
  }
}
