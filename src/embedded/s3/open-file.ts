/** Files of objects and parts, opened for reading; one stays whole while it is open, whatever happens to its name. */
import { type FileHandle, open } from 'node:fs/promises';
import { type ByteRecord, readRecord } from './record.ts';
import { isMissing } from './system-error.ts';

export interface OpenFile<T extends ByteRecord> {
  readonly record: T;
  /** The body, where it is small. */
  readonly body: Buffer | undefined;
  /** The caller closes it. */
  readonly handle: FileHandle;
}

/** How much is copied at once. */
const COPY_BYTES = 256 * 1024;

/** Opens a file, or gives nothing where there is none. Throws `Error` when it is damaged. */
export async function openFile<T extends ByteRecord>(path: string): Promise<OpenFile<T> | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  try {
    return { ...(await readRecord<T>(handle)), handle };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The record of a file, or nothing where there is none. Throws `Error` when it is damaged. */
export async function readFileRecord<T extends ByteRecord>(path: string): Promise<T | undefined> {
  const found = await openFile<T>(path);
  await found?.handle.close();
  return found?.record;
}

/** Hands a body to `sink` in pieces, a small one at once. */
export async function copyBody(
  { record, body, handle }: OpenFile<ByteRecord>,
  sink: (chunk: Buffer) => Promise<void> | void,
): Promise<void> {
  if (body !== undefined) return sink(body);
  for (let position = 0; position < record.size; ) {
    const buffer = Buffer.allocUnsafeSlow(Math.min(COPY_BYTES, record.size - position));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) throw new Error('a stored file ended while it was copied');
    await sink(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}
