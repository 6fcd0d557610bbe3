/** Asks and reads what an OCSP responder (RFC 6960) says of one certificate. */
import { createHash } from 'node:crypto';
import { type Certificate, parseCertificate } from './certificate.ts';
import { element, integer, octetString, oid, sequence, TAG, tagged } from './der.ts';
import {
  type Element,
  MalformedDer,
  ofTag,
  readBitString,
  readChildren,
  readInteger,
  readOid,
  readOnly,
  readSequence,
  readTime,
} from './der-reader.ts';
import { keepLatest } from './kept.ts';
import { isIssuedBy } from './path.ts';
import { isSignedBy } from './signed.ts';

/** What a responder says of one certificate. */
export interface OcspEntry {
  /** CertID, DER. */
  readonly certificateId: Element;
  /** Since when it is revoked; `good` or `unknown` otherwise. */
  readonly status: 'good' | 'unknown' | Date;
  readonly thisUpdate: Date;
  /** Undefined: newer information is available at any moment (§4.2.2.1), so this one cannot be kept. */
  readonly nextUpdate: Date | undefined;
}

export interface OcspAnswer {
  /** The whole OCSPResponse, DER. */
  readonly der: Buffer;
  readonly tbs: Buffer;
  readonly signatureAlgorithm: Buffer;
  readonly signature: Buffer;
  readonly producedAt: Date;
  /** Value of the nonce extension, if any. */
  readonly nonce: Buffer | undefined;
  readonly entries: readonly OcspEntry[];
  /** Certificates of a delegated responder. */
  readonly certificates: readonly Certificate[];
}

const BASIC_RESPONSE = '1.3.6.1.5.5.7.48.1.1';
const NONCE = '1.3.6.1.5.5.7.48.1.2';
const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';
const SHA1 = '1.3.14.3.2.26';

/**
 * Writes the OCSPRequest (DER) about one certificate, with a nonce that the responder may repeat. Names and keys are
 * hashed with SHA-1, which every responder understands and which protects nothing here (RFC 5019 §2.1.1).
 */
export function writeOcspRequest(certificate: Certificate, issuer: Certificate, nonce: Buffer): Buffer {
  const certificateId = sequence(
    sequence(oid(SHA1), element(TAG.null)),
    octetString(hash('sha1', issuer.subject)),
    octetString(hash('sha1', keyBits(issuer))),
    certificate.serial,
  );
  const extension = sequence(oid(NONCE), octetString(octetString(nonce)));
  return sequence(sequence(sequence(sequence(certificateId)), tagged(2, sequence(extension))));
}

/** The documents of a day carry the same few. */
const MOST_KEPT = 200;

/**
 * Reads an OCSPResponse; the same bytes give the same object. Throws `MalformedDer`, also when the responder answers that
 * it cannot say anything.
 */
export const parseOcspAnswer: (der: Buffer) => OcspAnswer = keepLatest(MOST_KEPT, readAnswer);

function readAnswer(der: Buffer): OcspAnswer {
  const [status, wrapped] = readSequence(readOnly(der));
  const code = ofTag(status, TAG.enumerated).content.toString('hex');
  if (code !== '00') throw new MalformedDer(`the responder answered with status ${code}`);
  const [type, response] = readSequence(readOnly(ofTag(wrapped, 0xa0).content));
  if (readOid(type) !== BASIC_RESPONSE) throw new MalformedDer('not a basic OCSP response');
  const basic = readSequence(readOnly(ofTag(response, TAG.octetString).content));
  const [tbs, signatureAlgorithm, signature, certificates, ...others] = basic;
  if (others.length > 0) throw new MalformedDer('an OCSP response has four parts');
  const carried = certificates === undefined ? [] : readSequence(readOnly(ofTag(certificates, 0xa0).content));
  return {
    der,
    tbs: ofTag(tbs, TAG.sequence).raw,
    signatureAlgorithm: ofTag(signatureAlgorithm, TAG.sequence).raw,
    signature: readBitString(signature),
    certificates: carried.map(({ raw }) => parseCertificate(raw)),
    ...readData(tbs),
  };
}

/** Version 1 is the default and therefore left out; [1] and [2] name the responder (§4.2.1). */
function readData(tbs: Element | undefined): Pick<OcspAnswer, 'producedAt' | 'entries' | 'nonce'> {
  const [responder, producedAt, list, ...optional] = readSequence(tbs);
  if (responder?.tag !== 0xa1 && responder?.tag !== 0xa2) throw new MalformedDer('no responder is named');
  const extensions = optional.find((one) => one.tag === 0xa1);
  const nonce =
    extensions &&
    readSequence(readOnly(extensions.content))
      .map((one) => readSequence(one))
      .find(([type]) => readOid(type) === NONCE)
      ?.at(-1);
  return {
    producedAt: readTime(producedAt),
    nonce: nonce && ofTag(nonce, TAG.octetString).content,
    entries: readSequence(list).map(readEntry),
  };
}

function readEntry(entry: Element): OcspEntry {
  const [certificateId, status, thisUpdate, next] = readSequence(entry);
  return {
    certificateId: ofTag(certificateId, TAG.sequence),
    status: readStatus(status),
    thisUpdate: readTime(thisUpdate),
    nextUpdate: next?.tag === 0xa0 ? readTime(readOnly(next.content)) : undefined,
  };
}

function readStatus(status: Element | undefined): OcspEntry['status'] {
  if (status?.tag === 0xa1) return readTime(readChildren(status)[0]);
  return status?.tag === 0x80 ? 'good' : 'unknown';
}

/**
 * Gives what an answer says of a certificate, when its signer may say so: the issuer itself, or a responder that the issuer
 * delegated by a certificate for this purpose, valid when it answered (§4.2.2.2). Undefined otherwise.
 */
export function findOcspEntry(
  answer: OcspAnswer,
  certificate: Certificate,
  issuer: Certificate,
): OcspEntry | undefined {
  const entry = answer.entries.find(({ certificateId }) => isAbout(certificateId, certificate, issuer));
  if (entry === undefined) return undefined;
  const isAuthorised =
    isSignedBy(answer, issuer.publicKeyInfo) ||
    answer.certificates.some(
      (one) => isDelegate(one, issuer, answer.producedAt) && isSignedBy(answer, one.publicKeyInfo),
    );
  return isAuthorised ? entry : undefined;
}

function isDelegate(responder: Certificate, issuer: Certificate, at: Date): boolean {
  return (
    responder.extendedKeyUsage?.includes(OCSP_SIGNING) === true &&
    responder.unknownCritical.length === 0 &&
    responder.notBefore <= at &&
    at <= responder.notAfter &&
    isIssuedBy(responder, issuer, 0)
  );
}

const HASHES: Readonly<Record<string, string>> = {
  [SHA1]: 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

function isAbout(certificateId: Element, certificate: Certificate, issuer: Certificate): boolean {
  const [algorithm, nameHash, keyHash, serial] = readSequence(certificateId);
  const name = HASHES[readOid(readSequence(algorithm)[0])];
  return (
    name !== undefined &&
    ofTag(nameHash, TAG.octetString).content.equals(hash(name, issuer.subject)) &&
    ofTag(keyHash, TAG.octetString).content.equals(hash(name, keyBits(issuer))) &&
    integer(readInteger(serial)).equals(certificate.serial)
  );
}

/** The bits of subjectPublicKey, without the algorithm before them. */
function keyBits({ publicKeyInfo }: Certificate): Buffer {
  return readBitString(readSequence(readOnly(publicKeyInfo))[1]);
}

function hash(algorithm: string, bytes: Buffer): Buffer {
  return createHash(algorithm).update(bytes).digest();
}
