/** Every setting of the service as data: its variable, what it means, its form, its default. */
import { wrongFailpoint } from './failpoint.ts';

/** How a text is read: gives the value, or says what it should have been. */
type Reader<T> = (text: string) => T | { readonly expected: string };

export interface Setting<T, Fallback extends T | undefined = T | undefined> {
  /** The environment variable. */
  readonly name: string;
  readonly description: string;
  readonly read: Reader<T>;
  /** Undefined: the setting may stay away. */
  readonly fallback: Fallback;
  /** Shown in `.env.example`. */
  readonly example: string;
  /** A secret may also be given as a file, under the name with `_FILE`. */
  readonly isSecret: boolean;
}

const text: Reader<string> = (value) => value;

const url =
  (...protocols: readonly string[]): Reader<string> =>
  (value) =>
    URL.canParse(value) && protocols.includes(new URL(value).protocol)
      ? value
      : { expected: `a URL that begins with ${protocols.map((one) => `${one}//`).join(' or ')}` };

/** An address that paths are added to. */
const base: Reader<string> = (value) => url('https:', 'http:')(value.replace(/\/$/, ''));

const number =
  (least: number, most: number): Reader<number> =>
  (value) =>
    /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most
      ? Number(value)
      : { expected: `a whole number from ${least} to ${most}` };

const choice =
  <T extends string>(...values: readonly T[]): Reader<T> =>
  (value) =>
    values.find((one) => one === value) ?? { expected: values.join(' or ') };

const failpoints: Reader<string> = (value) =>
  wrongFailpoint(value) === undefined ? value : { expected: 'a list of name=kill|throw|hang[@hit]' };

function setting<T, Fallback extends T | undefined>(
  name: string,
  description: string,
  read: Reader<T>,
  fallback: Fallback,
  example: string,
  isSecret = false,
): Setting<T, Fallback> {
  return { name, description, read, fallback, example, isSecret };
}

/** The settings in the order in which `.env.example` shows them. */
export const SETTINGS = {
  environment: setting(
    'NODE_ENV',
    'production refuses every embedded part, each by name.',
    choice('development', 'test', 'production'),
    'development',
    'production',
  ),
  port: setting(
    'PORT',
    'The port the service listens on; 0 takes any free one.',
    number(0, 65_535),
    8080,
    '8080',
  ),
  listenAddress: setting(
    'LISTEN_ADDRESS',
    'The address the service listens on; 0.0.0.0 for all of the machine.',
    text,
    '127.0.0.1',
    '0.0.0.0',
  ),
  publicUrl: setting(
    'PUBLIC_URL',
    'How people and partners reach the service; printed in QR codes. Default: http://localhost and the port.',
    base,
    undefined,
    'https://ebox.example.be',
  ),
  dataDir: setting(
    'DATA_DIR',
    'Where embedded parts and temporary files lie.',
    text,
    '.data',
    '/var/lib/citizen-ebox',
  ),
  templatesDir: setting(
    'TEMPLATES_DIR',
    'Attestation types, words and brand. Default: the templates that come with the service.',
    text,
    undefined,
    '/etc/citizen-ebox/templates',
  ),
  logLevel: setting(
    'LOG_LEVEL',
    'How much is logged: silent, error, warn, info, debug.',
    choice('silent', 'error', 'warn', 'info', 'debug'),
    'info',
    'info',
  ),
  databaseUrl: setting(
    'DATABASE_URL',
    'PostgreSQL 15 or later. Default: an embedded server.',
    url('postgres:', 'postgresql:'),
    undefined,
    'postgres://ebox:secret@db.example.be/ebox?sslmode=verify-full',
    true,
  ),
  s3Endpoint: setting(
    'S3_ENDPOINT',
    'The S3 store of the archive; it must honour If-None-Match. Default: an embedded server.',
    base,
    undefined,
    'https://s3.example.be',
  ),
  s3Region: setting('S3_REGION', 'The region of the S3 store.', text, 'us-east-1', 'eu-west-1'),
  s3Bucket: setting('S3_BUCKET', 'The bucket of the archive.', text, 'attestations', 'attestations'),
  s3AccessKeyId: setting('S3_ACCESS_KEY_ID', 'The access key of the S3 store.', text, undefined, 'AKIA…'),
  s3SecretAccessKey: setting('S3_SECRET_ACCESS_KEY', 'Its secret.', text, undefined, '…', true),
  smtpUrl: setting(
    'SMTP_URL',
    'The mail server for notices. Default: an embedded one that keeps every mail as a file.',
    url('smtp:', 'smtps:'),
    undefined,
    'smtps://ebox:secret@mail.example.be',
    true,
  ),
  mailFrom: setting(
    'MAIL_FROM',
    'The address notices come from.',
    text,
    'no-reply@ebox.example.org',
    'no-reply@ebox.example.be',
  ),
  oidcIssuer: setting(
    'OIDC_ISSUER',
    'Who issues access tokens (OpenID Connect discovery). Default: an embedded login for demo persons.',
    url('https:', 'http:'),
    undefined,
    'https://idp.example.be',
  ),
  oidcAudience: setting(
    'OIDC_AUDIENCE',
    'The audience that access tokens must name.',
    text,
    'urn:citizen-ebox',
    'urn:citizen-ebox',
  ),
  organizationClaim: setting(
    'OIDC_ORGANIZATION_CLAIM',
    'The claim with the enterprise number of a client’s organisation.',
    text,
    'cbe-number',
    'cbe-number',
  ),
  personClaim: setting(
    'OIDC_PERSON_CLAIM',
    'The claim with the SSIN of a person.',
    text,
    'egovNRN',
    'egovNRN',
  ),
  sealKeyFile: setting(
    'SEAL_KEY_FILE',
    'The private key of the seal, PEM or PKCS#12. Default: a key of the embedded development PKI.',
    text,
    undefined,
    '/run/secrets/seal.p12',
  ),
  sealPassphrase: setting(
    'SEAL_PASSPHRASE',
    'What opens the key file, where it is encrypted.',
    text,
    undefined,
    '…',
    true,
  ),
  sealCertificatesFile: setting(
    'SEAL_CERTIFICATES_FILE',
    'The certificate of the seal and those between it and the root, PEM, its own first. Default: those in a PKCS#12 key file.',
    text,
    undefined,
    '/etc/citizen-ebox/seal.crt',
  ),
  sealTrustFile: setting(
    'SEAL_TRUST_FILE',
    'The roots against which seals are verified, PEM.',
    text,
    undefined,
    '/etc/citizen-ebox/roots.crt',
  ),
  vaultSecretFile: setting(
    'VAULT_SECRET_FILE',
    'At least 32 random bytes from which the keys for persons’ data derive. Losing it loses the data.',
    text,
    undefined,
    '/run/secrets/vault',
  ),
  embeddedSealKey: setting(
    'EMBEDDED_SEAL_KEY',
    'The kind of key that the embedded development PKI makes for the seal.',
    choice('p-256', 'rsa-2048', 'rsa-3072'),
    'p-256',
    'p-256',
  ),
  settleAfterSeconds: setting(
    'SETTLE_AFTER_SECONDS',
    'How long a case stays quiet before its attestation is made, so that a burst of declarations makes one.',
    number(0, 3600),
    5,
    '5',
  ),
  brusselsLanguage: setting(
    'LANGUAGE_BRUSSELS',
    'The language presumed for inhabitants of Brussels-Capital who chose none.',
    choice('fr', 'nl'),
    'fr',
    'fr',
  ),
  facilitiesLanguage: setting(
    'LANGUAGE_FACILITIES',
    'For municipalities with language facilities: own (the municipality’s language) or other (that of the facilities).',
    choice('own', 'other'),
    'own',
    'own',
  ),
  unknownLanguage: setting(
    'LANGUAGE_UNKNOWN',
    'The language presumed where no municipality is known.',
    choice('nl', 'fr', 'de'),
    'fr',
    'fr',
  ),
  workers: setting('WORKERS', 'How many single jobs this process runs at once.', number(1, 64), 4, '4'),
  leaseSeconds: setting(
    'LEASE_SECONDS',
    'How long a job is held before another worker may take it; extended while the work goes on.',
    number(1, 600),
    30,
    '30',
  ),
  failpoints: setting(
    'FAILPOINTS',
    'Places where a fault campaign strikes, such as issue.sealed=kill@1. Refused in production.',
    failpoints,
    undefined,
    'issue.sealed=kill@1',
  ),
} as const;
