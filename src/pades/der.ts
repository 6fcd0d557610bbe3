/** Writes DER (ITU-T X.690 §10). */

/** Tag bytes of the types used here (X.690 §8.1.2, ITU-T X.680 §8.4). */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Writes one element from the concatenated `parts`. */
export function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  let length = 0;
  for (const part of parts) length += part.length;
  const header = lengthBytes(length);
  const bytes = Buffer.allocUnsafe(1 + header.length + length);
  bytes[0] = tag;
  bytes.set(header, 1);
  let at = 1 + header.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export function sequence(...parts: readonly Buffer[]): Buffer {
  return element(TAG.sequence, ...parts);
}

/** Writes a SET OF: DER sorts the elements by their bytes (X.690 §11.6). */
export function setOf(...elements: readonly Buffer[]): Buffer {
  return element(TAG.set, ...[...elements].sort((one, other) => Buffer.compare(one, other)));
}

/** Writes the context-specific constructed element `[number]`. */
export function tagged(number: number, ...parts: readonly Buffer[]): Buffer {
  return element(0xa0 + number, ...parts);
}

/** Writes a non-negative INTEGER from a number, or from its big-endian bytes. */
export function integer(value: number | Buffer): Buffer {
  let bytes = typeof value === 'number' ? bigEndian(value) : value;
  while (bytes.length > 1 && bytes[0] === 0 && (bytes[1] ?? 0) < 0x80) bytes = bytes.subarray(1);
  return element(TAG.integer, ...((bytes[0] ?? 0) < 0x80 ? [bytes] : [Buffer.from([0]), bytes]));
}

/** Writes an object identifier given in dots, such as `2.5.4.3`. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...others] = dotted.split('.').map(Number);
  return element(TAG.oid, Buffer.from([first * 40 + second, ...others].flatMap(base128)));
}

export function octetString(bytes: Buffer): Buffer {
  return element(TAG.octetString, bytes);
}

/** Writes a BIT STRING of whole bytes; with `unusedBits` the last byte is only partly meant. */
export function bitString(bytes: Buffer, unusedBits = 0): Buffer {
  return element(TAG.bitString, Buffer.from([unusedBits]), bytes);
}

export function boolean(value: boolean): Buffer {
  return element(TAG.boolean, Buffer.from([value ? 0xff : 0]));
}

export function utf8String(text: string): Buffer {
  return element(TAG.utf8String, Buffer.from(text));
}

export function printableString(text: string): Buffer {
  return element(TAG.printableString, Buffer.from(text, 'latin1'));
}

/** Writes a GeneralizedTime in UTC, whole seconds. */
export function generalizedTime(date: Date): Buffer {
  return element(TAG.generalizedTime, Buffer.from(compactTime(date)));
}

/** Writes a Time of X.509: UTCTime until 2049, GeneralizedTime from 2050 (RFC 5280 §4.1.2.5). */
export function time(date: Date): Buffer {
  return date.getUTCFullYear() < 2050
    ? element(TAG.utcTime, Buffer.from(compactTime(date).slice(2)))
    : generalizedTime(date);
}

/** The length octets that DER demands: definite and minimal (X.690 §10.1). */
export function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 + bytes.length, ...bytes];
}

function bigEndian(value: number): Buffer {
  const digits = value.toString(16);
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
}

function base128(arc: number): number[] {
  const bytes = [arc % 128];
  for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.unshift((rest % 128) + 128);
  }
  return bytes;
}

function compactTime(date: Date): string {
  return `${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
}
