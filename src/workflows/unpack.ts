/** Takes the files out of a ZIP, in a verifier process: bounded in number and size, whatever the archive says of itself. */
import { Unzip, type UnzipFile, UnzipInflate } from 'fflate';

/** Most files of one archive. */
export const MOST_FILES = 100;
/** Most bytes of one file, and of all together. */
const MOST_BYTES_EACH = 20 * 2 ** 20;
export const MOST_BYTES = 64 * 2 ** 20;
/** As much is looked at between two looks at the limits: deflate makes at most a thousandfold of it. */
const SLICE = 4096;

/** Why an archive is refused. */
export type UnpackFault = 'tooMany' | 'tooLarge' | 'broken';

export interface UnpackedFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Gives the files in their order, without folders; never throws because of the archive. */
export function unpack(zip: Buffer): readonly UnpackedFile[] | UnpackFault {
  const files: { name: string; parts: Uint8Array[]; isWhole: boolean }[] = [];
  let bytes = 0;
  let fault: UnpackFault | undefined;
  // What is thrown from within is caught by the reader and told again as a fault of the archive: the first one counts.
  const refuse = (why: UnpackFault): never => {
    fault ??= why;
    throw new Error(fault);
  };
  const take = (file: UnzipFile) => {
    if (file.name.endsWith('/')) return;
    if (files.length >= MOST_FILES) refuse('tooMany');
    const taken = { name: file.name, parts: [] as Uint8Array[], isWhole: false };
    files.push(taken);
    let own = 0;
    file.ondata = (error, data, isLast) => {
      if (error !== null) refuse('broken');
      own += data.length;
      bytes += data.length;
      if (own > MOST_BYTES_EACH || bytes > MOST_BYTES) refuse('tooLarge');
      taken.parts.push(data);
      taken.isWhole = isLast;
    };
    file.start();
  };
  try {
    const unzip = new Unzip(take);
    unzip.register(UnzipInflate);
    for (let at = 0; at < zip.length; at += SLICE)
      unzip.push(zip.subarray(at, at + SLICE), at + SLICE >= zip.length);
  } catch {
    return fault ?? 'broken';
  }
  if (fault !== undefined) return fault;
  if (files.length === 0 || files.some(({ isWhole }) => !isWhole)) return 'broken';
  return files.map(({ name, parts }) => ({ name, bytes: Buffer.concat(parts) }));
}
