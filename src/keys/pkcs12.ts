/** Opens a PKCS#12 file (RFC 7292) and gives key and certificates as PEM, as certificate issuers deliver them. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import forge from 'node-forge';
import { ServiceError } from '../errors.ts';

export interface OpenedPkcs12 {
  readonly keyPem: string;
  /** The key's own certificate first, then the others of the file. */
  readonly certificatesPem: string;
}

/**
 * Opens a PKCS#12 file with its passphrase. Keys may be RSA or EC: node-forge takes the file apart, and what it holds
 * is read by Node itself. Throws `keyUnfit` in one sentence: not PKCS#12, wrong passphrase, no key or more than one.
 */
export function openPkcs12(purpose: string, file: Buffer, passphrase: string): OpenedPkcs12 {
  const container = takeApart(purpose, file, passphrase);
  const keys = bagsOf(container, forge.pki.oids.pkcs8ShroudedKeyBag, forge.pki.oids.keyBag).map((bag) =>
    createPrivateKey({ key: derOf(bag), format: 'der', type: 'pkcs8' }),
  );
  const [key] = keys;
  if (key === undefined || keys.length > 1) {
    throw new ServiceError(
      'keyUnfit',
      `${purpose}: the PKCS#12 file holds ${keys.length} private keys, one is needed`,
    );
  }
  const certificates = bagsOf(container, forge.pki.oids.certBag).map(
    (bag) => new X509Certificate(derOf(bag)),
  );
  const own = certificates.filter((certificate) => certificate.checkPrivateKey(key));
  const others = certificates.filter((certificate) => !own.includes(certificate));
  return {
    keyPem: String(key.export({ format: 'pem', type: 'pkcs8' })),
    certificatesPem: [...own, ...others].map((certificate) => certificate.toString()).join(''),
  };
}

function takeApart(purpose: string, file: Buffer, passphrase: string): forge.pkcs12.Pkcs12Pfx {
  try {
    const structure = forge.asn1.fromDer(file.toString('binary'));
    return forge.pkcs12.pkcs12FromAsn1(structure, passphrase);
  } catch (cause) {
    const reason = `is neither PEM nor PKCS#12 that opens with the passphrase given`;
    throw new ServiceError('keyUnfit', `${purpose}: the key file ${reason}`, { cause });
  }
}

function bagsOf(
  container: forge.pkcs12.Pkcs12Pfx,
  ...types: readonly (string | undefined)[]
): forge.pkcs12.Bag[] {
  return types.flatMap((bagType) =>
    bagType === undefined ? [] : (container.getBags({ bagType })[bagType] ?? []),
  );
}

/** node-forge reads RSA itself and leaves what it does not know, such as EC, as it stands in the file. */
function derOf(bag: forge.pkcs12.Bag): Buffer {
  return Buffer.from(forge.asn1.toDer(structureOf(bag)).getBytes(), 'binary');
}

function structureOf(bag: forge.pkcs12.Bag): forge.asn1.Asn1 {
  if (bag.cert) return forge.pki.certificateToAsn1(bag.cert);
  if (bag.key) return forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(bag.key));
  return bag.asn1;
}
