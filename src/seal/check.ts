/** Checks our own sealed bytes before they leave the process: a fault in memory or in a key module stops here. */
import { createHash } from 'node:crypto';
import type { SealLevel } from '../domain/verification.ts';
import { ServiceError } from '../errors.ts';
import type { KeyIdentity } from '../keys/signer.ts';
import { isSignature, openPublicKey, sealSuiteOf } from '../pades/algorithm.ts';
import { digestsOf, readFilledGap, type SealGap } from '../pades/byte-range.ts';
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
 *
 * Every byte is hashed anew, also those whose hash sealing knew before: a bit that flipped in the shared beginning, there
 * or in the copy, is found by nothing else. The hash of the whole file comes out of the same pass.
 */
export function checkSealed(pdf: Buffer, signer: Sealer): SealLevel {
  return findSealer(pdf, [signer]).level;
}

/** What is needed to know a seal again. */
export type Sealer = Pick<KeyIdentity, 'certificate'>;

/** The key that sealed a file, the level of its seal, and the SHA-256 of the file. */
export interface FoundSeal<Key> {
  readonly key: Key;
  readonly level: SealLevel;
  readonly sha256: Buffer;
}

/**
 * Checks a sealed file as `checkSealed` does, and gives the one of several keys that sealed it: a document may have been
 * sealed before the keys changed. Throws `sealBroken` also when it was none of them.
 * @param prefixBytes the beginning of what was sealed, known to hold no ByteRange; the digest proves it to be still the same
 */
export function findSealer<Key extends Sealer>(
  pdf: Buffer,
  keys: readonly Key[],
  prefixBytes = 0,
): FoundSeal<Key> {
  const gap = readFilledGap(pdf, prefixBytes);
  if (gap === undefined) throw broken('its ByteRange does not cover the file');
  const signedData = readSignedData(gap.contents);
  const key = keys.find((one) => signedData.signerId.equals(knownOf(one).signerId));
  if (key === undefined) throw broken('it names another certificate');
  return { key, ...checkSignature(pdf, gap, signedData, knownOf(key).certificate) };
}

function checkSignature(
  pdf: Buffer,
  gap: SealGap,
  signedData: SignedData,
  certificate: Certificate,
): Omit<FoundSeal<Sealer>, 'key'> {
  const publicKey = openPublicKey(certificate.publicKeyInfo);
  if (publicKey === undefined) throw broken('its key is too weak or of an unknown kind');
  const { around, whole } = digestsOf(pdf, gap, sealSuiteOf(publicKey.type, publicKey.bits).hash);
  const digest = signedData.attributes.get(ID.messageDigest);
  if (digest?.equals(octetString(around)) !== true) throw broken('its digest is not that of the file');
  const { signatureAlgorithm, signedAttributes, signature, timeStamp } = signedData;
  if (!isSignature(certificate.publicKeyInfo, signatureAlgorithm, signedAttributes, signature)) {
    throw broken('its signature does not open with the certificate');
  }
  if (timeStamp === undefined) return { level: 'B-B', sha256: whole };
  checkImprint(timeStamp, signature);
  return { level: pdf.includes(STORE) ? 'B-LT' : 'B-T', sha256: whole };
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

interface Known {
  readonly certificate: Certificate;
  readonly signerId: Buffer;
}

/** Read once for each signer; reading it again would cost as much as the rest of the check. */
const known = new WeakMap<Sealer, Known>();

function knownOf(signer: Sealer): Known {
  const kept = known.get(signer);
  if (kept !== undefined) return kept;
  const certificate = parseCertificate(signer.certificate);
  const read = { certificate, signerId: signerIdOf(certificate) };
  known.set(signer, read);
  return read;
}

function readImprint(timeStamp: Buffer): Buffer {
  try {
    return parseTimeStampToken(timeStamp).imprint;
  } catch (cause) {
    if (cause instanceof MalformedDer) throw broken('its time-stamp cannot be read', cause);
    throw cause;
  }
}

function readSignedData(contents: Buffer): SignedData {
  try {
    return parseSignedData(readFirst(contents).raw);
  } catch (cause) {
    if (cause instanceof MalformedDer) throw broken('its signature value cannot be read', cause);
    throw cause;
  }
}

function broken(why: string, cause?: unknown): ServiceError {
  return new ServiceError('sealBroken', `the seal just made is unusable: ${why}`, { cause });
}
