/** Reads a time-stamp token (RFC 3161 §2.4.2): a CMS SignedData around a TSTInfo, in strict DER. */
import { type Certificate, parseCertificate } from './certificate.ts';
import { element, TAG } from './der.ts';
import {
  type Element,
  MalformedDer,
  ofTag,
  readChildren,
  readInteger,
  readNumber,
  readOid,
  readOnly,
  readSequence,
} from './der-reader.ts';
import { ID } from './signed-data.ts';
import { parseAttributes } from './signed-data-reader.ts';

/** What the authority states. */
export interface TimeStampInfo {
  /** Object identifier. */
  readonly policy: string;
  /** Object identifier of the digest algorithm, and the digest. */
  readonly digestAlgorithm: string;
  readonly imprint: Buffer;
  /** Upper-case hexadecimal. */
  readonly serialNumber: string;
  /** genTime, to the millisecond. */
  readonly time: Date;
  /** Without the byte that makes it positive. */
  readonly nonce: Buffer | undefined;
}

/** A token as read; nothing in it is checked yet. */
export interface TimeStampToken extends TimeStampInfo {
  /** The TSTInfo as it was signed, DER. */
  readonly content: Buffer;
  readonly certificates: readonly Certificate[];
  /** IssuerAndSerialNumber of the authority's certificate, DER. */
  readonly signerId: Buffer;
  /** Object identifier. */
  readonly signerDigestAlgorithm: string;
  /** What the signature covers: the attributes as SET, DER. */
  readonly signedAttributes: Buffer;
  readonly attributes: ReadonlyMap<string, Buffer>;
  /** AlgorithmIdentifier, DER. */
  readonly signatureAlgorithm: Buffer;
  readonly signature: Buffer;
}

/** Object identifier of the content type TSTInfo. */
export const TST_INFO = '1.2.840.113549.1.9.16.1.4';

/**
 * Reads a token. Throws `MalformedDer` for what is none, and for several signers, unsigned attributes, and certificates
 * of other kinds than X.509 or revocation lists inside.
 */
export function parseTimeStampToken(der: Buffer): TimeStampToken {
  const [type, wrapped, ...after] = readSequence(readOnly(der));
  if (readOid(type) !== ID.signedData || after.length > 0) throw new MalformedDer('not a SignedData');
  const fields = readSequence(readOnly(ofTag(wrapped, 0xa0).content));
  const [version, algorithms, encapsulated, certificates, signerInfos, ...others] = fields;
  if (readNumber(version) !== 3 || others.length > 0) throw new MalformedDer('not the form of a token');
  const [contentType, inside, ...more] = readSequence(encapsulated);
  if (readOid(contentType) !== TST_INFO || more.length > 0) throw new MalformedDer('no TSTInfo inside');
  const { content } = readOnly(ofTag(inside, 0xa0).content, TAG.octetString);
  const [signerInfo, ...otherSigners] = readChildren(ofTag(signerInfos, TAG.set));
  if (otherSigners.length > 0) throw new MalformedDer('there are several signers');
  const { algorithm, ...signer } = readSigner(signerInfo);
  if (!ofTag(algorithms, TAG.set).content.equals(algorithm)) {
    throw new MalformedDer('the digest algorithms differ');
  }
  return {
    content,
    certificates: readChildren(ofTag(certificates, 0xa0)).map((one) =>
      parseCertificate(ofTag(one, TAG.sequence).raw),
    ),
    ...signer,
    ...readInfo(content),
  };
}

function readSigner(signerInfo: Element | undefined) {
  const fields = readSequence(signerInfo);
  const [version, signerId, digestAlgorithm, attributes, signatureAlgorithm, signature, ...others] = fields;
  if (readNumber(version) !== 1 || others.length > 0)
    throw new MalformedDer('the signer is not plainly named');
  const set = ofTag(attributes, 0xa0);
  return {
    signerId: ofTag(signerId, TAG.sequence).raw,
    algorithm: ofTag(digestAlgorithm, TAG.sequence).raw,
    signerDigestAlgorithm: readAlgorithm(digestAlgorithm),
    signedAttributes: element(TAG.set, set.content),
    attributes: parseAttributes(readChildren(set)),
    signatureAlgorithm: ofTag(signatureAlgorithm, TAG.sequence).raw,
    signature: ofTag(signature, TAG.octetString).content,
  };
}

/** A digest algorithm, whose parameters are absent or NULL (RFC 5754 §2). */
function readAlgorithm(found: Element | undefined): string {
  const [algorithm, parameters, ...others] = readSequence(found);
  const isPlain = parameters === undefined || parameters.raw.equals(element(TAG.null));
  if (!isPlain || others.length > 0) throw new MalformedDer('a digest algorithm has parameters');
  return readOid(algorithm);
}

function readInfo(content: Buffer): TimeStampInfo {
  const [version, policy, imprint, serial, time, ...optional] = readSequence(readOnly(content));
  const [algorithm, digest] = readSequence(imprint);
  if (readNumber(version) !== 1) throw new MalformedDer('a TSTInfo of another version');
  const nonce = optional.find(({ tag }) => tag === TAG.integer);
  return {
    policy: readOid(policy),
    digestAlgorithm: readAlgorithm(algorithm),
    imprint: ofTag(digest, TAG.octetString).content,
    serialNumber: readInteger(serial).toString('hex').toUpperCase(),
    time: readMoment(time),
    nonce: nonce && readInteger(nonce),
  };
}

/** A GeneralizedTime that may have fractions of a second, unlike those of X.509; finer than milliseconds is cut off. */
function readMoment(found: Element | undefined): Date {
  const text = ofTag(found, TAG.generalizedTime).content.toString('latin1');
  const [, year, month, day, hour, minute, second, fraction = ''] =
    /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d{0,9}[1-9])?Z$/.exec(text) ?? [];
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}${fraction.slice(0, 4)}Z`);
  if (Number.isNaN(date.getTime())) throw new MalformedDer('a time is not written as RFC 3161 wants it');
  return date;
}
