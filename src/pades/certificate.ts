/** Reads what sealing and verifying need from an X.509 certificate (RFC 5280), with RSA or elliptic-curve keys alike. */

import { TAG } from './der.ts';
import {
  type Element,
  MalformedDer,
  ofTag,
  readBitString,
  readInteger,
  readOnly,
  readSequence,
  readTime,
} from './der-reader.ts';
import { type Extensions, readExtensions } from './extensions.ts';
import { keepLatest } from './kept.ts';
import { describeName } from './name.ts';

export interface Certificate extends Extensions {
  /** The whole certificate, DER. */
  readonly der: Buffer;
  /** The part that the issuer signed, DER. */
  readonly tbs: Buffer;
  /** The serial number as INTEGER, DER. */
  readonly serial: Buffer;
  /** The serial number in upper-case hexadecimal, without leading zeros of its encoding. */
  readonly serialNumber: string;
  /** Issuer and subject as Name, DER: names are compared by their bytes. */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  /** Issuer and subject for people. */
  readonly issuerName: string;
  readonly subjectName: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKeyInfo: Buffer;
  /** AlgorithmIdentifier of the issuer's signature, DER. */
  readonly signatureAlgorithm: Buffer;
  readonly signature: Buffer;
}

const VERSION = 0xa0;
const EXTENSIONS = 0xa3;

/** A service knows some dozen; the rest is for what comes with files of others. */
const MOST_KEPT = 500;

/** Reads one certificate of version 3 from DER; the same bytes give the same object. Throws `MalformedDer`. */
export const parseCertificate: (der: Buffer) => Certificate = keepLatest(MOST_KEPT, readCertificate);

function readCertificate(der: Buffer): Certificate {
  const [tbs, signatureAlgorithm, signature, ...others] = readSequence(readOnly(der));
  if (tbs === undefined || signatureAlgorithm === undefined || others.length > 0) {
    throw new MalformedDer('a certificate has three parts');
  }
  const [version, serial, algorithm, issuer, validity, subject, key, ...optional] = readSequence(tbs);
  if (ofTag(version, VERSION).content.toString('hex') !== '020102') {
    throw new MalformedDer('a certificate is not of version 3');
  }
  if (algorithm?.raw.equals(signatureAlgorithm.raw) !== true) {
    throw new MalformedDer('a certificate names two signature algorithms');
  }
  const [notBefore, notAfter] = readSequence(validity);
  return {
    der,
    tbs: tbs.raw,
    serial: ofTag(serial, TAG.integer).raw,
    serialNumber: readInteger(serial).toString('hex').toUpperCase(),
    issuer: ofTag(issuer, TAG.sequence).raw,
    subject: ofTag(subject, TAG.sequence).raw,
    issuerName: describeName(ofTag(issuer, TAG.sequence)),
    subjectName: describeName(ofTag(subject, TAG.sequence)),
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    publicKeyInfo: ofTag(key, TAG.sequence).raw,
    signatureAlgorithm: signatureAlgorithm.raw,
    signature: readBitString(signature),
    ...readExtensions(extensionsOf(optional)),
  };
}

/** The extensions follow the rarely used unique identifiers [1] and [2], if any. */
function extensionsOf(optional: readonly Element[]): Element[] {
  const extensions = optional.find((part) => part.tag === EXTENSIONS);
  return extensions === undefined ? [] : readSequence(readOnly(extensions.content));
}
