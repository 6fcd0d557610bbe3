/** Answers time-stamp requests (RFC 3161) with a Signer of its own. */
import { createHash, randomBytes } from 'node:crypto';
import type { Signer } from '../../keys/signer.ts';
import { bitString, generalizedTime, integer, oid, sequence, TAG } from '../../pades/der.ts';
import {
  type Element,
  MalformedDer,
  ofTag,
  readBoolean,
  readNumber,
  readOid,
  readOnly,
  readSequence,
} from '../../pades/der-reader.ts';
import { signContent } from '../../pades/signed-data.ts';
import { TIME_STAMP_POLICY } from './profiles.ts';

/** Bits of PKIFailureInfo (§2.4.2). */
const FAILURE = {
  badAlgorithm: 0,
  badRequest: 2,
  badDataFormat: 5,
  unacceptedPolicy: 15,
  unacceptedExtension: 16,
} as const;

const TST_INFO = '1.2.840.113549.1.9.16.1.4';

/** Digest algorithms a client may use, and the bytes of each digest. */
const DIGEST_BYTES: Readonly<Record<string, number>> = {
  '2.16.840.1.101.3.4.2.1': 32,
  '2.16.840.1.101.3.4.2.2': 48,
  '2.16.840.1.101.3.4.2.3': 64,
};

interface Request {
  /** MessageImprint as it was sent, DER. */
  readonly imprint: Buffer;
  /** The nonce as INTEGER, DER; empty when there was none. */
  readonly nonce: Buffer;
  readonly wantsCertificates: boolean;
}

/** Gives the TimeStampResp (DER) to a request: a token for the moment `now`, or a refusal with its reason. */
export async function answerTimeStamp(request: Buffer, signer: Signer, now: Date): Promise<Buffer> {
  const parsed = parse(request);
  if (typeof parsed === 'number') return refusal(parsed);
  const info = sequence(
    integer(1),
    oid(TIME_STAMP_POLICY),
    parsed.imprint,
    integer(randomBytes(8)),
    generalizedTime(now),
    // Accurate to the second: the clock is that of the machine.
    sequence(integer(1)),
    parsed.nonce,
  );
  const token = await signContent(signer, {
    contentType: TST_INFO,
    content: info,
    digest: createHash('sha256').update(info).digest(),
    certificates: parsed.wantsCertificates ? [signer.certificate, ...signer.chain] : [],
  });
  return sequence(sequence(integer(0)), token);
}

function parse(der: Buffer): Request | number {
  try {
    return parseRequest(readSequence(readOnly(der)));
  } catch (error) {
    if (error instanceof MalformedDer) return FAILURE.badDataFormat;
    throw error;
  }
}

function parseRequest([version, imprint, ...optional]: readonly Element[]): Request | number {
  const [algorithm, digest] = readSequence(imprint);
  if (imprint === undefined || readNumber(version) !== 1) return FAILURE.badRequest;
  const bytes = DIGEST_BYTES[readOid(readSequence(algorithm)[0])];
  if (bytes === undefined) return FAILURE.badAlgorithm;
  if (ofTag(digest, TAG.octetString).content.length !== bytes) return FAILURE.badDataFormat;
  const policy = optional.find((field) => field.tag === TAG.oid);
  if (policy !== undefined && readOid(policy) !== TIME_STAMP_POLICY) return FAILURE.unacceptedPolicy;
  if (optional.some((field) => field.tag === 0xa0)) return FAILURE.unacceptedExtension;
  const certificates = optional.find((field) => field.tag === TAG.boolean);
  return {
    imprint: imprint.raw,
    nonce: optional.find((field) => field.tag === TAG.integer)?.raw ?? Buffer.alloc(0),
    wantsCertificates: certificates !== undefined && readBoolean(certificates),
  };
}

/** PKIStatus `rejection` (2) with one bit of failure information. */
function refusal(failure: number): Buffer {
  const bytes = Buffer.alloc(Math.floor(failure / 8) + 1);
  bytes[bytes.length - 1] = 0x80 >> (failure % 8);
  return sequence(sequence(integer(2), bitString(bytes, 7 - (failure % 8))));
}
