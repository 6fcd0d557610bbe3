/** Certificates for tests, made in memory: authorities, and signers that are fit, expired, weak or meant for something else. */
import { createHash, generateKeyPairSync, type KeyObject, sign, X509Certificate } from 'node:crypto';
import {
  ATTRIBUTE,
  type Issuer,
  issueCertificate,
  type NameParts,
  writeName,
} from '../../src/embedded/pki/certificate.ts';
import { issueCrl } from '../../src/embedded/pki/crl.ts';
import { caExtensions, sealExtensions } from '../../src/embedded/pki/profiles.ts';
import { type KeyAlgorithm, loadPemSigner, type Signer } from '../../src/keys/signer.ts';
import { parseCertificate } from '../../src/pades/certificate.ts';
import { readInteger, readOnly } from '../../src/pades/der-reader.ts';
import type { SealTrust } from '../../src/verify/seal.ts';

/** The moment at which the tests seal and verify unless they say otherwise. */
export const NOW = new Date('2026-03-01T09:00:00Z');
const BEGIN = new Date('2026-01-01T00:00:00Z');
const END = new Date('2029-01-01T00:00:00Z');

export interface Authority extends Issuer {
  readonly certificate: Buffer;
  /** This authority's certificate and those above it but the root. */
  readonly chain: readonly Buffer[];
}

export interface SignerWish {
  readonly authority: Authority;
  readonly key?: 'p-256' | 'p-384' | 'rsa-1024' | 'rsa-2048' | 'rsa-3072';
  readonly subject?: NameParts;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
  readonly extensions?: readonly Buffer[];
}

/** Where the test certificates say that their revocation can be asked; nothing answers there. */
export const ADDRESSES = {
  ocsp: 'http://127.0.0.1:9/ocsp',
  crl: 'http://127.0.0.1:9/issuing.crl',
  issuerCertificate: 'http://127.0.0.1:9/issuing.crt',
};

/** The name in which the test signers seal. */
export const SEAL_NAME: NameParts = [
  [ATTRIBUTE.country, 'BE'],
  [ATTRIBUTE.organisation, 'Office for Quarantine'],
  [ATTRIBUTE.organisationIdentifier, 'NTRBE-0206731645'],
  [ATTRIBUTE.commonName, 'Office for Quarantine'],
];

/** Makes a certification authority: a root, or one under `above`. */
export function createAuthority(
  commonName: string,
  above?: Authority,
  extensions = caExtensions(),
): Authority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = writeName([[ATTRIBUTE.commonName, commonName]]);
  const own = { name, key: privateKey, publicKey };
  const certificate = issueCertificate(above ?? own, {
    subject: name,
    publicKey,
    notBefore: BEGIN,
    notAfter: END,
    extensions,
  });
  return { ...own, certificate, chain: above === undefined ? [] : [certificate, ...above.chain] };
}

/** Makes a key with its certificate, by default one fit for sealing. */
export function createSigner(wish: SignerWish): Signer {
  const type = wish.key ?? 'p-256';
  const { privateKey, publicKey } = createKey(type);
  const certificate = issueCertificate(wish.authority, {
    subject: writeName(wish.subject ?? SEAL_NAME),
    publicKey,
    notBefore: wish.notBefore ?? BEGIN,
    notAfter: wish.notAfter ?? END,
    extensions: wish.extensions ?? sealExtensions(ADDRESSES),
  });
  return type === 'rsa-1024'
    ? weakSigner(privateKey, certificate, wish.authority.chain)
    : loadPemSigner(
        'seal',
        privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
        [certificate, ...wish.authority.chain].map(toPem).join(''),
      );
}

/** Makes an elliptic key with a certificate of any kind, as the parts of the development PKI have them. */
export function createKeyPair(
  authority: Authority,
  name: Buffer,
  extensions: readonly Buffer[],
): Issuer & { readonly certificate: Buffer } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const request = { subject: name, publicKey, notBefore: BEGIN, notAfter: END, extensions };
  return { name, key: privateKey, publicKey, certificate: issueCertificate(authority, request) };
}

/** A signer around a key that `loadPemSigner` would refuse, as an attacker would have. */
export function weakSigner(key: KeyObject, certificate: Buffer, chain: readonly Buffer[]): Signer {
  const algorithm: KeyAlgorithm = 'rsa-2048';
  return {
    keyId: createHash('sha256').update(certificate).digest('hex').slice(0, 16),
    algorithm,
    certificate,
    chain,
    signatureBytes: (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8,
    sign: async (data) => sign('sha256', data, key),
  };
}

/** What a verifier needs that relies on one root and one issuing authority. */
export function trustIn(root: Authority, issuing: Authority, at = NOW): SealTrust {
  return { anchors: [root.certificate], intermediates: [issuing.certificate], at };
}

/** A list of `authority` that revokes these certificates (DER) since a moment. */
export function createCrl(
  authority: Authority,
  revoked: readonly Buffer[] = [],
  dates: { since?: Date; thisUpdate?: Date; nextUpdate?: Date } = {},
): Buffer {
  return issueCrl(authority, {
    number: 1,
    thisUpdate: dates.thisUpdate ?? new Date(NOW.getTime() - 60_000),
    nextUpdate: dates.nextUpdate ?? new Date(NOW.getTime() + 60_000),
    revocations: revoked.map((certificate) => ({
      serial: readInteger(readOnly(parseCertificate(certificate).serial)),
      since: dates.since ?? new Date(NOW.getTime() - 60_000),
    })),
  });
}

export function toPem(certificate: Buffer): string {
  return new X509Certificate(certificate).toString();
}

function createKey(type: NonNullable<SignerWish['key']>): { privateKey: KeyObject; publicKey: KeyObject } {
  return type.startsWith('p-')
    ? generateKeyPairSync('ec', { namedCurve: type.toUpperCase() })
    : generateKeyPairSync('rsa', { modulusLength: Number(type.slice('rsa-'.length)) });
}
