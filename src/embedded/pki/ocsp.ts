/** Answers OCSP requests (RFC 6960) as the delegated responder of one issuing authority. */
import { createHash, sign } from 'node:crypto';
import {
  bitString,
  element,
  generalizedTime,
  integer,
  octetString,
  oid,
  sequence,
  TAG,
  tagged,
} from '../../pades/der.ts';
import {
  type Element,
  MalformedDer,
  ofTag,
  readInteger,
  readOid,
  readOnly,
  readSequence,
} from '../../pades/der-reader.ts';
import { type Issuer, keyIdentifier, publicKeyBits, signatureAlgorithmOf } from './certificate.ts';
import type { CertificateStatus } from './ledger.ts';

export interface OcspResponder {
  /** The authority whose certificates it answers for. */
  readonly authority: Omit<Issuer, 'key'>;
  readonly signer: Omit<Issuer, 'name'>;
  /** The responder's own certificate, DER: goes with every answer. */
  readonly certificate: Buffer;
  /** The state of a certificate of the authority, by the bytes of its serial number. */
  statusOf(serial: Buffer): CertificateStatus;
}

/** How long an answer may be kept. */
const VALIDITY = 60 * 60 * 1000;
const NONCE = '1.3.6.1.5.5.7.48.1.2';
const BASIC_RESPONSE = '1.3.6.1.5.5.7.48.1.1';
/** `malformedRequest` of OCSPResponseStatus (§4.2.1). */
const MALFORMED_REQUEST = 1;

/** Gives the OCSPResponse (DER) to a request; to bytes that are none, the answer `malformedRequest`. */
export function answerOcsp(request: Buffer, responder: OcspResponder, now: Date): Buffer {
  try {
    const { certificateIds, nonce } = parseRequest(request);
    const basic = sequence(
      oid(BASIC_RESPONSE),
      octetString(basicResponse(certificateIds, nonce, responder, now)),
    );
    return sequence(status(0), tagged(0, basic));
  } catch (error) {
    if (!(error instanceof MalformedDer)) throw error;
    return sequence(status(MALFORMED_REQUEST));
  }
}

interface OcspRequest {
  readonly certificateIds: readonly Element[];
  /** The nonce extension as it was sent, DER: the answer repeats it (§4.4.1). */
  readonly nonce: Buffer | undefined;
}

function parseRequest(der: Buffer): OcspRequest {
  const [tbs] = readSequence(readOnly(der));
  const fields = readSequence(tbs);
  const list = fields.find((field) => field.tag === TAG.sequence);
  const extensions = fields.find((field) => field.tag === 0xa2);
  const nonce =
    extensions === undefined
      ? undefined
      : readSequence(readOnly(extensions.content)).find((one) => readOid(readSequence(one)[0]) === NONCE);
  const certificateIds = readSequence(list).map((one) => ofTag(readSequence(one)[0], TAG.sequence));
  return { certificateIds, nonce: nonce?.raw };
}

function basicResponse(
  certificateIds: readonly Element[],
  nonce: Buffer | undefined,
  responder: OcspResponder,
  now: Date,
): Buffer {
  const data = sequence(
    // The responder by its key (§4.2.2.3).
    tagged(2, octetString(keyIdentifier(responder.signer.publicKey))),
    generalizedTime(now),
    sequence(...certificateIds.map((id) => singleResponse(id, responder, now))),
    ...(nonce === undefined ? [] : [tagged(1, sequence(nonce))]),
  );
  return sequence(
    data,
    signatureAlgorithmOf(responder.signer.key),
    bitString(sign('sha256', data, responder.signer.key)),
    tagged(0, sequence(responder.certificate)),
  );
}

function singleResponse(certificateId: Element, responder: OcspResponder, now: Date): Buffer {
  const nextUpdate = generalizedTime(new Date(now.getTime() + VALIDITY));
  return sequence(
    certificateId.raw,
    certificateStatus(certificateId, responder),
    generalizedTime(now),
    tagged(0, nextUpdate),
  );
}

/** CertStatus: good [0], revoked [1] or unknown [2] (§4.2.1). */
function certificateStatus(certificateId: Element, responder: OcspResponder): Buffer {
  const [algorithm, nameHash, keyHash, serial] = readSequence(certificateId);
  const hash = HASHES[readOid(readSequence(algorithm)[0])];
  const { name, publicKey } = responder.authority;
  const isOurs =
    hash !== undefined &&
    digest(hash, name).equals(ofTag(nameHash, TAG.octetString).content) &&
    digest(hash, publicKeyBits(publicKey)).equals(ofTag(keyHash, TAG.octetString).content);
  const found = responder.statusOf(readInteger(serial));
  if (!isOurs || found.status === 'unknown') return element(0x82);
  return found.status === 'good' ? element(0x80) : tagged(1, generalizedTime(found.since));
}

/** The hash algorithms in which a client may name the issuer; most still use SHA-1 (RFC 5019 §2.1.1). */
const HASHES: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

function digest(hash: string, bytes: Buffer): Buffer {
  return createHash(hash).update(bytes).digest();
}

function status(code: number): Buffer {
  return element(TAG.enumerated, integer(code).subarray(2));
}
