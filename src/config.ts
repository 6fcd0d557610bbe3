/** Reads the environment into one frozen configuration; the only reader of `process.env`. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type IdentityConfig, readIdentity } from './config-identity.ts';
import { plainFaults } from './config-plain.ts';
import { readSeal, type SealConfig } from './config-seal.ts';
import type { BatchGuards } from './domain/batch-guard.ts';
import type { EnterpriseNumber } from './domain/enterprise-number.ts';
import type { LanguagePresumption } from './domain/language.ts';
import { ServiceError } from './errors.ts';
import { type OperationConfig, readOperation } from './operation-settings.ts';
import { type RegistryConfig, readRegistry } from './registry-settings.ts';
import { type LevelConfig, readLevels } from './seal-settings.ts';
import { type Environment, readValues, type Values } from './setting-values.ts';
import { SETTINGS } from './settings.ts';
import { readWebhooks, type WebhookConfig } from './webhook-settings.ts';

/** A part of the institution's own, or the one that comes with the service. */
export type Part<T> = { readonly kind: 'embedded' } | ({ readonly kind: 'given' } & T);

/** How the pages identify themselves to the login. */
export interface LoginClient {
  readonly clientId: string;
  readonly keyFile: string;
}

export interface Config extends LevelConfig, IdentityConfig, OperationConfig {
  readonly environment: 'development' | 'test' | 'production';
  readonly port: number;
  readonly listenAddress: string;
  /** Undefined: http://localhost and the port, known once the service listens. */
  readonly publicUrl: string | undefined;
  readonly dataDir: string;
  readonly templatesDir: string;
  readonly logLevel: string;
  readonly database: Part<{ readonly url: string }>;
  readonly archive: Part<{
    readonly endpoint: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
  }>;
  readonly s3Region: string;
  readonly s3Bucket: string;
  readonly flowBucket: string;
  readonly smtp: Part<{ readonly url: string }>;
  readonly mailFrom: string;
  readonly mailBounceAddress: string | undefined;
  readonly mailAfterSeconds: number;
  readonly mailSettingsUrl: string | undefined;
  readonly login: Part<{ readonly issuer: string; readonly client: LoginClient | undefined }>;
  /** Undefined: those of the embedded login's officials, else none. */
  readonly agencies: readonly EnterpriseNumber[] | undefined;
  readonly seal: Part<SealConfig>;
  readonly embeddedSealKey: 'p-256' | 'p-384' | 'rsa-2048' | 'rsa-3072';
  readonly vault: Part<{ readonly secretFile: string }>;
  readonly codeKey: Part<{ readonly keyFile: string }>;
  readonly formerCodeKeysFile: string | undefined;
  /** How many proxies of the institution's own a request comes through. */
  readonly proxies: number;
  /** Requests a minute; 0: any number. */
  readonly limits: { readonly client: number; readonly person: number; readonly address: number };
  /** How slowly answers may be taken. */
  readonly readers: { readonly bytesPerSecond: number; readonly windowMs: number };
  readonly evidence: Part<{ readonly keyFile: string }>;
  readonly evidenceBucket: string;
  readonly headSeconds: number;
  readonly formerVaultSecretFiles: readonly string[];
  readonly fileKeyDays: number;
  /** Whether what has been kept for its time is deleted by itself. */
  readonly retention: 'report' | 'apply';
  readonly batchGuards: BatchGuards;
  readonly settleAfterSeconds: number;
  readonly languagePresumption: LanguagePresumption;
  /** Undefined: messages lie in our own registry. */
  readonly registry: RegistryConfig | undefined;
  readonly workers: number;
  readonly sealThreads: number | undefined;
  /** Processes that examine files; undefined: as many as suit the machine. */
  readonly verifiers: number | undefined;
  readonly verifierMegabytes: number;
  readonly verifierSeconds: number;
  readonly leaseSeconds: number;
  readonly failpoints: string | undefined;
  readonly webhooks: WebhookConfig;
}

/**
 * Reads the configuration. Throws `configurationInvalid` that says everything that is wrong or missing, one sentence
 * a line, each naming its setting.
 */
export function readConfig(environment: Environment = process.env): Config {
  const faults: string[] = [];
  const values = readValues(environment, faults);
  const parts = readParts(values, faults);
  const registry = readRegistry(values, faults);
  const levels = readLevels(values, parts.seal.kind === 'embedded', faults);
  const identity = readIdentity(values, faults);
  if (values.environment === 'production') faults.push(...productionFaults(values, parts));
  if (faults.length > 0) throw new ServiceError('configurationInvalid', faults.join('\n'));
  const config = {
    ...kept(values),
    ...parts,
    ...levels,
    ...identity,
    registry,
    languagePresumption: {
      brussels: values.brusselsLanguage,
      facilities: values.facilitiesLanguage,
      unknown: values.unknownLanguage,
    },
  };
  for (const value of Object.values(config)) Object.freeze(value);
  return Object.freeze(config);
}

type Parts = Pick<
  Config,
  'database' | 'archive' | 'smtp' | 'login' | 'seal' | 'vault' | 'evidence' | 'codeKey'
>;

function readParts(values: Values, faults: string[]): Parts {
  const embedded = { kind: 'embedded' } as const;
  const whole = <T extends string>(
    settings: Readonly<Record<T, string | undefined>>,
    names: Readonly<Record<T, string>>,
  ) => {
    const keys = Object.keys(settings) as T[];
    const missing = keys.filter((key) => settings[key] === undefined);
    if (missing.length === keys.length) return undefined;
    for (const key of missing) {
      const given = keys.filter((one) => settings[one] !== undefined).map((one) => names[one]);
      faults.push(`${names[key]} is missing; ${given.join(' and ')} needs it.`);
    }
    return settings as Record<T, string>;
  };
  const { s3Endpoint: endpoint, s3AccessKeyId: accessKeyId, s3SecretAccessKey: secretAccessKey } = values;
  const archive = whole(
    { endpoint, accessKeyId, secretAccessKey },
    { endpoint: 'S3_ENDPOINT', accessKeyId: 'S3_ACCESS_KEY_ID', secretAccessKey: 'S3_SECRET_ACCESS_KEY' },
  );
  const seal = readSeal(values, faults);
  const client = whole(
    { clientId: values.oidcClientId, keyFile: values.oidcClientKeyFile },
    { clientId: 'OIDC_CLIENT_ID', keyFile: 'OIDC_CLIENT_KEY_FILE' },
  );
  if (client !== undefined && values.oidcIssuer === undefined)
    faults.push('OIDC_ISSUER is missing; OIDC_CLIENT_ID is a client of it.');
  const { databaseUrl, smtpUrl, oidcIssuer, vaultSecretFile, evidenceKeyFile, codeKeyFile } = values;
  return {
    database: databaseUrl === undefined ? embedded : { kind: 'given', url: databaseUrl },
    archive: archive === undefined ? embedded : { kind: 'given', ...archive },
    smtp: smtpUrl === undefined ? embedded : { kind: 'given', url: smtpUrl },
    login: oidcIssuer === undefined ? embedded : { kind: 'given', issuer: oidcIssuer, client },
    seal: seal === undefined ? embedded : { kind: 'given', ...seal },
    vault: vaultSecretFile === undefined ? embedded : { kind: 'given', secretFile: vaultSecretFile },
    codeKey: codeKeyFile === undefined ? embedded : { kind: 'given', keyFile: codeKeyFile },
    evidence: evidenceKeyFile === undefined ? embedded : { kind: 'given', keyFile: evidenceKeyFile },
  };
}

/** Production takes nothing embedded and nothing that only tests need. */
function productionFaults(values: Values, parts: Parts): string[] {
  const names: Readonly<Record<keyof Parts, string>> = {
    database: 'the embedded PostgreSQL; set DATABASE_URL',
    archive: 'the embedded S3 server; set S3_ENDPOINT',
    smtp: 'the embedded mail server; set SMTP_URL',
    login: 'the embedded login; set OIDC_ISSUER',
    seal: 'the seal of the embedded development PKI; set SEAL_KEY_FILE',
    vault: 'a vault secret made by the service; set VAULT_SECRET_FILE',
    codeKey: 'a key for offline codes made by the service; set CODE_KEY_FILE',
    evidence: 'an evidence key made by the service; set EVIDENCE_KEY_FILE',
  };
  const faults = (Object.keys(names) as (keyof Parts)[])
    .filter((name) => parts[name].kind === 'embedded')
    .map((name) => `Production refuses ${names[name]}.`);
  if (values.publicUrl === undefined) faults.push('PUBLIC_URL is missing; production prints it in QR codes.');
  if (values.failpoints !== undefined) faults.push('Production refuses FAILPOINTS.');
  if (values.verifiers === 0)
    faults.push('Production refuses VERIFIERS=0: foreign files are examined apart.');
  return [...faults, ...plainFaults(values)];
}

/** Reads where templates and pages are, for commands that need nothing else and do not mind what else is wrong. */
export function readTemplateSettings(environment: Environment = process.env) {
  const { templatesDir, publicUrl } = kept(readValues(environment, []));
  return { templatesDir, publicUrl };
}

/** The values that go into the configuration as they are. */
function kept(values: Values) {
  const shipped = fileURLToPath(new URL('../templates', import.meta.url));
  return {
    environment: values.environment,
    port: values.port,
    listenAddress: values.listenAddress,
    publicUrl: values.publicUrl,
    dataDir: resolve(values.dataDir),
    templatesDir: values.templatesDir === undefined ? shipped : resolve(values.templatesDir),
    logLevel: values.logLevel,
    s3Region: values.s3Region,
    s3Bucket: values.s3Bucket,
    flowBucket: values.flowBucket,
    mailFrom: values.mailFrom,
    mailBounceAddress: values.mailBounceAddress,
    mailAfterSeconds: values.mailAfterSeconds,
    mailSettingsUrl: values.mailSettingsUrl,
    agencies: values.agencies,
    proxies: values.proxies,
    ...readOperation(values),
    limits: { client: values.clientLimit, person: values.personLimit, address: values.addressLimit },
    readers: { bytesPerSecond: values.slowestReader, windowMs: values.readerWindowSeconds * 1000 },
    formerCodeKeysFile: values.formerCodeKeysFile,
    embeddedSealKey: values.embeddedSealKey,
    evidenceBucket: values.evidenceBucket,
    headSeconds: values.headSeconds,
    formerVaultSecretFiles: values.formerVaultSecretFiles,
    fileKeyDays: values.fileKeyDays,
    retention: values.retention,
    batchGuards: {
      secondRows: values.batchSecondRows,
      secondErrors: values.batchSecondErrors,
      jump: values.batchJump,
      unseen: values.batchUnseen,
      canary: values.batchCanary,
    },
    settleAfterSeconds: values.settleAfterSeconds,
    workers: values.workers,
    sealThreads: values.sealThreads,
    verifiers: values.verifiers,
    verifierMegabytes: values.verifierMegabytes,
    verifierSeconds: values.verifierSeconds,
    leaseSeconds: values.leaseSeconds,
    failpoints: values.failpoints,
    webhooks: readWebhooks(values),
  };
}

/** Writes `.env.example`: every setting with its meaning, commented out. */
export function describeSettings(): string {
  const entries = Object.values(SETTINGS).map((setting) => {
    const secret = setting.isSecret ? `\n# May also be a file: ${setting.name}_FILE=/run/secrets/…` : '';
    const fallback = setting.fallback === undefined ? '' : ` Default: ${String(setting.fallback)}.`;
    return `# ${setting.description}${fallback}${secret}\n#${setting.name}=${setting.example}\n`;
  });
  return `# Settings of the Citizen eBox document service. Unset ones take their default; see README.md.\n\n${entries.join('\n')}`;
}
