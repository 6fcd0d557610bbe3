/** Issues X.509 certificates (RFC 5280) of the development PKI. */
import { createHash, type KeyObject, randomBytes, sign } from 'node:crypto';
import { SEAL_ALGORITHM } from '../../pades/algorithm.ts';
import {
  bitString,
  boolean,
  element,
  integer,
  octetString,
  oid,
  printableString,
  sequence,
  setOf,
  TAG,
  tagged,
  time,
  utf8String,
} from '../../pades/der.ts';
import { readOnly, readSequence } from '../../pades/der-reader.ts';

/** A name as attributes in their order: object identifier and text. */
export type NameParts = readonly (readonly [type: string, text: string])[];

/** Whoever signs certificates and lists: its name (DER) and its private key. */
export interface Issuer {
  readonly name: Buffer;
  readonly key: KeyObject;
  readonly publicKey: KeyObject;
}

export interface CertificateRequest {
  /** Name, DER. */
  readonly subject: Buffer;
  readonly publicKey: KeyObject;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Extensions beside the key identifiers, DER. */
  readonly extensions: readonly Buffer[];
}

/** Object identifiers of the name attributes used here (2.5.4.97: ETSI EN 319 412-1 §5.1.4). */
export const ATTRIBUTE = {
  commonName: '2.5.4.3',
  country: '2.5.4.6',
  organisation: '2.5.4.10',
  organisationIdentifier: '2.5.4.97',
} as const;

/** Writes a Name with one attribute per part; the country is a PrintableString, all else UTF-8 (RFC 5280 App. A.1). */
export function writeName(parts: NameParts): Buffer {
  return sequence(
    ...parts.map(([type, text]) =>
      setOf(sequence(oid(type), type === ATTRIBUTE.country ? printableString(text) : utf8String(text))),
    ),
  );
}

/** Writes one extension around its DER value. */
export function extension(type: string, isCritical: boolean, value: Buffer): Buffer {
  return sequence(oid(type), ...(isCritical ? [boolean(true)] : []), octetString(value));
}

/** Issues a certificate with a random serial number; gives it as DER. Serial numbers are positive, 16 bytes (§4.1.2.2). */
export function issueCertificate(issuer: Issuer, request: CertificateRequest): Buffer {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
  const algorithm = signatureAlgorithmOf(issuer.key);
  const tbs = sequence(
    tagged(0, integer(2)),
    integer(serial),
    algorithm,
    issuer.name,
    sequence(time(request.notBefore), time(request.notAfter)),
    request.subject,
    request.publicKey.export({ format: 'der', type: 'spki' }),
    tagged(
      3,
      sequence(
        extension('2.5.29.14', false, octetString(keyIdentifier(request.publicKey))),
        authorityKeyIdentifier(issuer.publicKey),
        ...request.extensions,
      ),
    ),
  );
  return sequence(tbs, algorithm, bitString(sign('sha256', tbs, issuer.key)));
}

/** The extension that names the issuer's key (§4.2.1.1), for certificates and revocation lists. */
export function authorityKeyIdentifier(issuerKey: KeyObject): Buffer {
  return extension('2.5.29.35', false, sequence(element(0x80, keyIdentifier(issuerKey))));
}

/** SHA-1 of the public key's bits: a name for the key, no protection (§4.2.1.2, method 1; also OCSP's key hash). */
export function keyIdentifier(publicKey: KeyObject): Buffer {
  return createHash('sha1').update(publicKeyBits(publicKey)).digest();
}

/** The bits of subjectPublicKey, without the algorithm before them. */
export function publicKeyBits(publicKey: KeyObject): Buffer {
  const [, bits] = readSequence(readOnly(publicKey.export({ format: 'der', type: 'spki' })));
  return bits?.content.subarray(1) ?? Buffer.alloc(0);
}

const SHA256_WITH_RSA = sequence(oid('1.2.840.113549.1.1.11'), element(TAG.null));

/** sha256WithRSAEncryption or ecdsa-with-SHA256, as AlgorithmIdentifier. */
export function signatureAlgorithmOf(key: KeyObject): Buffer {
  return key.asymmetricKeyType === 'rsa' ? SHA256_WITH_RSA : SEAL_ALGORITHM.ec;
}
