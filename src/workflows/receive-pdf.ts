/** Takes in a file that is to be verified: hashed as it arrives, and kept in memory only when it can be a PDF. */
import { createHash } from 'node:crypto';

/** The largest file that is looked at. */
export const LARGEST_PDF_BYTES = 20 * 2 ** 20;

export interface ReceivedFile {
  /** Hexadecimal. */
  readonly sha256: string;
  readonly bytes: number;
  /** The whole of it; its beginning when it is no PDF. */
  readonly pdf: Buffer;
  readonly isPdf: boolean;
}

/** Readers take a file for a PDF that says so anywhere near its beginning. */
const HEAD_BYTES = 1024;

/** Takes in a file. What the chunks throw is thrown on: they know their limit. */
export async function receivePdf(chunks: AsyncIterable<Buffer>): Promise<ReceivedFile> {
  const hash = createHash('sha256');
  const parts: Buffer[] = [];
  let bytes = 0;
  let isPdf: boolean | undefined;
  for await (const chunk of chunks) {
    hash.update(chunk);
    bytes += chunk.length;
    if (isPdf === false) continue;
    parts.push(chunk);
    if (isPdf === undefined && bytes >= HEAD_BYTES) {
      isPdf = isPdfHead(Buffer.concat(parts));
      if (!isPdf) parts.splice(1);
    }
  }
  const pdf = Buffer.concat(parts);
  return { sha256: hash.digest('hex'), bytes, pdf, isPdf: isPdf ?? isPdfHead(pdf) };
}

function isPdfHead(head: Buffer): boolean {
  return head.subarray(0, HEAD_BYTES).includes('%PDF-');
}
