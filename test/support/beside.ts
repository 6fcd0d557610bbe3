/** What a further process of the service needs beside a test service: its keys, and where its other parts are. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestService } from './service.ts';

/** Gives the settings of such a process; keys lie in a folder. Throws where the service seals with keys that are not embedded. */
export function settingsBeside(
  { service, database }: TestService,
  folder: string,
): Readonly<Record<string, string>> {
  const { parts } = service.composition;
  const { archive } = parts;
  const [source] = parts.seal.readKeys().sources;
  if (source?.place.kind !== 'pem' || parts.timeStamps === undefined)
    throw new Error('the service seals with keys of its own');
  const keep = (name: string, content: string | Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, content, { mode: 0o600 });
    return path;
  };
  return {
    NODE_ENV: 'test',
    LOG_LEVEL: 'error',
    DATABASE_URL: database.url,
    S3_ENDPOINT: archive.endpoint,
    S3_ACCESS_KEY_ID: archive.accessKeyId,
    S3_SECRET_ACCESS_KEY: archive.secretAccessKey,
    SMTP_URL: parts.smtpUrl,
    OIDC_ISSUER: parts.issuer,
    SEAL_KEY_FILE: keep('seal.pem', source.place.keyPem),
    SEAL_CERTIFICATES_FILE: keep('seal.crt', source.place.certificatesPem),
    SEAL_TRUST_FILE: keep('root.crt', parts.seal.readTrust()),
    TSA_URLS: parts.timeStamps.urls.join(','),
    TSA_TRUST_FILE: keep('tsa.crt', parts.timeStamps.trustPem),
    VAULT_SECRET_FILE: keep('vault.secret', parts.vaultSecrets.current),
    CODE_KEY_FILE: keep('code.key', parts.codeKeys.key),
    EVIDENCE_KEY_FILE: keep('evidence.key', parts.evidenceKey),
    SETTLE_AFTER_SECONDS: '0',
    MAIL_AFTER_SECONDS: '0',
    LIMIT_CLIENT: '1000000',
    LIMIT_PERSON: '1000000',
    LIMIT_ADDRESS: '1000000',
  };
}
