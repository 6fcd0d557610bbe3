/** Seals a PDF: fills the signature that rendering left empty, in place and in one revision (PAdES B-B, B-T, B-LT). */
import { ServiceError } from '../errors.ts';
import type { Signer } from '../keys/signer.ts';
import {
  digestAround,
  fillByteRange,
  MAX_PADDING_BYTES,
  MAX_PADDING_WITH_TOKEN_BYTES,
  type SealGap,
} from '../pades/byte-range.ts';
import { signDetached, suiteOf, type TimeStamp } from '../pades/signed-data.ts';
import { type Unsealed, unhashed } from '../pades/unsealed.ts';

/**
 * Gives the sealed copy of a PDF that has one empty signature with `signedDataBytes(signer)` of room; `unsigned` is not
 * touched. With `timeStamp` it gets a token over its signature, for which `signedDataBytes(signer, tokenBytes)` leaves room.
 * Throws `sealingFailed` when the placeholder is missing, stands twice or is too small or too large, and whatever the
 * signer and `timeStamp` throw.
 */
export function sealPdf(unsigned: Buffer, signer: Signer, timeStamp?: TimeStamp): Promise<Buffer> {
  return sealInPlace(unhashed(Buffer.from(unsigned)), signer, timeStamp);
}

/** The same for a PDF that the caller hands over: it is sealed where it lies, and what was hashed is not hashed again. */
export async function sealInPlace(
  unsealed: Unsealed,
  signer: Signer,
  timeStamp?: TimeStamp,
): Promise<Buffer> {
  const { bytes, place } = unsealed;
  const gap = fillByteRange(bytes, place);
  if (gap === undefined) {
    throw new ServiceError('sealingFailed', 'the PDF has not exactly one empty signature to fill');
  }
  const signedData = await signToFit(digestOf(unsealed, gap, signer), roomOf(gap), signer, timeStamp);
  bytes.write(signedData.toString('hex'), gap.start + 1, 'latin1');
  return bytes;
}

/** Goes on from the hash of the beginning where the signer's suite has that hash. */
function digestOf({ bytes, prefixBytes, prefixHash }: Unsealed, gap: SealGap, signer: Signer): Buffer {
  const { hash } = suiteOf(signer);
  if (hash !== 'sha256') return digestAround(bytes, gap, hash);
  const before = bytes.subarray(prefixBytes, gap.start);
  return prefixHash.copy().update(before).update(bytes.subarray(gap.end)).digest();
}

/** ECDSA signatures differ in length; one too short for the padding allowed comes about once in ten million. */
const ATTEMPTS = 3;

async function signToFit(
  digest: Buffer,
  room: number,
  signer: Signer,
  timeStamp: TimeStamp | undefined,
): Promise<Buffer> {
  const [attempts, padding] =
    timeStamp === undefined ? [ATTEMPTS, MAX_PADDING_BYTES] : [1, MAX_PADDING_WITH_TOKEN_BYTES];
  let size = 0;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const signedData = await signDetached(signer, digest, timeStamp);
    size = signedData.length;
    if (size <= room && room - size <= padding) return signedData;
  }
  throw new ServiceError(
    'sealingFailed',
    `the PDF leaves ${room} bytes for a signature of ${size}; render it with the room this signer asks for`,
  );
}

function roomOf(gap: SealGap): number {
  return (gap.end - gap.start) / 2 - 1;
}
