/** Seals a PDF: fills the signature that rendering left empty, in place and in one revision (PAdES B-B). */
import { ServiceError } from '../errors.ts';
import type { Signer } from '../keys/signer.ts';
import { digestAround, fillByteRange, MAX_PADDING_BYTES, type SealGap } from '../pades/byte-range.ts';
import { signDetached, suiteOf } from '../pades/signed-data.ts';
import { type Unsealed, unhashed } from '../pades/unsealed.ts';

/**
 * Gives the sealed copy of a PDF that has one empty signature with `signedDataBytes(signer)` of room; `unsigned` is not
 * touched. Throws `sealingFailed` when the placeholder is missing, stands twice or is too small or too large.
 */
export function sealPdf(unsigned: Buffer, signer: Signer): Promise<Buffer> {
  return sealInPlace(unhashed(Buffer.from(unsigned)), signer);
}

/** The same for a PDF that the caller hands over: it is sealed where it lies, and what was hashed is not hashed again. */
export async function sealInPlace(unsealed: Unsealed, signer: Signer): Promise<Buffer> {
  const { bytes, prefixBytes } = unsealed;
  const gap = fillByteRange(bytes, prefixBytes);
  if (gap === undefined) {
    throw new ServiceError('sealingFailed', 'the PDF has not exactly one empty signature to fill');
  }
  const signedData = await signToFit(digestOf(unsealed, gap, signer), roomOf(gap), signer);
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

async function signToFit(digest: Buffer, room: number, signer: Signer): Promise<Buffer> {
  let size = 0;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const signedData = await signDetached(signer, digest);
    size = signedData.length;
    if (size <= room && room - size <= MAX_PADDING_BYTES) return signedData;
  }
  throw new ServiceError(
    'sealingFailed',
    `the PDF leaves ${room} bytes for a signature of ${size}; render it with the room this signer asks for`,
  );
}

function roomOf(gap: SealGap): number {
  return (gap.end - gap.start) / 2 - 1;
}
