/** Checks our own sealed bytes before they leave the process: a fault in memory or in a key module stops here. */
import { ServiceError } from '../errors.ts';
import type { KeyIdentity } from '../keys/signer.ts';
import { isSignature, openPublicKey, sealSuiteOf } from '../pades/algorithm.ts';
import { digestAround, readGap, readSealGap, type SealGap } from '../pades/byte-range.ts';
import { type Certificate, parseCertificate } from '../pades/certificate.ts';
import { octetString } from '../pades/der.ts';
import { MalformedDer, readFirst } from '../pades/der-reader.ts';
import { ID, signerIdOf } from '../pades/signed-data.ts';
import { parseSignedData, type SignedData } from '../pades/signed-data-reader.ts';

/**
 * Checks that the ByteRange covers the file, that the digest is that of the file and that the signature opens with the
 * signer's certificate. Throws `sealBroken` when any of it is not so; the file must then not be issued.
 */
export function checkSealed(pdf: Buffer, signer: Sealer): void {
  findSealer(pdf, [signer]);
}

/** What is needed to know a seal again. */
export type Sealer = Pick<KeyIdentity, 'certificate'>;

/**
 * Checks a sealed file as `checkSealed` does, and gives the one of several keys that sealed it: a document may have been
 * sealed before the keys changed. Throws `sealBroken` also when it was none of them.
 */
export function findSealer<Key extends Sealer>(pdf: Buffer, keys: readonly Key[]): Key {
  const gap = readSealGap(pdf);
  if (gap === undefined) throw broken('its ByteRange does not cover the file');
  const signedData = readSignedData(pdf, gap);
  const key = keys.find((one) => signedData.signerId.equals(signerIdOf(certificateOf(one))));
  if (key === undefined) throw broken('it names another certificate');
  checkSignature(pdf, gap, signedData, certificateOf(key));
  return key;
}

function checkSignature(pdf: Buffer, gap: SealGap, signedData: SignedData, certificate: Certificate): void {
  const publicKey = openPublicKey(certificate.publicKeyInfo);
  if (publicKey === undefined) throw broken('its key is too weak or of an unknown kind');
  const { hash } = sealSuiteOf(publicKey.type, publicKey.bits);
  const digest = signedData.attributes.get(ID.messageDigest);
  if (digest?.equals(octetString(digestAround(pdf, gap, hash))) !== true)
    throw broken('its digest is not that of the file');
  const { signatureAlgorithm, signedAttributes, signature } = signedData;
  if (!isSignature(certificate.publicKeyInfo, signatureAlgorithm, signedAttributes, signature)) {
    throw broken('its signature does not open with the certificate');
  }
}

/** Read once for each signer; reading it again would cost as much as the rest of the check. */
const certificates = new WeakMap<Sealer, Certificate>();

function certificateOf(signer: Sealer): Certificate {
  const certificate = certificates.get(signer) ?? parseCertificate(signer.certificate);
  certificates.set(signer, certificate);
  return certificate;
}

function readSignedData(pdf: Buffer, gap: SealGap): SignedData {
  try {
    return parseSignedData(readFirst(readGap(pdf, gap)).raw);
  } catch (cause) {
    if (cause instanceof MalformedDer) throw broken('its signature value cannot be read', cause);
    throw cause;
  }
}

function broken(why: string, cause?: unknown): ServiceError {
  return new ServiceError('sealBroken', `the seal just made is unusable: ${why}`, { cause });
}
