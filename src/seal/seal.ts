/** Seals a PDF: fills the signature that rendering left empty, in place and in one revision (PAdES B-B). */
import { ServiceError } from '../errors.ts';
import type { Signer } from '../keys/signer.ts';
import { digestAround, fillByteRange, MAX_PADDING_BYTES, type SealGap } from '../pades/byte-range.ts';
import { signDetached, suiteOf } from '../pades/signed-data.ts';

/**
 * Gives the sealed copy of a PDF that has one empty signature with `signedDataBytes(signer)` of room; `unsigned` is not
 * touched. Throws `sealingFailed` when the placeholder is missing, stands twice or is too small or too large.
 */
export async function sealPdf(unsigned: Buffer, signer: Signer): Promise<Buffer> {
  const sealed = Buffer.from(unsigned);
  const gap = fillByteRange(sealed);
  if (gap === undefined) {
    throw new ServiceError('sealingFailed', 'the PDF has not exactly one empty signature to fill');
  }
  const signedData = await signToFit(digestAround(sealed, gap, suiteOf(signer).hash), roomOf(gap), signer);
  sealed.write(signedData.toString('hex'), gap.start + 1, 'latin1');
  return sealed;
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
