/** A private key with its certificate, kept in two files and renewed before it expires. */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isSignature } from '../../pades/algorithm.ts';
import { type Certificate, parseCertificate } from '../../pades/certificate.ts';
import { type Issuer, issueCertificate, type NameParts, writeName } from './certificate.ts';

export type KeyType = 'p-256' | 'p-384' | 'rsa-2048' | 'rsa-3072';

/** A private key with its certificate. */
export interface Credential extends Issuer {
  readonly certificate: Certificate;
  readonly keyPem: string;
  readonly certificatePem: string;
}

/** What a credential should be; one that is not any more is made anew. */
export interface Wanted {
  readonly file: string;
  readonly keyType: KeyType;
  readonly subject: NameParts;
  readonly years: number;
  readonly extensions: readonly Buffer[];
}

const DAY = 24 * 60 * 60 * 1000;
const YEAR = 365.25 * DAY;
/** A certificate this close to its end is replaced at the next start. */
const RENEWAL = 30 * DAY;
/** Clocks of clients may be a little behind. */
const SKEW = 5 * 60 * 1000;

/**
 * Opens the key and certificate kept in `place.folder`, or makes them when they are missing, about to expire or no longer what
 * is wanted. Without an issuer the certificate is self-signed.
 */
export async function openCredential(
  place: { readonly folder: string; readonly now: Date },
  issuer: Credential | undefined,
  wanted: Wanted,
): Promise<Credential> {
  const path = join(place.folder, wanted.file);
  const kept = readCredential(path);
  if (kept !== undefined && isUsable(kept, issuer ?? kept, wanted, place.now)) return kept;
  const { privateKey, publicKey } = await makeKey(wanted.keyType);
  const name = writeName(wanted.subject);
  const der = issueCertificate(issuer ?? { name, key: privateKey, publicKey }, {
    subject: name,
    publicKey,
    notBefore: new Date(place.now.getTime() - SKEW),
    notAfter: new Date(place.now.getTime() + wanted.years * YEAR),
    extensions: wanted.extensions,
  });
  const keyPem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const certificatePem = toPem(der);
  replaceFile(`${path}.key`, keyPem, 0o600);
  replaceFile(`${path}.crt`, certificatePem, 0o644);
  return toCredential(privateKey, keyPem, certificatePem, parseCertificate(der));
}

/** Whole or not at all: a start may be cut off at any moment. */
function replaceFile(path: string, text: string, mode: number): void {
  writeFileSync(`${path}.new`, text, { mode });
  renameSync(`${path}.new`, path);
}

function readCredential(path: string): Credential | undefined {
  if (!existsSync(`${path}.key`) || !existsSync(`${path}.crt`)) return undefined;
  const keyPem = readFileSync(`${path}.key`, 'utf8');
  const certificatePem = readFileSync(`${path}.crt`, 'utf8');
  const der = Buffer.from(certificatePem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  return toCredential(createPrivateKey(keyPem), keyPem, certificatePem, parseCertificate(der));
}

function toCredential(
  key: KeyObject,
  keyPem: string,
  certificatePem: string,
  certificate: Certificate,
): Credential {
  return {
    name: certificate.subject,
    key,
    publicKey: createPublicKey(key),
    keyPem,
    certificatePem,
    certificate,
  };
}

/** A start that was cut off between two files leaves a key without its certificate: that shows here and is made anew. */
function isUsable(kept: Credential, issuer: Credential, wanted: Wanted, now: Date): boolean {
  const { certificate } = kept;
  const key = kept.publicKey.export({ format: 'der', type: 'spki' });
  return (
    certificate.publicKeyInfo.equals(key) &&
    certificate.subject.equals(writeName(wanted.subject)) &&
    certificate.issuer.equals(issuer.name) &&
    isSignature(
      issuer.certificate.publicKeyInfo,
      certificate.signatureAlgorithm,
      certificate.tbs,
      certificate.signature,
    ) &&
    certificate.notBefore <= now &&
    certificate.notAfter.getTime() - now.getTime() > RENEWAL
  );
}

const makeKeyPair = promisify(generateKeyPair);

function makeKey(type: KeyType): Promise<{ privateKey: KeyObject; publicKey: KeyObject }> {
  switch (type) {
    case 'p-256':
      return makeKeyPair('ec', { namedCurve: 'P-256' });
    case 'p-384':
      return makeKeyPair('ec', { namedCurve: 'P-384' });
    case 'rsa-2048':
      return makeKeyPair('rsa', { modulusLength: 2048 });
    case 'rsa-3072':
      return makeKeyPair('rsa', { modulusLength: 3072 });
  }
}

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
