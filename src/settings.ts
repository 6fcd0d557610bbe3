/** Every setting of the service as data: its variable, what it means, its form, its default, an example. */
import { CODE_SETTINGS } from './code-settings.ts';
import { EVIDENCE_SETTINGS } from './evidence-settings.ts';
import { IDENTITY_SETTINGS, LINE_SETTINGS } from './identity-settings.ts';
import { LIMIT_SETTINGS } from './limit-settings.ts';
import { MAIL_SETTINGS } from './mail-settings.ts';
import { OPERATION_SETTINGS } from './operation-settings.ts';
import { PRIVACY_SETTINGS } from './privacy-settings.ts';
import { REGISTRY_SETTINGS } from './registry-settings.ts';
import { SEAL_SETTINGS } from './seal-settings.ts';
import { base, choice, enterpriseNumbers, failpoints, number, setting, text, url } from './setting.ts';
import { VERIFIER_SETTINGS } from './verifier-settings.ts';
import { WEBHOOK_SETTINGS } from './webhook-settings.ts';

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
  ...LINE_SETTINGS,
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
  ...MAIL_SETTINGS,
  ...REGISTRY_SETTINGS,
  ...IDENTITY_SETTINGS,
  agencies: setting(
    'AGENCIES',
    'The organisations whose people may send batches at /agency, by enterprise number. Default: none; with the embedded login those of its officials.',
    enterpriseNumbers,
    undefined,
    '0206731645,0244640631',
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
  sealKeysDir: setting(
    'SEAL_KEYS_DIR',
    'A folder with more seal keys, one JSON file a key: in PKCS#11 tokens, at sealing services, next and former ones. See README.md.',
    text,
    undefined,
    '/etc/citizen-ebox/seal-keys',
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
  ...PRIVACY_SETTINGS,
  ...EVIDENCE_SETTINGS,
  ...CODE_SETTINGS,
  ...LIMIT_SETTINGS,
  ...OPERATION_SETTINGS,
  ...WEBHOOK_SETTINGS,
  ...SEAL_SETTINGS,
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
  sealThreads: setting(
    'SEAL_THREADS',
    'How many threads render and seal; 0 does it on the main thread. Default: one for each processor but one, at least one.',
    number(0, 64),
    undefined,
    '3',
  ),
  ...VERIFIER_SETTINGS,
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
