/**
 * The archived object: a header, then the document encrypted with a key of its own (AES-256-GCM, the header authenticated).
 * The data key lies in the header, wrapped by the citizen key, so that each object can be opened by itself, and no
 * object of a citizen can once that key is destroyed.
 */
import { ServiceError } from '../errors.ts';
import type { CitizenKey } from '../keys/vault.ts';
import { freshBytes } from '../random.ts';

/** `EBX` and the number of the format. */
const FORMAT = Buffer.from([0x45, 0x42, 0x58, 0x01]);
const UUID_BYTES = 16;
const NONCE_BYTES = 12;

/** What the header of an object says. */
export interface EnvelopeHeader {
  readonly documentId: string;
  readonly citizenKeyId: string;
  readonly wrappedDataKey: Buffer;
  readonly nonce: Buffer;
  /** Where the ciphertext begins. */
  readonly bytes: number;
}

/** Wraps a document for the archive under a fresh data key. */
export function wrapObject(
  document: Buffer,
  ids: { readonly documentId: string; readonly citizenKeyId: string },
  citizenKey: CitizenKey,
): Buffer {
  const { wrapped, cipher } = citizenKey.createDataKey();
  const nonce = freshBytes(NONCE_BYTES);
  const keyLength = Buffer.alloc(2);
  keyLength.writeUInt16BE(wrapped.length);
  const header = Buffer.concat([
    FORMAT,
    uuidBytes(ids.documentId),
    uuidBytes(ids.citizenKeyId),
    keyLength,
    wrapped,
    nonce,
  ]);
  return cipher.encryptAfter(header, nonce, document, header);
}

/** Reads the header of an archived object. Throws `archivedObjectCorrupt` when it is none of ours. */
export function readHeader(object: Buffer): EnvelopeHeader {
  const fixed = FORMAT.length + 2 * UUID_BYTES;
  if (object.length < fixed + 2 || !object.subarray(0, FORMAT.length).equals(FORMAT)) {
    throw new ServiceError('archivedObjectCorrupt', 'an archived object has an unknown format');
  }
  const keyEnd = fixed + 2 + object.readUInt16BE(fixed);
  const bytes = keyEnd + NONCE_BYTES;
  if (object.length < bytes)
    throw new ServiceError('archivedObjectCorrupt', 'an archived object is cut short');
  return {
    documentId: uuidText(object.subarray(FORMAT.length, FORMAT.length + UUID_BYTES)),
    citizenKeyId: uuidText(object.subarray(FORMAT.length + UUID_BYTES, fixed)),
    wrappedDataKey: object.subarray(fixed + 2, keyEnd),
    nonce: object.subarray(keyEnd, bytes),
    bytes,
  };
}

/** Opens an archived object and gives the document. Throws `archivedObjectCorrupt` when anything was altered. */
export function openObject(object: Buffer, documentId: string, citizenKey: CitizenKey): Buffer {
  const header = readHeader(object);
  if (header.documentId !== documentId) {
    throw new ServiceError(
      'archivedObjectCorrupt',
      `the object of document ${documentId} belongs to another one`,
    );
  }
  const cipher = citizenKey.openDataKey(header.wrappedDataKey);
  return cipher.decrypt(header.nonce, object.subarray(header.bytes), object.subarray(0, header.bytes));
}

function uuidBytes(uuid: string): Buffer {
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

function uuidText(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
