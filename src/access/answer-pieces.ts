/** Files are written in pieces: what their reader has taken is counted by whole pieces. */

/** A slow line takes one within any window in which it is of use. */
const PIECE_BYTES = 16 * 1024;

/** Cuts a file into what is written at once. */
export function* piecesOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}
