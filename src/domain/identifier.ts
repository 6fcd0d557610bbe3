/** Identifiers of our own: UUID version 7 (RFC 9562 §5.7), whose order follows their time, and version 8 (§5.8). */

/** Makes a UUIDv7 from a moment and ten random bytes. */
export function uuidv7(at: Date, random: Buffer): string {
  const bytes = Buffer.allocUnsafe(16);
  bytes.writeUIntBE(at.getTime(), 0, 6);
  random.copy(bytes, 6, 0, 10);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return write(bytes);
}

/** Gives the text that comes before every UUIDv7 of a moment and after those of earlier ones. */
export function uuidsFrom(at: Date): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(at.getTime(), 0, 6);
  return write(bytes);
}

/** Makes a UUIDv8 from the first 16 bytes of a hash: the same for the same hash. */
export function uuidv8(hash: Buffer): string {
  const bytes = Buffer.from(hash.subarray(0, 16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return write(bytes);
}

function write(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Tells whether a text has the form of a UUID (Belgif `Uuid`). */
export function isUuid(text: string): boolean {
  return /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/.test(text);
}
