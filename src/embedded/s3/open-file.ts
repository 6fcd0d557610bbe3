/** Files of objects and parts, opened for reading; one stays whole while it is open, whatever happens to its name. */
import { type FileHandle, open } from 'node:fs/promises';
import { type PackPlace, readPlace } from './pack-place.ts';
import { type ByteRecord, parseRecord, readRecord } from './record.ts';
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

/**
 * Opens a file, or what stands in a pack under that name; gives nothing where there is none. `pathOfPack` says where a
 * pack is. Throws `Error` when it is damaged.
 */
export async function openFile<T extends ByteRecord>(
  path: string,
  pathOfPack?: (pack: string) => string,
): Promise<OpenFile<T> | undefined> {
  const place = pathOfPack && readPlace(path);
  const handle = await openIfThere(place && pathOfPack ? pathOfPack(place.pack) : path);
  // It was moved to another pack, replaced or removed between the two steps; a name without its pack is damage.
  if (handle === undefined)
    return place === undefined || isSame(place, readPlace(path)) ? undefined : openFile(path, pathOfPack);
  try {
    const found = place === undefined ? await readRecord<T>(handle) : await readPacked<T>(handle, place);
    return { ...found, handle };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

async function readPacked<T extends ByteRecord>(handle: FileHandle, { offset, bytes }: PackPlace) {
  const content = Buffer.allocUnsafeSlow(bytes);
  for (let done = 0; done < bytes; ) {
    const { bytesRead } = await handle.read(content, done, bytes - done, offset + done);
    if (bytesRead === 0) throw new Error('a pack ends before an object that stands in it');
    done += bytesRead;
  }
  return parseRecord<T>(content);
}

function isSame(one: PackPlace, other: PackPlace | undefined): boolean {
  return one.pack === other?.pack && one.offset === other.offset;
}

/** The record of a file, or nothing where there is none. Throws `Error` when it is damaged. */
export async function readFileRecord<T extends ByteRecord>(
  path: string,
  pathOfPack?: (pack: string) => string,
): Promise<T | undefined> {
  const found = await openFile<T>(path, pathOfPack);
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
