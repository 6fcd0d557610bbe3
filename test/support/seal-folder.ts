/** A folder of seal keys as an operator keeps it, with an authority whose certificates are valid now. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Issuer, issueCertificate, writeName } from '../../src/embedded/pki/certificate.ts';
import { caExtensions, sealExtensions } from '../../src/embedded/pki/profiles.ts';
import { ADDRESSES, SEAL_NAME, toPem } from './pki.ts';

const DAY = 24 * 60 * 60 * 1000;

/** A moment some days from now. */
export const inDays = (days: number): Date => new Date(Date.now() + days * DAY);

export interface CertificateWish {
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

export interface TestSealFolder {
  readonly folder: string;
  /** A file with the root. */
  readonly trustFile: string;
  readonly rootPem: string;
  /** Writes a file and gives its path. */
  file(name: string, content: string): string;
  /** Gives the certificate of a public key, and that of the authority, as PEM. */
  certify(publicKey: KeyObject, wish?: CertificateWish): string;
  /** Makes a P-256 key with certificate and `<name>.json`; `more` stands in that file beside the key. */
  addKey(name: string, wish?: CertificateWish, more?: Readonly<Record<string, unknown>>): void;
  remove(): void;
}

/** Makes an empty folder of seal keys with an authority. */
export function createSealFolder(): TestSealFolder {
  const folder = mkdtempSync(join(tmpdir(), 'ebox-seal-keys-'));
  const root = createIssuer('Root');
  const issuing = createIssuer('Issuing', root);
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const rootPem = toPem(root.certificate);
  const certify: TestSealFolder['certify'] = (publicKey, wish = {}) =>
    toPem(
      issueCertificate(issuing, {
        subject: writeName(SEAL_NAME),
        publicKey,
        notBefore: wish.notBefore ?? inDays(-10),
        notAfter: wish.notAfter ?? inDays(700),
        extensions: sealExtensions(ADDRESSES),
      }),
    ) + toPem(issuing.certificate);
  return {
    folder,
    trustFile: file('roots.pem', rootPem),
    rootPem,
    file,
    certify,
    addKey(name, wish, more = {}) {
      const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      file(`${name}.key`, String(privateKey.export({ format: 'pem', type: 'pkcs8' })));
      file(`${name}.crt`, certify(publicKey, wish));
      file(`${name}.json`, JSON.stringify({ key: { file: `${name}.key` }, ...more }));
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function createIssuer(commonName: string, above?: Issuer): Issuer & { readonly certificate: Buffer } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const own = { name: writeName([['2.5.4.3', commonName]]), key: privateKey, publicKey };
  const certificate = issueCertificate(above ?? own, {
    subject: own.name,
    publicKey,
    notBefore: inDays(-1000),
    notAfter: inDays(3000),
    extensions: caExtensions(),
  });
  return { ...own, certificate };
}
