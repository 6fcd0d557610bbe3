/** What is stored beside the bytes of an object or a part, and how both lie in one file. */
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { Checksum } from './checksum.ts';

export interface Retention {
  readonly mode: 'COMPLIANCE' | 'GOVERNANCE';
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** What is known of stored bytes. */
export interface ByteRecord {
  /** Bytes of the body, which come first in the file. */
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** Milliseconds since 1970, whole seconds. */
  readonly modified: number;
  readonly checksum?: Checksum | undefined;
}

/** What a client says about an object and gets back with it. */
export interface ObjectAttributes {
  /** Content-Type and the like, by header name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: readonly (readonly [key: string, value: string])[];
}

export interface ObjectLock {
  readonly retention?: Retention | undefined;
  readonly hasLegalHold?: boolean | undefined;
}

export interface ObjectRecord extends ByteRecord, ObjectAttributes, ObjectLock {
  readonly key: string;
  /** Only in buckets with object lock; new with each body stored. */
  readonly versionId?: string | undefined;
  /** The multipart upload it was made of, so that completing it twice gives the same answer. */
  readonly uploadId?: string | undefined;
}

/**
 * File format 1: body ‖ record as JSON ‖ CRC-32 of it ‖ its length ‖ magic; both numbers four bytes, big-endian.
 * The record stands last because size, ETag and checksum are known last; so the file is written in one go.
 */
const MAGIC = Buffer.from('eboxS3\0\x01', 'latin1');
const TAIL_BYTES = 8 + MAGIC.length;

/** Read at once from the end: the record of an ordinary object, and all of a small object. */
const FIRST_READ_BYTES = 64 * 1024;

/** The bytes that follow the body in a file. */
export function encodeRecord(record: ByteRecord): Buffer {
  const json = Buffer.from(JSON.stringify(record));
  const numbers = Buffer.alloc(8);
  numbers.writeUInt32BE(crc32(json), 0);
  numbers.writeUInt32BE(json.length, 4);
  return Buffer.concat([json, numbers, MAGIC]);
}

/**
 * Reads the record of a file, and the whole body where it came along with it.
 * Throws `Error` when the file is not of this format or damaged.
 */
export async function readRecord<T extends ByteRecord>(
  handle: FileHandle,
): Promise<{ readonly record: T; readonly body: Buffer | undefined }> {
  const { size } = await handle.stat();
  let end = await readEnd(handle, size, FIRST_READ_BYTES);
  const wanted = recordBytesOf(end);
  if (wanted > end.length) end = await readEnd(handle, size, wanted);
  const { record, recordBytes } = decodeRecord<T>(end);
  if (record.size + recordBytes !== size) throw new Error('a stored file has lost or won bytes');
  return { record, body: end.length === size ? end.subarray(0, record.size) : undefined };
}

/** Reads the record of an object that is here whole. Throws as `readRecord` does. */
export function parseRecord<T extends Pick<ByteRecord, 'size'>>(
  object: Buffer,
): { readonly record: T; readonly body: Buffer } {
  const { record, recordBytes } = decodeRecord<T>(object);
  if (record.size + recordBytes !== object.length) throw new Error('a stored file has lost or won bytes');
  return { record, body: object.subarray(0, record.size) };
}

function recordBytesOf(end: Buffer): number {
  if (end.length < TAIL_BYTES || !end.subarray(-MAGIC.length).equals(MAGIC)) {
    throw new Error('a stored file does not end as this format does');
  }
  return end.subarray(-TAIL_BYTES).readUInt32BE(4) + TAIL_BYTES;
}

function decodeRecord<T>(end: Buffer): { readonly record: T; readonly recordBytes: number } {
  const recordBytes = recordBytesOf(end);
  const json = end.subarray(-recordBytes, -TAIL_BYTES);
  if (crc32(json) !== end.subarray(-TAIL_BYTES).readUInt32BE(0))
    throw new Error('the record of a stored file is damaged');
  // Written by `encodeRecord`, as the magic and the CRC tell.
  return { record: JSON.parse(json.toString()) as T, recordBytes };
}

async function readEnd(handle: FileHandle, size: number, wanted: number): Promise<Buffer> {
  const length = Math.min(size, wanted);
  const buffer = Buffer.allocUnsafeSlow(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(buffer, done, length - done, size - length + done);
    if (bytesRead === 0) throw new Error('a stored file ended while it was read');
    done += bytesRead;
  }
  return buffer;
}
