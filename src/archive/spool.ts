/** Where a file waits until it is known whose it is: small in memory, large on disk, encrypted and without a name. */
import { createHash } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { ServiceError } from '../errors.ts';
import { createPassingKey, type PassingKey } from '../keys/passing-key.ts';

/** A file that waits. */
export interface SpooledFile {
  readonly bytes: number;
  readonly sha256: Buffer;
  /**
   * Calls `work` with the whole file and gives what it gives. Few large files are in memory at the same time, however
   * many wait: this one may wait its turn. Throws `unexpected` when the disk gave back something else.
   */
  open<T>(work: (file: Buffer) => Promise<T> | T): Promise<T>;
  /** Lets go of it; nothing is left. */
  discard(): Promise<void>;
}

/** So much stays in memory: a letter of a page or two never sees the disk. */
const IN_MEMORY_BYTES = 256 * 1024;

/** So many larger ones are in memory at the same time. */
const oneOfFew = pLimit(2);

/** What is read from disk and decrypted in one go. */
const CHUNK_BYTES = 1024 * 1024;

interface OnDisk {
  readonly handle: FileHandle;
  readonly key: PassingKey;
}

/**
 * Takes a file in as it arrives, hashing it on the way. What `chunks` throws is thrown on, with nothing left behind.
 * @param name of the temporary file; it has that name for a moment only
 */
export async function spool(chunks: AsyncIterable<Buffer>, name: string): Promise<SpooledFile> {
  const hash = createHash('sha256');
  let held: Buffer[] = [];
  let bytes = 0;
  let disk: OnDisk | undefined;
  try {
    for await (const chunk of chunks) {
      hash.update(chunk);
      bytes += chunk.length;
      if (disk === undefined) held.push(chunk);
      else await write(disk, chunk);
      if (disk === undefined && bytes > IN_MEMORY_BYTES) {
        disk = await openNameless(name);
        for (const one of held) await write(disk, one);
        held = [];
      }
    }
  } catch (error) {
    await disk?.handle.close();
    throw error;
  }
  const sha256 = hash.digest();
  const kept = disk;
  return {
    bytes,
    sha256,
    open: async (work) =>
      kept === undefined
        ? work(Buffer.concat(held))
        : oneOfFew(async () => work(await readBack(kept, bytes, sha256))),
    discard: async () => {
      held = [];
      await kept?.handle.close();
    },
  };
}

/** A file without a name is gone with its handle, however the process ends. */
async function openNameless(name: string): Promise<OnDisk> {
  const path = join(tmpdir(), `citizen-ebox-${name}`);
  const handle = await open(path, 'wx+', 0o600);
  await unlink(path);
  return { handle, key: createPassingKey() };
}

async function write({ handle, key }: OnDisk, chunk: Buffer): Promise<void> {
  const ciphertext = key.encrypt(chunk);
  let written = 0;
  while (written < ciphertext.length) written += (await handle.write(ciphertext, written)).bytesWritten;
}

async function readBack({ handle, key }: OnDisk, bytes: number, sha256: Buffer): Promise<Buffer> {
  const file = Buffer.allocUnsafeSlow(bytes);
  const chunk = Buffer.allocUnsafeSlow(Math.min(bytes, CHUNK_BYTES));
  const decrypt = key.decryptor();
  const hash = createHash('sha256');
  let at = 0;
  while (at < bytes) {
    const { bytesRead } = await handle.read(chunk, 0, Math.min(chunk.length, bytes - at), at);
    if (bytesRead === 0) break;
    const plain = decrypt(chunk.subarray(0, bytesRead));
    hash.update(plain);
    plain.copy(file, at);
    at += bytesRead;
  }
  if (at === bytes && hash.digest().equals(sha256)) return file;
  throw new ServiceError('unexpected', 'a temporary file was not read back as it was written');
}
