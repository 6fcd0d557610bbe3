/** Checks the signature value of a seal: its form, the digest of the file, the certificate it names, the signature. */
import { isSignature, openPublicKey, type SealSuite, sealSuiteOf } from '../pades/algorithm.ts';
import {
  digestAround,
  MAX_PADDING_BYTES,
  MAX_PADDING_WITH_TOKEN_BYTES,
  readGap,
  type SealGap,
} from '../pades/byte-range.ts';
import { type Certificate, parseCertificate } from '../pades/certificate.ts';
import { octetString, oid } from '../pades/der.ts';
import { MalformedDer, readFirst } from '../pades/der-reader.ts';
import { ID, signerIdOf, signingCertificateV2 } from '../pades/signed-data.ts';
import { parseSignedData, type SignedData } from '../pades/signed-data-reader.ts';
import { type Fault, failed, undecided } from './verdict.ts';

export interface OpenedSeal {
  /** The signer's certificate, not yet trusted. */
  readonly signer: Certificate;
  /** What else is wrong with the seal, if anything. */
  readonly fault?: Fault;
  /** The other certificates carried along. */
  readonly others: readonly Certificate[];
  readonly signature: Buffer;
  /** The time-stamp token over the signature, not yet looked at. */
  readonly timeStamp: Buffer | undefined;
}

/** A signature with its certificates has two to six kilobytes, a time-stamp as many again. */
const MAX_GAP_BYTES = 128 * 1024;

/** Opens the signature value; gives a fault when not even the signer's certificate is known. Never throws. */
export function openSeal(pdf: Buffer, gap: SealGap): OpenedSeal | Fault {
  if (gap.end - gap.start > MAX_GAP_BYTES)
    return failed('FORMAT_FAILURE', 'the seal has more room than a signature needs');
  try {
    return open(pdf, gap);
  } catch (error) {
    if (!(error instanceof MalformedDer)) throw error;
    return failed(
      'FORMAT_FAILURE',
      `the signature value of the seal is not of the profile: ${error.message}`,
    );
  }
}

function open(pdf: Buffer, gap: SealGap): OpenedSeal | Fault {
  const room = readGap(pdf, gap);
  const { raw } = readFirst(room);
  const padding = room.subarray(raw.length);
  const signedData = parseSignedData(raw);
  const longest = signedData.timeStamp === undefined ? MAX_PADDING_BYTES : MAX_PADDING_WITH_TOKEN_BYTES;
  if (padding.length > longest || padding.some((byte) => byte !== 0)) {
    return failed('FORMAT_FAILURE', 'something follows the signature value in its room');
  }
  const certificates = signedData.certificates.map(parseCertificate);
  const at = certificates.findIndex((one) => signerIdOf(one).equals(signedData.signerId));
  const signer = certificates[at];
  if (signer === undefined) {
    return undecided('NO_SIGNING_CERTIFICATE_FOUND', "the seal does not carry its signer's certificate");
  }
  const key = openPublicKey(signer.publicKeyInfo);
  // A key that is not allowed is said last: whether the file was altered tells more.
  const suite = key === undefined ? sealSuiteOf('ec', 256) : sealSuiteOf(key.type, key.bits);
  const fault =
    checkAttributes(signedData, suite, digestAround(pdf, gap, suite.hash)) ??
    checkCertificate(signedData, signer) ??
    checkSignature(signedData, suite, signer);
  const others = certificates.filter((_, index) => index !== at);
  const { signature, timeStamp } = signedData;
  return { signer, others, signature, timeStamp, ...(fault && { fault }) };
}

/** Exactly these attributes: a signing-time would contradict the profile (ETSI EN 319 142-1 §6.3). */
function checkAttributes(
  { contentType, digestAlgorithm, attributes }: SignedData,
  suite: SealSuite,
  digest: Buffer,
): Fault | undefined {
  if (contentType !== ID.data || attributes.get(ID.contentType)?.equals(oid(ID.data)) !== true) {
    return failed('FORMAT_FAILURE', 'the seal signs another type of content');
  }
  const expected = [ID.contentType, ID.messageDigest, ID.signingCertificateV2];
  if (attributes.size !== expected.length || !expected.every((type) => attributes.has(type))) {
    return failed('FORMAT_FAILURE', 'the signed attributes are not those of a PAdES seal');
  }
  if (!digestAlgorithm.equals(suite.digestAlgorithm)) {
    return undecided('CRYPTO_CONSTRAINTS_FAILURE', 'the seal uses another digest than its key asks for');
  }
  if (attributes.get(ID.messageDigest)?.equals(octetString(digest)) !== true) {
    return failed('HASH_FAILURE', 'the file was altered after it was sealed');
  }
  return undefined;
}

function checkCertificate({ attributes }: SignedData, signer: Certificate): Fault | undefined {
  return attributes.get(ID.signingCertificateV2)?.equals(signingCertificateV2(signer)) === true
    ? undefined
    : undecided(
        'NO_SIGNING_CERTIFICATE_FOUND',
        'the seal was made with another certificate than the one it carries',
      );
}

function checkSignature(
  signedData: SignedData,
  suite: SealSuite,
  { publicKeyInfo }: Certificate,
): Fault | undefined {
  const { signatureAlgorithm, signedAttributes, signature } = signedData;
  const key = openPublicKey(publicKeyInfo);
  if (key === undefined || !signatureAlgorithm.equals(suite.signatureAlgorithm)) {
    return undecided(
      'CRYPTO_CONSTRAINTS_FAILURE',
      'the seal uses a key or an algorithm that is too weak or not allowed',
    );
  }
  return isSignature(publicKeyInfo, signatureAlgorithm, signedAttributes, signature)
    ? undefined
    : failed('SIG_CRYPTO_FAILURE', 'the signature does not open with the key of its certificate');
}
