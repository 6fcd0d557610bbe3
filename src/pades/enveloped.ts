/**
 * Data encrypted for one receiver: CMS AuthEnvelopedData with AES-256-GCM (RFC 5083, RFC 5084), written in definite
 * lengths so that content of any size passes through without being held.
 */
import type { Certificate } from './certificate.ts';
import {
  bitString,
  element,
  integer,
  lengthBytes,
  octetString,
  oid,
  sequence,
  setOf,
  TAG,
  tagged,
} from './der.ts';

/** The content key as it is wrapped for the receiver: with an RSA key, or agreed on with one of an elliptic curve. */
export type WrappedKey =
  | { readonly kind: 'rsa'; readonly encryptedKey: Buffer }
  | {
      readonly kind: 'ec';
      /** Of the moment, as SubjectPublicKeyInfo holds it: AlgorithmIdentifier and point. */
      readonly ephemeral: { readonly algorithm: Buffer; readonly point: Buffer };
      readonly encryptedKey: Buffer;
    };

const OID = {
  data: '1.2.840.113549.1.7.1',
  authEnvelopedData: '1.2.840.113549.1.9.16.1.23',
  rsaesOaep: '1.2.840.113549.1.1.7',
  mgf1: '1.2.840.113549.1.1.8',
  sha256: '2.16.840.1.101.3.4.2.1',
  aes256Gcm: '2.16.840.1.101.3.4.1.46',
  aes256Wrap: '2.16.840.1.101.3.4.1.45',
  /** dhSinglePass-stdDH-sha256kdf-scheme (RFC 5753 §7.1.4). */
  ecdhSha256: '1.3.132.1.11.1',
} as const;
const NONCE_BYTES = 12;
const MAC_BYTES = 16;

/** The key that wraps the content key when it is agreed on: AES-256 (RFC 3394). */
export const KEY_WRAP = sequence(oid(OID.aes256Wrap));

/** Writes for whom the content key is wrapped: a RecipientInfo (RFC 5652 §6.2). */
export function writeRecipient({ issuer, serial }: Certificate, key: WrappedKey): Buffer {
  const receiver = sequence(issuer, serial);
  if (key.kind === 'rsa') return sequence(integer(0), receiver, OAEP_SHA256, octetString(key.encryptedKey));
  const { algorithm, point } = key.ephemeral;
  const originator = tagged(0, tagged(1, algorithm, bitString(point)));
  return tagged(
    1,
    integer(3),
    originator,
    sequence(oid(OID.ecdhSha256), KEY_WRAP),
    sequence(sequence(receiver, octetString(key.encryptedKey))),
  );
}

/** RSAES-OAEP with SHA-256 in both places (RFC 4055 §4.1). */
const SHA256 = sequence(oid(OID.sha256), element(TAG.null));
const OAEP_SHA256 = sequence(
  oid(OID.rsaesOaep),
  sequence(tagged(0, SHA256), tagged(1, sequence(oid(OID.mgf1), SHA256))),
);

/** What stands around encrypted content of so many bytes; the 16 bytes of the authentication code end it. */
export interface Wrapping {
  readonly before: Buffer;
  /** To be followed by the authentication code. */
  readonly after: Buffer;
}

/** Writes what stands before and after the encrypted content. */
export function writeWrapping(recipient: Buffer, nonce: Buffer, contentBytes: number): Wrapping {
  if (nonce.length !== NONCE_BYTES) throw new RangeError('a nonce of GCM has 12 bytes');
  const gcm = sequence(oid(OID.aes256Gcm), sequence(octetString(nonce), integer(MAC_BYTES)));
  const after = Buffer.from([TAG.octetString, MAC_BYTES]);
  // [0] IMPLICIT OCTET STRING: only its head, as the content passes by.
  const content = head(0x80, contentBytes);
  const kind = [oid(OID.data), gcm, content];
  const encrypted = [head(TAG.sequence, lengthOf(kind) + contentBytes), ...kind];
  const inner = [integer(0), setOf(recipient), ...encrypted];
  const rest = contentBytes + after.length + MAC_BYTES;
  const enveloped = [head(TAG.sequence, lengthOf(inner) + rest), ...inner];
  const explicit = [head(0xa0, lengthOf(enveloped) + rest), ...enveloped];
  const all = [oid(OID.authEnvelopedData), ...explicit];
  return { before: Buffer.concat([head(TAG.sequence, lengthOf(all) + rest), ...all]), after };
}

function head(tag: number, length: number): Buffer {
  return Buffer.from([tag, ...lengthBytes(length)]);
}

function lengthOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}
