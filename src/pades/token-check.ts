/** Checks a time-stamp token from pinned trust: the same rule for whoever asks for one and whoever verifies one. */
import { createHash } from 'node:crypto';
import { isSignature, SEAL_ALGORITHM } from './algorithm.ts';
import type { Certificate } from './certificate.ts';
import { element, octetString, oid, sequence, TAG } from './der.ts';
import { MalformedDer, readOnly, readSequence } from './der-reader.ts';
import { findPaths, type Path, type PathTrust } from './path.ts';
import { timeStampPurposeFault } from './profile.ts';
import { ID, signerIdOf } from './signed-data.ts';
import { parseTimeStampToken, type TimeStampToken, TST_INFO } from './token.ts';

/** A token that says what it should; whether its paths were valid and not revoked is for the caller to judge. */
export interface SoundToken {
  readonly token: TimeStampToken;
  readonly signer: Certificate;
  /** From the authority's certificate to a pinned root. */
  readonly paths: readonly Path[];
}

/** Why a token proves nothing, in words that follow "the time-stamp". */
export interface TokenFault {
  readonly fault: 'form' | 'imprint' | 'algorithm' | 'signature' | 'path' | 'purpose';
  readonly why: string;
}

/**
 * Checks that a token (DER) stamps this SHA-256, is signed by the certificate that it names, and that this one is meant for
 * time-stamping and leads to a pinned root. Certificates inside only help to find the way. Never throws.
 */
export function checkTimeStampToken(der: Buffer, imprint: Buffer, trust: PathTrust): SoundToken | TokenFault {
  const token = read(der);
  if ('fault' in token) return token;
  if (token.digestAlgorithm !== SHA256 || !token.imprint.equals(imprint)) {
    return { fault: 'imprint', why: 'is that of something else' };
  }
  if (token.certificates.length > MOST_CERTIFICATES)
    return { fault: 'form', why: 'carries more certificates than its authority has above it' };
  const signer = token.certificates.find((one) => signerIdOf(one).equals(token.signerId));
  if (signer === undefined) return { fault: 'form', why: 'does not carry the certificate of its signer' };
  const fault = signatureFault(token, signer);
  if (fault !== undefined) return fault;
  const purpose = timeStampPurposeFault(signer);
  const authorities = new Set([...trust.intermediates, ...token.certificates]);
  const wide = { anchors: trust.anchors, intermediates: [...authorities] };
  const paths = findPaths(signer, wide);
  if (paths.length === 0) return { fault: 'path', why: 'is not that of an authority this service relies on' };
  if (purpose !== undefined) return { fault: 'purpose', why: `is of a signer whose certificate ${purpose}` };
  return strangersFault(token, signer, wide) ?? { token, signer, paths };
}

/** A path is no longer than six; an authority may have certificates of several issuers. */
const MOST_CERTIFICATES = 12;

const SHA256 = '2.16.840.1.101.3.4.2.1';
const HASHES: Readonly<Record<string, string>> = {
  [SHA256]: 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/** What rsaEncryption means beside a digest algorithm: the AlgorithmIdentifier with both (RFC 4055 §5). */
const WITH_RSA: Readonly<Record<string, Buffer>> = {
  sha256: sequence(oid('1.2.840.113549.1.1.11'), element(TAG.null)),
  sha384: sequence(oid('1.2.840.113549.1.1.12'), element(TAG.null)),
  sha512: sequence(oid('1.2.840.113549.1.1.13'), element(TAG.null)),
};

function read(der: Buffer): TimeStampToken | TokenFault {
  try {
    return parseTimeStampToken(der);
  } catch (error) {
    if (error instanceof MalformedDer) return { fault: 'form', why: `cannot be read: ${error.message}` };
    throw error;
  }
}

function signatureFault(token: TimeStampToken, signer: Certificate): TokenFault | undefined {
  const { attributes, content, signedAttributes, signature } = token;
  const hash = HASHES[token.signerDigestAlgorithm];
  if (hash === undefined) return { fault: 'algorithm', why: 'uses a digest that is too weak or unknown' };
  if (attributes.get(ID.contentType)?.equals(oid(TST_INFO)) !== true) {
    return { fault: 'form', why: 'signs another type of content' };
  }
  const digest = createHash(hash).update(content).digest();
  if (attributes.get(ID.messageDigest)?.equals(octetString(digest)) !== true) {
    return { fault: 'signature', why: 'was altered' };
  }
  if (!namesCertificate(attributes, signer)) {
    return { fault: 'form', why: 'was signed with another certificate than the one it names' };
  }
  const isRsa = token.signatureAlgorithm.equals(SEAL_ALGORITHM.rsa);
  const algorithm = (isRsa ? WITH_RSA[hash] : undefined) ?? token.signatureAlgorithm;
  return isSignature(signer.publicKeyInfo, algorithm, signedAttributes, signature)
    ? undefined
    : { fault: 'signature', why: 'has a signature that does not open with the key of its certificate' };
}

const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';

/**
 * The attribute that ties the signature to one certificate: ESSCertIDv2 (RFC 5816 §2.2.1), else ESSCertID, whose SHA-1
 * only names a certificate that the signature itself must open with (RFC 3161 §2.4.2).
 */
function namesCertificate(attributes: ReadonlyMap<string, Buffer>, { der }: Certificate): boolean {
  const second = attributes.get(ID.signingCertificateV2);
  const first = attributes.get(SIGNING_CERTIFICATE);
  const value = second ?? first;
  if (value === undefined) return false;
  try {
    const [certificateId] = readSequence(readSequence(readOnly(value))[0]);
    const [head, next] = readSequence(certificateId);
    const isNamed = second !== undefined && head?.tag === TAG.sequence;
    const hash = isNamed ? HASHES[dotted(head.raw)] : second === undefined ? 'sha1' : 'sha256';
    const stated = (isNamed ? next : head)?.content;
    return hash !== undefined && stated?.equals(createHash(hash).update(der).digest()) === true;
  } catch (error) {
    if (error instanceof MalformedDer) return false;
    throw error;
  }
}

function dotted(algorithm: Buffer): string {
  const found = readSequence(readOnly(algorithm))[0]?.raw.toString('hex');
  return Object.keys(HASHES).find((one) => oid(one).toString('hex') === found) ?? '';
}

/** Certificates inside a token are not signed: each must lead to a pinned root as well, so that nothing can hide there. */
function strangersFault(
  { certificates }: TimeStampToken,
  signer: Certificate,
  trust: PathTrust,
): TokenFault | undefined {
  const isKnown = certificates.every(
    (one) =>
      one === signer ||
      trust.anchors.some(({ der }) => der.equals(one.der)) ||
      (one.isCa && findPaths(one, trust).length > 0),
  );
  const isUnique = certificates.every(
    (one, at) => certificates.findIndex(({ der }) => der.equals(one.der)) === at,
  );
  return isKnown && isUnique
    ? undefined
    : { fault: 'form', why: 'carries certificates that are not those of its issuers' };
}
