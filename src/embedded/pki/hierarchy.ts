/** The keys and certificates of the development PKI, made once in a folder and renewed before they expire. */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { isSignature } from '../../pades/algorithm.ts';
import { type Certificate, parseCertificate } from '../../pades/certificate.ts';
import { ATTRIBUTE, type Issuer, issueCertificate, type NameParts, writeName } from './certificate.ts';
import {
  type Addresses,
  caExtensions,
  ocspExtensions,
  sealExtensions,
  timeStampExtensions,
} from './profiles.ts';

export type SealKey = 'p-256' | 'rsa-2048' | 'rsa-3072';

/** Who the seals speak for. */
export interface InstitutionName {
  readonly organisation: string;
  /** ISO 3166 code of two letters. */
  readonly country: string;
  /** Ten digits of the Crossroads Bank for Enterprises. */
  readonly enterpriseNumber: string;
}

/** A private key with its certificate. */
export interface Credential extends Issuer {
  readonly certificate: Certificate;
  readonly keyPem: string;
  readonly certificatePem: string;
}

export interface Hierarchy {
  readonly root: Credential;
  readonly issuing: Credential;
  readonly seal: Credential;
  readonly timeStamp: Credential;
  readonly ocsp: Credential;
}

export interface HierarchyOptions {
  readonly folder: string;
  readonly sealKey: SealKey;
  readonly institution: InstitutionName;
  /** Where certificates of the issuing authority, and of the root, are asked about. */
  readonly issuingAddresses: Addresses;
  readonly rootAddresses: Addresses;
  readonly now: Date;
}

const DAY = 24 * 60 * 60 * 1000;
const YEAR = 365.25 * DAY;
/** A certificate this close to its end is replaced at the next start. */
const RENEWAL = 30 * DAY;
/** Clocks of clients may be a little behind. */
const SKEW = 5 * 60 * 1000;

/** Opens the hierarchy kept in the folder and makes what is missing, expiring, or no longer what the options ask for. */
export async function openHierarchy(options: HierarchyOptions): Promise<Hierarchy> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const { issuingAddresses, rootAddresses, sealKey } = options;
  const name = (commonName: string) => subjectOf(options.institution, commonName);
  const root = await openCredential(options, undefined, {
    keyType: 'p-256',
    file: 'root',
    subject: name('Development root CA'),
    years: 20,
    extensions: caExtensions(),
  });
  const issuing = await openCredential(options, root, {
    keyType: 'p-256',
    file: 'issuing',
    subject: name('Development issuing CA'),
    years: 10,
    extensions: caExtensions(0, rootAddresses),
  });
  const open = (wanted: Wanted) => openCredential(options, issuing, wanted);
  return {
    root,
    issuing,
    seal: await open({
      keyType: sealKey,
      file: `seal-${sealKey}`,
      subject: sealSubject(options.institution),
      years: 3,
      extensions: sealExtensions(issuingAddresses),
    }),
    timeStamp: await open({
      keyType: 'p-256',
      file: 'time-stamp',
      subject: name('Development time-stamping authority'),
      years: 3,
      extensions: timeStampExtensions(issuingAddresses),
    }),
    ocsp: await open({
      keyType: 'p-256',
      file: 'ocsp',
      subject: name('Development OCSP responder'),
      years: 3,
      extensions: ocspExtensions(),
    }),
  };
}

interface Wanted {
  readonly file: string;
  readonly keyType: SealKey;
  readonly subject: NameParts;
  readonly years: number;
  readonly extensions: readonly Buffer[];
}

async function openCredential(
  options: HierarchyOptions,
  issuer: Credential | undefined,
  wanted: Wanted,
): Promise<Credential> {
  const path = join(options.folder, wanted.file);
  const kept = readCredential(path);
  if (kept !== undefined && isUsable(kept, issuer ?? kept, wanted, options.now)) return kept;
  const { privateKey, publicKey } = await makeKey(wanted.keyType);
  const name = writeName(wanted.subject);
  const der = issueCertificate(issuer ?? { name, key: privateKey, publicKey }, {
    subject: name,
    publicKey,
    notBefore: new Date(options.now.getTime() - SKEW),
    notAfter: new Date(options.now.getTime() + wanted.years * YEAR),
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

function makeKey(type: SealKey): Promise<{ privateKey: KeyObject; publicKey: KeyObject }> {
  switch (type) {
    case 'p-256':
      return makeKeyPair('ec', { namedCurve: 'P-256' });
    case 'rsa-2048':
      return makeKeyPair('rsa', { modulusLength: 2048 });
    case 'rsa-3072':
      return makeKeyPair('rsa', { modulusLength: 3072 });
  }
}

function subjectOf({ country, organisation }: InstitutionName, commonName: string): NameParts {
  return [
    [ATTRIBUTE.country, country],
    [ATTRIBUTE.organisation, organisation],
    [ATTRIBUTE.commonName, commonName],
  ];
}

/** The subject of a legal person: its identifier is NTR, the country and the trade register's number (ETSI EN 319 412-1 §5.1.4). */
function sealSubject({ country, organisation, enterpriseNumber }: InstitutionName): NameParts {
  return [
    [ATTRIBUTE.country, country],
    [ATTRIBUTE.organisation, organisation],
    [ATTRIBUTE.organisationIdentifier, `NTR${country}-${enterpriseNumber}`],
    [ATTRIBUTE.commonName, organisation],
  ];
}

function toPem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
