/** Checks our own sealed bytes before they leave the process: a fault in memory or in a key module stops here. */
import { createHash } from 'node:crypto';
import type { SealLevel } from '../domain/verification.ts';
import { ServiceError } from '../errors.ts';
import type { KeyIdentity } from '../keys/signer.ts';
import { isSignature, openPublicKey, sealSuiteOf } from '../pades/algorithm.ts';
import { digestAround, readGap, readSealGap, type SealGap } from '../pades/byte-range.ts';
import { type Certificate, parseCertificate } from '../pades/certificate.ts';
import { octetString } from '../pades/der.ts';
import { MalformedDer, readFirst } from '../pades/der-reader.ts';
import { ID, signerIdOf } from '../pades/signed-data.ts';
import { parseSignedData, type SignedData } from '../pades/signed-data-reader.ts';
import { parseTimeStampToken } from '../pades/token.ts';

/**
 * Checks that the ByteRange covers the file, that the digest is that of the file, that the signature opens with the
 * signer's certificate and that a time-stamp is that of the signature; gives the level that the file has. Throws
 * `sealBroken` when any of it is not so; the file must then not be issued.
 */
export function checkSealed(pdf: Buffer, signer: Sealer): SealLevel {
  return findSealer(pdf, [signer]).level;
}

/** What is needed to know a seal again. */
export type Sealer = Pick<KeyIdentity, 'certificate'>;

/** The key that sealed a file, and the level of its seal. */
export interface FoundSeal<Key> {
  readonly key: Key;
  readonly level: SealLevel;
}

/**
 * Checks a sealed file as `checkSealed` does, and gives the one of several keys that sealed it: a document may have been
 * sealed before the keys changed. Throws `sealBroken` also when it was none of them.
 */
export function findSealer<Key extends Sealer>(pdf: Buffer, keys: readonly Key[]): FoundSeal<Key> {
  const gap = readSealGap(pdf);
  if (gap === undefined) throw broken('its ByteRange does not cover the file');
  const signedData = readSignedData(pdf, gap);
  const key = keys.find((one) => signedData.signerId.equals(signerIdOf(certificateOf(one))));
  if (key === undefined) throw broken('it names another certificate');
  return { key, level: checkSignature(pdf, gap, signedData, certificateOf(key)) };
}

function checkSignature(
  pdf: Buffer,
  gap: SealGap,
  signedData: SignedData,
  certificate: Certificate,
): SealLevel {
  const publicKey = openPublicKey(certificate.publicKeyInfo);
  if (publicKey === undefined) throw broken('its key is too weak or of an unknown kind');
  const { hash } = sealSuiteOf(publicKey.type, publicKey.bits);
  const digest = signedData.attributes.get(ID.messageDigest);
  if (digest?.equals(octetString(digestAround(pdf, gap, hash))) !== true)
    throw broken('its digest is not that of the file');
  const { signatureAlgorithm, signedAttributes, signature, timeStamp } = signedData;
  if (!isSignature(certificate.publicKeyInfo, signatureAlgorithm, signedAttributes, signature)) {
    throw broken('its signature does not open with the certificate');
  }
  if (timeStamp === undefined) return 'B-B';
  checkImprint(timeStamp, signature);
  return pdf.includes(STORE) ? 'B-LT' : 'B-T';
}

/** As rendering writes it, and as no other object of ours is. */
const STORE = '/Type /DSS\n';

/** The token itself was checked when it came; this is that it came for this signature. */
function checkImprint(timeStamp: Buffer, signature: Buffer): void {
  const imprint = readImprint(timeStamp);
  if (!imprint.equals(createHash('sha256').update(signature).digest())) {
    throw broken('its time-stamp is that of something else');
  }
}

/** Read once for each signer; reading it again would cost as much as the rest of the check. */
const certificates = new WeakMap<Sealer, Certificate>();

function certificateOf(signer: Sealer): Certificate {
  const certificate = certificates.get(signer) ?? parseCertificate(signer.certificate);
  certificates.set(signer, certificate);
  return certificate;
}

function readImprint(timeStamp: Buffer): Buffer {
  try {
    return parseTimeStampToken(timeStamp).imprint;
  } catch (cause) {
    if (cause instanceof MalformedDer) throw broken('its time-stamp cannot be read', cause);
    throw cause;
  }
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
